//! Metadata of a message, merged as the AI SDK merges it (`packages/ai/src/util/merge-objects.ts`).

use super::ReduceError;
use crate::json::JsonMap;
use serde_json::Value;

/// Keys that are not merged: they reach a JavaScript prototype.
const PROTOTYPE_KEYS: [&str; 3] = ["__proto__", "constructor", "prototype"];

/// Merges `overlay` into `base`: objects key by key, anything else replaced.
///
/// What is no object is taken for the object that JavaScript's spread makes of it: a list for its numbered items, a
/// plain value for an empty object.
pub(super) fn merge(base: &mut Option<Value>, overlay: &Value) -> Result<(), ReduceError> {
    match base.as_mut().filter(|base| !base.is_null()) {
        None => *base = Some(overlay.clone()),
        Some(slot) => {
            let overlay = fields(overlay);
            let is_plain = !slot.is_object() && !slot.is_array();
            if is_plain && overlay.keys().any(|key| !PROTOTYPE_KEYS.contains(&key.as_str())) {
                return Err(ReduceError::InvalidMetadata);
            }
            let mut merged = fields(slot);
            merge_fields(&mut merged, overlay);
            *slot = Value::Object(merged);
        }
    }
    Ok(())
}

fn merge_fields(base: &mut JsonMap, overlay: JsonMap) {
    for (key, value) in overlay {
        if PROTOTYPE_KEYS.contains(&key.as_str()) {
            continue;
        }
        match (base.get_mut(&key), value) {
            (Some(Value::Object(inner)), Value::Object(value)) => merge_fields(inner, value),
            (_, value) => drop(base.insert(key, value)),
        }
    }
}

fn fields(value: &Value) -> JsonMap {
    let numbered = |(at, value): (usize, Value)| (at.to_string(), value);
    match value {
        Value::Object(map) => map.clone(),
        Value::Array(items) => items.iter().cloned().enumerate().map(numbered).collect(),
        Value::String(text) => text.encode_utf16().map(letter).enumerate().map(numbered).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => JsonMap::new(),
    }
}

/// One unit of a JavaScript string; half a letter is U+FFFD.
fn letter(unit: u16) -> Value {
    String::from_utf16_lossy(&[unit]).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn merged(base: Value, overlay: &Value) -> Result<Value, ReduceError> {
        let mut base = Some(base);
        merge(&mut base, overlay).map(|()| base.unwrap())
    }

    #[test]
    fn merge_goes_into_objects_and_replaces_the_rest() {
        let base = json!({"usage": {"a": 1}, "tags": [1, 2], "x": "old"});
        let overlay = json!({"usage": {"b": 2}, "tags": [3], "x": "new"});
        assert_eq!(merged(base, &overlay), Ok(json!({"usage": {"a": 1, "b": 2}, "tags": [3], "x": "new"})));
    }

    #[test]
    fn prototype_keys_are_never_merged() {
        let overlay = json!({"__proto__": {"x": 1}, "a": {"constructor": 1, "prototype": 2, "c": 3}});
        assert_eq!(merged(json!({"a": {"b": 2}}), &overlay), Ok(json!({"a": {"b": 2, "c": 3}})));
    }

    #[test]
    fn a_plain_value_takes_no_fields() {
        assert_eq!(merged(json!("x"), &json!({"a": 1})), Err(ReduceError::InvalidMetadata));
        assert_eq!(merged(json!([1]), &json!({"a": 1})), Ok(json!({"0": 1, "a": 1})));
    }
}
