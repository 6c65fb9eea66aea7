//! Half letters: JSON text whose strings were cut by UTF-16 units.
//!
//! Whoever cuts text so, as JavaScript's `slice` does, writes half a letter as the escape `\ud83d` at the end of one
//! string and the other half at the start of the next. Each is JSON (RFC 8259, section 8.2), but no Unicode text.

/// Puts letters together that were cut in two between the strings of successive JSON texts.
#[derive(Debug, Default)]
pub struct HalfLetters {
    /// The escape that ended the last string, still waiting for its other half.
    waiting: Option<String>,
}

/// `\uXXXX`.
const ESCAPE_BYTES: usize = 6;

impl HalfLetters {
    /// A text has come that needed no mending: what still waits will not find its other half.
    pub fn forget(&mut self) {
        self.waiting = None;
    }

    /// The same JSON text with whole letters only. A half that never finds its other half is U+FFFD.
    ///
    /// Look for a reader's refusal first: almost no text needs this.
    pub fn mend(&mut self, json: &str) -> String {
        let mut whole = String::with_capacity(json.len());
        let mut rest = json;
        while let Some(at) = rest.find('\\') {
            let (before, escape) = rest.split_at(at);
            whole.push_str(before);
            let (taken, behind) = match (half(escape), half(escape.get(ESCAPE_BYTES..).unwrap_or_default())) {
                (Some(Half::High), Some(Half::Low)) => escape.split_at(2 * ESCAPE_BYTES),
                (Some(Half::High), _) => {
                    let (high, behind) = escape.split_at(ESCAPE_BYTES);
                    if behind.starts_with('"') {
                        self.waiting = Some(high.to_owned());
                        ("", behind)
                    } else {
                        ("\u{fffd}", behind)
                    }
                }
                (Some(Half::Low), _) => {
                    let (low, behind) = escape.split_at(ESCAPE_BYTES);
                    match self.waiting.take().filter(|_| before.ends_with('"')) {
                        Some(high) => {
                            whole.push_str(&high);
                            (low, behind)
                        }
                        None => ("\u{fffd}", behind),
                    }
                }
                (None, _) => another_escape(escape),
            };
            whole.push_str(taken);
            rest = behind;
        }
        whole.push_str(rest);
        whole
    }
}

/// The same JSON text with U+FFFD for every half letter, for a text whose strings have nothing to do with each other.
#[must_use]
pub fn replace_half_letters(json: &str) -> String {
    let mut whole = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        whole.push_str(before);
        let (taken, behind) = match (half(escape), half(escape.get(ESCAPE_BYTES..).unwrap_or_default())) {
            (Some(Half::High), Some(Half::Low)) => escape.split_at(2 * ESCAPE_BYTES),
            (Some(_), _) => ("\u{fffd}", escape.split_at(ESCAPE_BYTES).1),
            (None, _) => another_escape(escape),
        };
        whole.push_str(taken);
        rest = behind;
    }
    whole.push_str(rest);
    whole
}

/// The halves of a letter at the end and at the start of two JSON strings, as one.
pub(crate) fn join(end: &str, start: &str) -> Option<String> {
    let end = end.strip_suffix('"')?;
    let high = end.get(end.len().checked_sub(ESCAPE_BYTES)?..).filter(|text| matches!(half(text), Some(Half::High)))?;
    let start = start.strip_prefix('"')?;
    let low = start.get(..ESCAPE_BYTES).filter(|text| matches!(half(text), Some(Half::Low)))?;
    serde_json::from_str(&format!("\"{high}{low}\"")).ok()
}

/// The backslash and what it escapes, and what is behind.
fn another_escape(escape: &str) -> (&str, &str) {
    let length = escape.char_indices().nth(2).map_or(escape.len(), |(end, _)| end);
    escape.split_at(length)
}

enum Half {
    High,
    Low,
}

/// Whether a text starts with the escape of half a letter.
fn half(text: &str) -> Option<Half> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    match u16::from_str_radix(digits, 16).ok()? {
        0xd800..=0xdbff => Some(Half::High),
        0xdc00..=0xdfff => Some(Half::Low),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(strings: &[&str], expected: &str) {
        let mut halves = HalfLetters::default();
        let texts = strings.iter().map(|text| halves.mend(&format!("\"{text}\"")));
        let text: String = texts.map(|json| serde_json::from_str::<String>(&json).expect("text")).collect();
        assert_eq!(text, expected);
    }

    #[test]
    fn a_letter_cut_between_two_strings_is_whole() {
        check(&[r"so \ud83d", r"\ude00 there"], "so 😀 there");
        check(&[r"\ud83d\ude00\ud83d", r"\ude00\n"], "😀😀\n");
    }

    #[test]
    fn a_half_that_stays_alone_is_a_replacement_character() {
        check(&[r"a\ud83db"], "a\u{fffd}b");
        check(&[r"\ude00b"], "\u{fffd}b");
        check(&[r"\ud83d\ud83d\ude00"], "\u{fffd}😀");
    }

    #[test]
    fn halves_of_strings_that_do_not_follow_each_other_stay_apart() {
        let read = |json: &str| serde_json::from_str::<serde_json::Value>(&replace_half_letters(json)).expect("json");
        let values = read(r#"["a\ud83d", "\ude00b", "\ud83d\ude00", "\ud83d\ud83d\ude00", "\\ud83d\n"]"#);
        assert_eq!(values, serde_json::json!(["a\u{fffd}", "\u{fffd}b", "😀", "\u{fffd}😀", "\\ud83d\n"]));
    }

    #[test]
    fn an_escaped_backslash_is_no_escape() {
        check(&[r"\\ud83d \ud83d", r"\ude00"], r"\ud83d 😀");
    }

    #[test]
    fn what_is_no_json_stays_as_it_is() {
        for text in ["\\u", "\\", "\\ud8", "é\\u00"] {
            assert_eq!(HalfLetters::default().mend(text), text);
        }
    }
}
