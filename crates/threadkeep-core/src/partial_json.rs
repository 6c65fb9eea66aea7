//! Reads JSON that is still being written: the input of a tool call while it streams.
//!
//! Gives what the AI SDK's `parsePartialJson` gives (`packages/ai/src/util/fix-json.ts`): the text is cut where its last
//! whole value ends and what is open is closed. Of text that is no JSON at all nothing is made.

use crate::half_letters::replace_half_letters;
use crate::json::is_forbidden;
use crate::target::Target;
use serde_json::Value;

/// The value so far; `None` when there is none yet, or when the text is no beginning of JSON.
pub(crate) fn parse(text: &str, target: Target) -> Option<Value> {
    let read = |text: &str| serde_json::from_str(text).ok();
    let value = read(text).or_else(|| {
        let closed = Scanner::new(text, target).close();
        // A string may hold the escape of half a letter that stays alone.
        read(&closed).or_else(|| read(&replace_half_letters(&closed)))
    });
    value.filter(|value| !is_forbidden(value))
}

/// What a character can belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Inside {
    /// Before the first value.
    Start,
    /// Behind it: what follows is passed over.
    End,
    String,
    Escape,
    /// `\uXXXX`, and how many digits there were.
    Unicode(u8),
    /// `true`, `false` or `null`, from here on.
    Literal(usize),
    Number,
    ObjectStart,
    Key,
    AfterKey,
    BeforeValue,
    ObjectValue,
    ObjectComma,
    ArrayStart,
    ArrayValue,
    ArrayComma,
}

const LITERALS: [&str; 3] = ["true", "false", "null"];

struct Scanner<'a> {
    text: &'a str,
    target: Target,
    /// Outermost first; the last one takes the next character.
    open: Vec<Inside>,
    /// Where the text that can be kept ends.
    end: usize,
}

impl<'a> Scanner<'a> {
    fn new(text: &'a str, target: Target) -> Self {
        let mut scanner = Self { text, target, open: vec![Inside::Start], end: 0 };
        for (at, char) in text.char_indices() {
            scanner.take(at, char);
        }
        scanner
    }

    fn take(&mut self, at: usize, char: char) {
        let next = at + char.len_utf8();
        match self.open.last().copied().unwrap_or(Inside::End) {
            Inside::End => {}
            Inside::Start => self.start_value(at, char, Inside::End),
            Inside::BeforeValue => self.start_value(at, char, Inside::ObjectValue),
            Inside::ArrayComma => self.start_value(at, char, Inside::ArrayValue),
            Inside::ArrayStart => self.start_item(at, char),
            Inside::ObjectStart if char == '}' => self.close_container(next),
            Inside::ObjectStart | Inside::ObjectComma if char == '"' => self.turn(Inside::Key),
            Inside::Key if char == '"' => self.turn(Inside::AfterKey),
            Inside::AfterKey if char == ':' => self.turn(Inside::BeforeValue),
            Inside::ObjectStart | Inside::ObjectComma | Inside::Key | Inside::AfterKey => {}
            Inside::ObjectValue => self.after_object_value(next, char),
            Inside::ArrayValue => {
                // What is no separator is kept: JSON's own reader judges it.
                self.after_array_value(next, char);
                if !matches!(char, ',' | ']') {
                    self.end = next;
                }
            }
            Inside::String => self.in_string(next, char),
            Inside::Escape => self.in_escape(next, char),
            Inside::Unicode(digits) => self.in_unicode(next, char, digits),
            Inside::Number => self.in_number(next, char),
            Inside::Literal(start) => self.in_literal(start, next, char),
        }
    }

    fn turn(&mut self, into: Inside) {
        self.open.pop();
        self.open.push(into);
    }

    /// Opens a value; when it is over, `then` is what the next character belongs to.
    fn start_value(&mut self, at: usize, char: char, then: Inside) {
        let value = match char {
            '"' => Inside::String,
            't' | 'f' | 'n' => Inside::Literal(at),
            '-' | '0'..='9' => Inside::Number,
            '{' => Inside::ObjectStart,
            '[' => Inside::ArrayStart,
            _ => return,
        };
        if char != '-' {
            self.end = at + 1;
        }
        self.turn(then);
        self.open.push(value);
    }

    fn start_item(&mut self, at: usize, char: char) {
        let next = at + char.len_utf8();
        if char == ']' {
            return self.close_container(next);
        }
        // Before v7 an item was kept from its first character on, also a lone minus.
        if self.target < Target::Ai7 {
            self.end = next;
        }
        self.start_value(at, char, Inside::ArrayValue);
    }

    fn close_container(&mut self, next: usize) {
        self.end = next;
        self.open.pop();
    }

    fn after_object_value(&mut self, next: usize, char: char) {
        match char {
            ',' => self.turn(Inside::ObjectComma),
            '}' => self.close_container(next),
            _ => {}
        }
    }

    fn after_array_value(&mut self, next: usize, char: char) {
        match char {
            ',' => self.turn(Inside::ArrayComma),
            ']' => self.close_container(next),
            _ => {}
        }
    }

    fn after_value(&mut self, next: usize, char: char) {
        match self.open.last() {
            Some(Inside::ObjectValue) => self.after_object_value(next, char),
            Some(Inside::ArrayValue) => self.after_array_value(next, char),
            _ => {}
        }
    }

    fn in_string(&mut self, next: usize, char: char) {
        match char {
            '"' => self.close_container(next),
            '\\' => self.open.push(Inside::Escape),
            _ => self.end = next,
        }
    }

    fn in_escape(&mut self, next: usize, char: char) {
        self.open.pop();
        // v5 takes the digits of \u for letters of the string.
        if char == 'u' && self.target >= Target::Ai6 {
            self.open.push(Inside::Unicode(0));
        } else {
            self.end = next;
        }
    }

    fn in_unicode(&mut self, next: usize, char: char, digits: u8) {
        if !char.is_ascii_hexdigit() {
            return;
        }
        if digits < 3 {
            return self.turn(Inside::Unicode(digits + 1));
        }
        self.open.pop();
        // Half of a surrogate pair is no letter, and Unicode text cannot hold it: it is kept with its other half.
        let is_high = self.text.get(next - 4..next).is_some_and(is_high_surrogate);
        if !is_high {
            self.end = next;
        }
    }

    fn in_number(&mut self, next: usize, char: char) {
        match char {
            '0'..='9' => self.end = next,
            'e' | 'E' | '-' | '.' => {}
            ',' => {
                self.open.pop();
                self.after_value(next, char);
            }
            '}' => {
                self.open.pop();
                if self.open.last() == Some(&Inside::ObjectValue) {
                    self.after_object_value(next, char);
                }
            }
            ']' => {
                self.open.pop();
                if self.open.last() == Some(&Inside::ArrayValue) {
                    self.after_array_value(next, char);
                }
            }
            _ => drop(self.open.pop()),
        }
    }

    fn in_literal(&mut self, start: usize, next: usize, char: char) {
        let so_far = self.text.get(start..next).unwrap_or_default();
        if LITERALS.iter().any(|literal| literal.starts_with(so_far)) {
            self.end = next;
        } else {
            self.open.pop();
            self.after_value(next, char);
        }
    }

    /// The text that can be kept, with everything open closed.
    fn close(self) -> String {
        let mut whole = self.text.get(..self.end).unwrap_or_default().to_owned();
        for inside in self.open.iter().rev() {
            match inside {
                Inside::String => whole.push('"'),
                Inside::ObjectStart
                | Inside::Key
                | Inside::AfterKey
                | Inside::BeforeValue
                | Inside::ObjectValue
                | Inside::ObjectComma => whole.push('}'),
                Inside::ArrayStart | Inside::ArrayValue | Inside::ArrayComma => whole.push(']'),
                Inside::Literal(start) => {
                    let so_far = self.text.get(*start..).unwrap_or_default();
                    let literal = LITERALS.iter().find(|literal| literal.starts_with(so_far));
                    whole.push_str(literal.and_then(|literal| literal.get(so_far.len()..)).unwrap_or_default());
                }
                Inside::Start | Inside::End | Inside::Escape | Inside::Unicode(_) | Inside::Number => {}
            }
        }
        whole
    }
}

fn is_high_surrogate(digits: &str) -> bool {
    u16::from_str_radix(digits, 16).is_ok_and(|unit| (0xD800..0xDC00).contains(&unit))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(text: &str, expected: Option<Value>) {
        assert_eq!(parse(text, Target::default()), expected, "{text}");
    }

    #[test]
    fn an_unfinished_value_ends_where_it_can() {
        check(r#"{"city":"Ber"#, Some(json!({"city": "Ber"})));
        check(r#"{"city":"a\"#, Some(json!({"city": "a"})));
        check(r#"{"city":"a\u00e"#, Some(json!({"city": "a"})));
        check(r#"{"a":[1,{"b":tr"#, Some(json!({"a": [1, {"b": true}]})));
        check(r#"{"a":12."#, Some(json!({"a": 12})));
        check(r#"{"a":1.5e-"#, Some(json!({"a": 1.5})));
        check(r#"{"a":1,"#, Some(json!({"a": 1})));
        check(r#"{"a":1,"b"#, Some(json!({"a": 1})));
        check(r#"{"a":1,"b":"#, Some(json!({"a": 1})));
        check(r#"{"a":-"#, Some(json!({})));
        check("[1,", Some(json!([1])));
        check("n", Some(json!(null)));
    }

    #[test]
    fn majors_differ_in_a_lone_minus_and_in_a_cut_escape() {
        assert_eq!([Target::Ai6, Target::Ai7].map(|target| parse("[-", target)), [None, Some(json!([]))]);
        assert_eq!([Target::Ai5, Target::Ai6].map(|target| parse(r#"["\u00"#, target)), [None, Some(json!([""]))]);
    }

    #[test]
    fn half_of_a_surrogate_pair_is_left_out() {
        check(r#"["a\ud83c"#, Some(json!(["a"])));
        check(r#"["a\uDB40\uDC"#, Some(json!(["a"])));
        check(r#"["a\udb40\udc41"#, Some(json!(["a\u{E0041}"])));
    }

    #[test]
    fn half_of_a_surrogate_pair_that_stays_alone_is_a_replacement_character() {
        check(r#"{"a":"x\ud83d y","b":1"#, Some(json!({"a": "x\u{fffd} y", "b": 1})));
        check(r#"{"a":"\ude00"}"#, Some(json!({"a": "\u{fffd}"})));
    }

    #[test]
    fn no_value_yet_is_none() {
        check("", None);
        check(" ", None);
        check("-", None);
    }

    #[test]
    fn what_is_no_json_is_none() {
        check("hello", None);
        check(r#"{"__proto__":1"#, None);
        check(&"[".repeat(100_000), None);
    }

    #[test]
    fn what_follows_the_first_value_is_ignored() {
        check(r#"{"a":1} and more"#, Some(json!({"a": 1})));
    }

    #[test]
    fn every_cut_of_a_whole_value_is_a_value_or_none() {
        let whole = r#"{"city":"Zürich 🏔 \n","list":[1,-2.5e3,true,null,{"x":"\ud83d\ude00"}],"n":{}}"#;
        for (at, _) in whole.char_indices() {
            let _ = parse(&whole[..at], Target::default());
        }
        check(whole, Some(serde_json::from_str(whole).unwrap()));
    }
}
