//! Tool input that still streams: a sensible value at every cut.

use crate::json::{any_json, any_text};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use threadkeep_core::{Part, Reducer};

/// The input that a client shows after each of these pieces.
fn inputs<'p>(pieces: impl IntoIterator<Item = &'p str>) -> Vec<Option<Value>> {
    let mut reducer = Reducer::new("m");
    let mut apply = |chunk: Value| {
        reducer.apply(&serde_json::from_value(chunk).unwrap()).unwrap();
        match reducer.message().parts.as_slice() {
            [Part::Tool(tool)] => tool.input.clone(),
            other => panic!("one tool part, not {other:?}"),
        }
    };
    apply(json!({"type": "tool-input-start", "toolCallId": "c", "toolName": "t"}));
    let delta = |piece| json!({"type": "tool-input-delta", "toolCallId": "c", "inputTextDelta": piece});
    pieces.into_iter().map(|piece| apply(delta(piece))).collect()
}

fn chars(text: &str) -> Vec<&str> {
    text.split("").filter(|char| !char.is_empty()).collect()
}

/// JSON as a server writes it that keeps to ASCII: everything else as `\u` escapes of UTF-16 units.
fn ascii_json(value: &Value) -> String {
    let escape = |char: char| match char {
        ' '..='~' => char.to_string(),
        other => other.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect(),
    };
    value.to_string().chars().map(escape).collect()
}

/// Whether `part` can be what is known of `whole` when its text is cut.
fn is_beginning(part: &Value, whole: &Value) -> bool {
    match (part, whole) {
        (Value::Object(part), Value::Object(whole)) => {
            let last = part.len().saturating_sub(1);
            part.iter().zip(whole).enumerate().all(|(at, ((key, value), (whole_key, whole)))| {
                key == whole_key && (value == whole || at == last && is_beginning(value, whole))
            }) && part.len() <= whole.len()
        }
        (Value::Array(part), Value::Array(whole)) => {
            let last = part.len().saturating_sub(1);
            part.iter()
                .zip(whole)
                .enumerate()
                .all(|(at, (value, whole))| value == whole || at == last && is_beginning(value, whole))
                && part.len() <= whole.len()
        }
        (Value::String(part), Value::String(whole)) => whole.starts_with(part.as_str()),
        (Value::Number(_), Value::Number(_)) => true,
        (part, whole) => part == whole,
    }
}

fn any_object() -> impl Strategy<Value = Value> {
    vec((any_text(), any_json()), 0..5).prop_map(|fields| Value::Object(fields.into_iter().collect::<Map<_, _>>()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_cut_of_an_input_is_a_beginning_of_it(whole in any_object(), ascii in any::<bool>()) {
        let text = if ascii { ascii_json(&whole) } else { whole.to_string() };
        // The SDK, and so we, read nothing where a key could reach a JavaScript prototype or holds a quote.
        let raw = whole.to_string();
        prop_assume!(!["__proto__", "constructor", "\\\""].iter().any(|odd| raw.contains(odd)));
        let inputs = inputs(chars(&text));
        for (at, input) in inputs.iter().enumerate() {
            let Some(input) = input else { return Err(TestCaseError::fail(format!("nothing after {} characters", at + 1))) };
            prop_assert!(is_beginning(input, &whole), "after {} characters: {}", at + 1, input);
        }
        prop_assert_eq!(inputs.last().unwrap().as_ref(), Some(&whole));
    }

    #[test]
    fn no_text_breaks_it(pieces in vec(any_text(), 0..8), more in vec("[\\[\\]{}:,\"\\\\u0-9a-fA-F.eE+-]{0,6}", 0..12)) {
        inputs(pieces.iter().map(String::as_str));
        inputs(more.iter().map(String::as_str));
    }
}
