//! Reads JSON that is still being written: the input of a tool call while it streams.
//!
//! Gives what the AI SDK's `parsePartialJson` gives (`packages/ai/src/util/parse-partial-json.ts`): the longest
//! sensible value of the text so far. An unfinished string ends where the text ends, an unfinished number at its last
//! digit, an unfinished literal is completed, an unfinished key is left out. What follows the first value is ignored.

use crate::json::JsonMap;
use serde_json::Value;

/// Deeper nesting gives `None`, as serde_json itself refuses it: the parser's stack stays bounded.
const MAX_DEPTH: usize = 128;

/// The value so far; `None` when there is none yet, or when the text is no beginning of JSON.
pub(crate) fn parse(text: &str) -> Option<Value> {
    if let Ok(value) = serde_json::from_str(text) {
        return Some(value);
    }
    let mut parser = Parser { rest: text };
    match parser.value(0) {
        Parsed::Whole(value) | Parsed::Cut(value) => Some(value),
        Parsed::Nothing | Parsed::Invalid => None,
    }
}

enum Parsed {
    Whole(Value),
    /// The text ended inside this value.
    Cut(Value),
    /// The text ended before a value could be seen.
    Nothing,
    Invalid,
}

struct Parser<'a> {
    rest: &'a str,
}

impl Parser<'_> {
    fn value(&mut self, depth: usize) -> Parsed {
        self.skip_space();
        match self.rest.as_bytes().first() {
            None => Parsed::Nothing,
            Some(_) if depth > MAX_DEPTH => Parsed::Invalid,
            Some(b'"') => self.string(),
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.literal("true", Value::Bool(true)),
            Some(b'f') => self.literal("false", Value::Bool(false)),
            Some(b'n') => self.literal("null", Value::Null),
            Some(_) => Parsed::Invalid,
        }
    }

    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
    }

    fn take(&mut self, count: usize) -> &str {
        let (taken, rest) = self.rest.split_at_checked(count).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    fn eat(&mut self, byte: u8) -> bool {
        self.skip_space();
        let found = self.rest.as_bytes().first() == Some(&byte);
        if found {
            self.take(1);
        }
        found
    }

    fn literal(&mut self, word: &str, value: Value) -> Parsed {
        if self.rest.starts_with(word) {
            self.take(word.len());
            Parsed::Whole(value)
        } else if word.starts_with(self.rest) {
            self.rest = "";
            Parsed::Cut(value)
        } else {
            Parsed::Invalid
        }
    }

    fn number(&mut self) -> Parsed {
        let is_part = |byte: &u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
        let length = self.rest.bytes().take_while(is_part).count();
        let cut = length == self.rest.len();
        let text = self.take(length);
        let digits = if cut { text.trim_end_matches(|c: char| !c.is_ascii_digit()) } else { text };
        match (digits.is_empty(), serde_json::from_str::<Value>(digits)) {
            (true, _) => Parsed::Nothing,
            (false, Ok(value)) if cut => Parsed::Cut(value),
            (false, Ok(value)) => Parsed::Whole(value),
            (false, Err(_)) => Parsed::Invalid,
        }
    }

    fn string(&mut self) -> Parsed {
        match string_end(self.rest) {
            Ok(end) => match serde_json::from_str(self.take(end)) {
                Ok(value) => Parsed::Whole(value),
                Err(_) => Parsed::Invalid,
            },
            Err(last_whole) => {
                let closed = format!("{}\"", self.take(last_whole));
                self.rest = "";
                serde_json::from_str(&closed).map_or(Parsed::Invalid, Parsed::Cut)
            }
        }
    }

    fn array(&mut self, depth: usize) -> Parsed {
        self.take(1);
        let mut items = Vec::new();
        if self.eat(b']') {
            return Parsed::Whole(Value::Array(items));
        }
        loop {
            match self.value(depth + 1) {
                Parsed::Whole(item) => items.push(item),
                Parsed::Cut(item) => {
                    items.push(item);
                    return Parsed::Cut(Value::Array(items));
                }
                Parsed::Nothing => return Parsed::Cut(Value::Array(items)),
                Parsed::Invalid => return Parsed::Invalid,
            }
            if self.eat(b']') {
                return Parsed::Whole(Value::Array(items));
            }
            if !self.eat(b',') {
                return if self.rest.is_empty() { Parsed::Cut(Value::Array(items)) } else { Parsed::Invalid };
            }
        }
    }

    fn object(&mut self, depth: usize) -> Parsed {
        self.take(1);
        let mut map = JsonMap::new();
        if self.eat(b'}') {
            return Parsed::Whole(Value::Object(map));
        }
        loop {
            self.skip_space();
            let key = match self.rest.as_bytes().first() {
                None => return Parsed::Cut(Value::Object(map)),
                Some(b'"') => match self.string() {
                    Parsed::Whole(Value::String(key)) => key,
                    Parsed::Whole(_) | Parsed::Invalid => return Parsed::Invalid,
                    Parsed::Cut(_) | Parsed::Nothing => return Parsed::Cut(Value::Object(map)),
                },
                Some(_) => return Parsed::Invalid,
            };
            if !self.eat(b':') {
                return if self.rest.is_empty() { Parsed::Cut(Value::Object(map)) } else { Parsed::Invalid };
            }
            match self.value(depth + 1) {
                Parsed::Whole(value) => {
                    map.insert(key, value);
                }
                Parsed::Cut(value) => {
                    map.insert(key, value);
                    return Parsed::Cut(Value::Object(map));
                }
                Parsed::Nothing => return Parsed::Cut(Value::Object(map)),
                Parsed::Invalid => return Parsed::Invalid,
            }
            if self.eat(b'}') {
                return Parsed::Whole(Value::Object(map));
            }
            if !self.eat(b',') {
                return if self.rest.is_empty() { Parsed::Cut(Value::Object(map)) } else { Parsed::Invalid };
            }
        }
    }
}

/// Where the string that starts `text` ends (after its closing quote), or, when it is cut, where its last whole
/// character or escape ends.
fn string_end(text: &str) -> Result<usize, usize> {
    let mut chars = text.char_indices().skip(1);
    let mut last_whole = 1;
    while let Some((at, char)) = chars.next() {
        match char {
            '"' => return Ok(at + 1),
            '\\' => match chars.next() {
                None => return Err(last_whole),
                Some((at, 'u')) => {
                    // Half of a surrogate pair alone is no character: cut before it.
                    let end = at + 5;
                    let unit = text.get(at + 1..end).and_then(|digits| u16::from_str_radix(digits, 16).ok());
                    let high = unit.is_some_and(|unit| (0xD800..0xDC00).contains(&unit));
                    if chars.by_ref().take(4).count() < 4 {
                        return Err(last_whole);
                    }
                    if !high {
                        last_whole = end;
                    }
                }
                Some((at, escaped)) => last_whole = at + escaped.len_utf8(),
            },
            other => last_whole = at + other.len_utf8(),
        }
    }
    Err(last_whole)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(text: &str, expected: Option<Value>) {
        assert_eq!(parse(text), expected, "{text}");
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
    fn half_of_a_surrogate_pair_is_left_out() {
        check(r#"["a\ud83c"#, Some(json!(["a"])));
        check(r#"["a\uDB40\uDC"#, Some(json!(["a"])));
        check(r#"["a\udb40\udc41"#, Some(json!(["a\u{E0041}"])));
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
        check(r#"{"a" 1}"#, None);
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
            let _ = parse(&whole[..at]);
        }
        check(whole, Some(serde_json::from_str(whole).unwrap()));
    }
}
