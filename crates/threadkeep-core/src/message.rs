//! `UiMessage`: the AI SDK's message, what is stored and what is returned.
//!
//! Source: `packages/ai/src/ui/ui-messages.ts` in vercel/ai (v5 to v7).

use crate::json::JsonMap;
use crate::part::Part;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// One message of a thread. Fields that we do not know are kept in `extra` as they came.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UiMessage {
    pub id: String,
    pub role: Role,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Value>,
    pub parts: Vec<Part>,
    #[serde(flatten)]
    pub extra: JsonMap,
}

/// Who speaks. The AI SDK knows no other role in a `UIMessage`; tool calls are parts of an assistant message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    System,
    User,
    Assistant,
}

impl Role {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "system" => Some(Self::System),
            "user" => Some(Self::User),
            "assistant" => Some(Self::Assistant),
            _ => None,
        }
    }
}

impl<'de> Deserialize<'de> for UiMessage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        Self::from_value(value).ok_or_else(|| D::Error::custom("not a UIMessage"))
    }
}

impl UiMessage {
    /// A message with no parts yet.
    #[must_use]
    pub fn new(id: impl Into<String>, role: Role) -> Self {
        Self { id: id.into(), role, metadata: None, parts: Vec::new(), extra: JsonMap::new() }
    }

    /// Reads one message. `None` when the value is no `UIMessage` at all (no id, an unknown role, no array of parts, a
    /// part that is no object); a part of an unknown shape is kept as [`Part::Unknown`].
    #[must_use]
    pub fn from_value(value: Value) -> Option<Self> {
        let Value::Object(mut map) = value else { return None };
        let (Some(Value::String(id)), Some(role), Some(Value::Array(parts))) =
            (map.shift_remove("id"), map.shift_remove("role"), map.shift_remove("parts"))
        else {
            return None;
        };
        let parts = parts.into_iter().map(|part| match part {
            Value::Object(part) => Some(Part::from_map(part)),
            _ => None,
        });
        Some(Self {
            id,
            role: Role::parse(role.as_str()?)?,
            parts: parts.collect::<Option<_>>()?,
            metadata: map.shift_remove("metadata"),
            extra: map,
        })
    }

    /// The text parts, in order.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| if let Part::Text(text) = part { Some(text.text.as_str()) } else { None })
    }

    /// Whether there is anything to show or to send: a message of step marks alone is none.
    #[must_use]
    pub fn has_content(&self) -> bool {
        self.parts.iter().any(|part| !matches!(part, Part::StepStart(_)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check_round_trip(value: &Value) {
        let message = UiMessage::from_value(value.clone()).expect("a message");
        assert_eq!(&serde_json::to_value(&message).unwrap(), value);
        // Key order too, so that what is stored reads like what came in.
        assert_eq!(serde_json::to_string(&message).unwrap(), value.to_string());
    }

    #[test]
    fn every_part_type_survives_a_round_trip() {
        check_round_trip(&json!({"id": "m", "role": "assistant", "metadata": {"a": 1}, "parts": [
            {"type": "step-start"},
            {"type": "text", "text": "hi", "state": "done", "providerMetadata": {"p": {"k": 1}}},
            {"type": "reasoning", "id": "r1", "text": "hm", "state": "streaming"},
            {"type": "source-url", "sourceId": "s", "url": "https://a.example", "title": "A"},
            {"type": "source-document", "sourceId": "s", "mediaType": "text/plain", "title": "A", "filename": "a.txt"},
            {"type": "file", "mediaType": "image/png", "filename": "a.png", "url": "data:image/png;base64,AA=="},
            {"type": "reasoning-file", "mediaType": "image/png", "url": "https://a.example/x.png"},
            {"type": "custom", "kind": "openai.thing"},
            {"type": "data-chart", "id": "c", "data": {"x": [1, 2]}},
        ]}));
    }

    #[test]
    fn every_tool_state_survives_a_round_trip() {
        check_round_trip(&json!({"id": "m", "role": "assistant", "parts": [
            {"type": "tool-weather", "toolCallId": "1", "state": "input-streaming", "input": {"c": "B"}},
            {"type": "dynamic-tool", "toolName": "w", "toolCallId": "2", "state": "input-available", "input": null},
            {"type": "tool-w", "toolCallId": "3", "state": "approval-requested", "input": {}, "approval": {"id": "a", "isAutomatic": true}},
            {"type": "tool-w", "toolCallId": "4", "state": "approval-responded", "input": {}, "approval": {"id": "a", "approved": false, "reason": "no"}},
            {"type": "tool-w-x", "toolCallId": "5", "state": "output-available", "input": {}, "output": null, "preliminary": true},
            {"type": "tool-w", "toolCallId": "6", "state": "output-error", "rawInput": "{", "errorText": "bad"},
            {"type": "tool-w", "toolCallId": "7", "state": "output-denied", "input": {}, "approval": {"id": "a", "approved": false}},
        ]}));
    }

    #[test]
    fn unknown_parts_and_fields_are_kept_verbatim_and_in_order() {
        check_round_trip(&json!({"id": "m", "role": "user", "parts": [
            {"type": "hologram", "z": 1, "a": [null]},
            {"type": "text", "text": "x", "future": {"k": true}},
            {"type": "text", "text": 5},
            {"type": "text", "text": "y", "state": null},
            {"type": "tool-w", "toolCallId": "1", "state": "teleported", "input": 1},
            {"no": "type"},
        ], "createdAt": "2026-01-01"}));
    }

    #[test]
    fn null_in_an_optional_field_does_not_hide_the_text() {
        let parts = json!([{"type": "text", "text": "x", "state": null, "providerMetadata": null}]);
        let message = UiMessage::from_value(json!({"id": "m", "role": "user", "parts": parts})).unwrap();
        assert_eq!(message.texts().collect::<Vec<_>>(), ["x"]);
    }

    #[test]
    fn an_unknown_role_is_no_message() {
        assert!(UiMessage::from_value(json!({"id": "m", "role": "tool", "parts": []})).is_none());
        assert!(UiMessage::from_value(json!({"id": "m", "role": "user"})).is_none());
        assert!(UiMessage::from_value(json!(null)).is_none());
    }
}
