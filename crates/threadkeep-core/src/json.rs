//! Small helpers on JSON values that serde_json does not have.

use serde_json::{Map, Value};

/// A JSON object that keeps its keys in the order they came in.
pub type JsonMap = Map<String, Value>;

/// Whether the AI SDK refuses to read this JSON at all, because it could reach a JavaScript prototype
/// (`secure-json-parse` in `packages/provider-utils`).
pub(crate) fn is_forbidden(value: &Value) -> bool {
    match value {
        Value::Object(map) => {
            let prototype = map.get("constructor").and_then(|inner| inner.get("prototype"));
            map.contains_key("__proto__") || prototype.is_some() || map.values().any(is_forbidden)
        }
        Value::Array(items) => items.iter().any(is_forbidden),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// Deepest value that a message may hold. A JSON reader refuses more than 128 levels, and a stored message adds its own;
/// what is deeper is kept as JSON text.
const MAX_DEPTH: usize = 64;

/// The value, or its JSON text when a client would not take it: nested deeper than [`MAX_DEPTH`], or with a key that
/// could reach a prototype. One such value, and every stock client refuses the stream.
pub(crate) fn digestible(value: Value) -> Value {
    if is_deeper(&value, MAX_DEPTH) || is_forbidden(&value) { Value::String(value.to_string()) } else { value }
}

fn is_deeper(value: &Value, depth: usize) -> bool {
    match value {
        Value::Array(items) => depth == 0 || items.iter().any(|item| is_deeper(item, depth - 1)),
        Value::Object(map) => depth == 0 || map.values().any(|item| is_deeper(item, depth - 1)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// Whether two values are the same to a JavaScript reader: `1` and `1.0` are one number, key order does not count.
///
/// A stored message that went through `JSON.parse` and `JSON.stringify` on its way back is still the same message.
pub(crate) fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        _ => a == b,
    }
}

/// Most memory that JSON may need once it is read, in values of about 50 bytes. JSON of single digits and brackets is 25
/// times as large as values as it is as text, and an isolate has 128 MB.
const MAX_VALUES: usize = 1024 * 1024;

/// What an array or an object needs beside its items, in values: neither has room for fewer than four.
const CONTAINER_VALUES: usize = 4;

/// Whether JSON would need too much memory once it is read. To be asked before it is, of what may be large.
#[must_use]
pub fn is_dense(json: &str) -> bool {
    if json.len() <= MAX_VALUES / CONTAINER_VALUES {
        return false;
    }
    let (mut values, mut in_text, mut escaped) = (0, false, false);
    for byte in json.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = in_text,
            b'"' => in_text = !in_text,
            b',' if !in_text => values += 1,
            b'[' | b'{' if !in_text => values += CONTAINER_VALUES,
            _ => {}
        }
    }
    values > MAX_VALUES
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_small_as_text_and_large_as_values_is_dense() {
        let list = |item: &str, count: usize| format!("[{}]", vec![item; count].join(","));
        assert!(!is_dense(&list("0", MAX_VALUES - CONTAINER_VALUES)));
        assert!(is_dense(&list("0", MAX_VALUES)));
        assert!(is_dense(&list("[]", MAX_VALUES / 4)));
        assert!(is_dense(&list(r#"{"a":0}"#, MAX_VALUES / 4)));
    }

    #[test]
    fn commas_and_brackets_of_a_text_are_letters() {
        assert!(!is_dense(&json!(",[{\\\"".repeat(MAX_VALUES)).to_string()));
    }

    #[test]
    fn a_prototype_key_is_forbidden_at_every_depth() {
        assert_eq!(digestible(json!({"__proto__": 1})), json!(r#"{"__proto__":1}"#));
        assert!(is_forbidden(&json!({"a": [{"__proto__": 1}]})));
        assert!(is_forbidden(&json!({"constructor": {"prototype": null}})));
        assert!(!is_forbidden(&json!({"constructor": "x", "prototype": {}})));
    }

    #[test]
    fn what_is_nested_too_deep_is_kept_as_text() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        let value_of = |depth| digestible(serde_json::from_str(&nested(depth)).unwrap());
        assert!(value_of(MAX_DEPTH).is_array());
        assert_eq!(value_of(MAX_DEPTH + 1), Value::String(nested(MAX_DEPTH + 1)));
    }

    #[test]
    fn a_javascript_round_trip_does_not_make_a_value_another() {
        assert!(same(&json!({"a": 1.0, "b": [1]}), &json!({"b": [1], "a": 1})));
        assert!(!same(&json!({"a": 1}), &json!({"a": "1"})));
        assert!(!same(&json!({"a": 1}), &json!({"a": 1, "b": null})));
    }
}
