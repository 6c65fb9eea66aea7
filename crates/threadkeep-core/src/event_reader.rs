//! Reads one run's events in their order.

use crate::bridge::BlockKind;
use crate::event::AiEvent;
use crate::half_letters::HalfLetters;
use crate::problem::ProblemCode;
use std::borrow::Cow;

/// Decodes one run's events; a letter that was cut in two between two deltas is whole again.
#[derive(Debug, Default)]
pub struct EventReader {
    halves: HalfLetters,
}

impl EventReader {
    /// Decodes the next event from JSON text.
    ///
    /// # Errors
    /// As [`AiEvent::from_json`].
    pub fn read(&mut self, json: &str) -> Result<AiEvent, ProblemCode> {
        match AiEvent::from_json(json.as_bytes()) {
            Err(ProblemCode::MalformedEvent) if json.contains("\\u") => {
                AiEvent::from_json(self.halves.mend(json).as_bytes())
            }
            Ok(event @ (AiEvent::TextDelta { .. } | AiEvent::ReasoningDelta { .. })) => {
                self.whole_delta();
                Ok(event)
            }
            other => other,
        }
    }

    /// The event at the head of the bytes when it is a delta as executors write it, and what is behind it. Anything else
    /// is for [`EventReader::read`]: other fields, another order, half a letter. Say [`EventReader::whole_delta`] when it
    /// is taken.
    #[inline(always)]
    pub(crate) fn plain_delta(bytes: &[u8]) -> Option<(BlockKind, Cow<'_, str>, &[u8])> {
        let behind = |head: &[u8]| bytes.split_at_checked(head.len()).filter(|(start, _)| *start == head);
        let (kind, rest) = HEADS.into_iter().find_map(|(head, kind)| Some((kind, behind(head)?.1)))?;
        match string(rest)? {
            (delta, [b'}', rest @ ..]) => Some((kind, delta, rest)),
            _ => None,
        }
    }

    /// A delta has come that was read without this reader.
    pub(crate) fn whole_delta(&mut self) {
        self.halves.forget();
    }
}

/// A delta's JSON up to its text, as `JSON.stringify` and as Python's `json.dumps` write it.
const HEADS: [(&[u8], BlockKind); 4] = [
    (br#"{"type":"text_delta","delta":"#, BlockKind::Text),
    (br#"{"type":"reasoning_delta","delta":"#, BlockKind::Reasoning),
    (br#"{"type": "text_delta", "delta": "#, BlockKind::Text),
    (br#"{"type": "reasoning_delta", "delta": "#, BlockKind::Reasoning),
];

/// The JSON string at the head of the bytes, and what is behind it.
#[inline(always)]
fn string(bytes: &[u8]) -> Option<(Cow<'_, str>, &[u8])> {
    let [b'"', text @ ..] = bytes else { return None };
    let mut escaped = false;
    let mut at = 0;
    loop {
        match text.get(at)? {
            b'"' => break,
            b'\\' => {
                escaped = true;
                at += 2;
            }
            0..b' ' => return None,
            _ => at += 1,
        }
    }
    let behind = text.get(at + 1..)?;
    if escaped {
        return Some((Cow::Owned(serde_json::from_slice(bytes.get(..at + 2)?).ok()?), behind));
    }
    Some((Cow::Borrowed(std::str::from_utf8(text.get(..at)?).ok()?), behind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_cut_between_two_deltas_is_whole() {
        let mut reader = EventReader::default();
        let deltas = [r"so \ud83d", r"\ude00 there"]
            .map(|delta| reader.read(&format!(r#"{{"type":"text_delta","delta":"{delta}"}}"#)));
        let whole = ["so ", "😀 there"].map(|delta| Ok(AiEvent::TextDelta { delta: delta.to_owned() }));
        assert_eq!(deltas, whole);
    }

    #[test]
    fn a_half_waits_for_the_next_delta_only() {
        let mut reader = EventReader::default();
        let deltas = [r"a\ud83d", "b", r"\ude00c"]
            .map(|delta| reader.read(&format!(r#"{{"type":"text_delta","delta":"{delta}"}}"#)));
        let texts = ["a", "b", "\u{fffd}c"].map(|delta| Ok(AiEvent::TextDelta { delta: delta.to_owned() }));
        assert_eq!(deltas, texts);
    }

    #[test]
    fn a_plain_delta_is_read_as_any_other() {
        for (head, kind) in HEADS {
            for text in [r#""a""#, r#""""#, r#""é 😀 {}""#, "\"\u{7f}\"", r#""\"\\\n\t\/""#, r#""\u00e9\ud83d\ude00""#]
            {
                let json = [head, text.as_bytes(), b"}behind"].concat();
                let (read, delta, behind) = EventReader::plain_delta(&json).unwrap();
                assert_eq!((read, behind), (kind, b"behind".as_slice()));
                let json = std::str::from_utf8(&json).unwrap().strip_suffix("behind").unwrap();
                assert_eq!(EventReader::default().read(json), Ok(AiEvent::delta(kind, delta.into_owned())));
            }
        }
    }

    #[test]
    fn what_is_not_plain_is_left_to_the_reader() {
        for json in [
            r#"{"type":"text_delta","delta":"a","delta":"b"}"#,
            r#"{"type":"text_delta","delta":"a" }"#,
            r#"{"type":"text_delta","delta":"a"#,
            r#"{"type":"text_delta","delta":"a\"#,
            r#"{"type":"text_delta","delta":"\x"}"#,
            r#"{"type":"text_delta","delta":"\ud83d"}"#,
            r#"{"type":"text_delta","delta":5}"#,
            r#"{"delta":"a","type":"text_delta"}"#,
            "{\"type\":\"text_delta\",\"delta\":\"\t\"}",
        ] {
            assert_eq!(EventReader::plain_delta(json.as_bytes()), None, "{json}");
        }
        assert_eq!(EventReader::plain_delta(b"{\"type\":\"text_delta\",\"delta\":\"\xff\"}"), None);
    }

    #[test]
    fn what_is_malformed_stays_malformed() {
        let mut reader = EventReader::default();
        for json in [r#"{"type":"text_delta","delta":"\u"#, r"\u", r"\", r#"{"type":5,"x":"\ud83d"}"#] {
            assert_eq!(reader.read(json), Err(ProblemCode::MalformedEvent));
        }
    }
}
