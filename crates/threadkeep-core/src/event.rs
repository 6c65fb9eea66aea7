//! `AiEvent`: what an executor says while it works. It never reaches a client.

use crate::bridge::BlockKind;
use crate::json::{JsonMap, is_dense};
use crate::problem::ProblemCode;
use serde::Serialize;
use serde_json::Value;

/// One event, JSON tagged by `type`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum AiEvent {
    TextDelta {
        delta: String,
    },
    ReasoningDelta {
        delta: String,
    },
    ToolCallStart {
        tool_call_id: String,
        tool_name: String,
        /// Missing arguments are none: providers want an object, so they become `{}`.
        args: Value,
    },
    ToolCallResult {
        tool_call_id: String,
        result: Value,
        #[serde(skip_serializing_if = "Option::is_none")]
        is_error: Option<bool>,
    },
    /// The whole text of the reply, as the executor holds it at its end.
    AssistantFinal {
        content: String,
    },
    /// A billing fact: for the usage hook only.
    UsageReport {
        fact: Value,
    },
    Status {
        phase: String,
        label: Option<String>,
    },
    Done {
        usage: Option<Value>,
        finish_reason: Option<String>,
    },
    /// The run failed; `error` is a code, never a text for people.
    Error {
        error: String,
    },
}

impl AiEvent {
    /// Decodes one event from JSON text.
    ///
    /// # Errors
    /// [`ProblemCode::UnknownEvent`] for a type that we do not know (a newer executor), [`ProblemCode::MalformedEvent`]
    /// for anything else that is no event, [`ProblemCode::ReplyTooLarge`] for [dense](is_dense) JSON. None ends a stream: report it and go on.
    pub fn from_json(json: &[u8]) -> Result<Self, ProblemCode> {
        let json = std::str::from_utf8(json).map_err(|_| ProblemCode::MalformedEvent)?;
        if is_dense(json) {
            return Err(ProblemCode::ReplyTooLarge);
        }
        let mut fields: JsonMap = serde_json::from_str(json).map_err(|_| ProblemCode::MalformedEvent)?;
        let kind = text(&mut fields, "type")?;
        Ok(match kind.as_str() {
            "text_delta" => Self::TextDelta { delta: text(&mut fields, "delta")? },
            "reasoning_delta" => Self::ReasoningDelta { delta: text(&mut fields, "delta")? },
            "tool_call_start" => Self::ToolCallStart {
                tool_call_id: text(&mut fields, "toolCallId")?,
                tool_name: text(&mut fields, "toolName")?,
                args: fields.remove("args").unwrap_or_else(|| Value::Object(JsonMap::new())),
            },
            "tool_call_result" => Self::ToolCallResult {
                tool_call_id: text(&mut fields, "toolCallId")?,
                result: fields.remove("result").unwrap_or_default(),
                is_error: optional(fields.remove("isError"), |value| value.as_bool())?,
            },
            "assistant_final" => Self::AssistantFinal { content: text(&mut fields, "content")? },
            "usage_report" => Self::UsageReport { fact: fields.remove("fact").ok_or(ProblemCode::MalformedEvent)? },
            "status" => Self::Status {
                phase: text(&mut fields, "phase")?,
                label: optional(fields.remove("label"), |value| value.as_str().map(str::to_owned))?,
            },
            "done" => Self::Done {
                usage: fields.remove("usage").filter(|usage| !usage.is_null()),
                finish_reason: optional(fields.remove("finishReason"), |value| value.as_str().map(str::to_owned))?,
            },
            "error" => Self::Error { error: text(&mut fields, "error")? },
            _ => return Err(ProblemCode::UnknownEvent),
        })
    }

    pub(crate) fn delta(kind: BlockKind, delta: String) -> Self {
        match kind {
            BlockKind::Text => Self::TextDelta { delta },
            BlockKind::Reasoning => Self::ReasoningDelta { delta },
        }
    }
}

fn text(fields: &mut JsonMap, name: &str) -> Result<String, ProblemCode> {
    match fields.remove(name) {
        Some(Value::String(text)) => Ok(text),
        _ => Err(ProblemCode::MalformedEvent),
    }
}

/// A field that may be absent or `null`, but not of another type.
fn optional<T>(value: Option<Value>, read: impl Fn(&Value) -> Option<T>) -> Result<Option<T>, ProblemCode> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(value) => read(&value).map(Some).ok_or(ProblemCode::MalformedEvent),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(json: &str, expected: Result<AiEvent, ProblemCode>) {
        assert_eq!(AiEvent::from_json(json.as_bytes()), expected);
    }

    #[test]
    fn fields_are_in_camel_case_and_types_in_snake_case() {
        check(
            r#"{"type":"tool_call_start","toolCallId":"c1","toolName":"weather","args":{"city":"Oslo"}}"#,
            Ok(AiEvent::ToolCallStart {
                tool_call_id: "c1".into(),
                tool_name: "weather".into(),
                args: json!({"city": "Oslo"}),
            }),
        );
        check(
            r#"{"type":"done","usage":{"promptTokens":1},"finishReason":"stop"}"#,
            Ok(AiEvent::Done { usage: Some(json!({"promptTokens": 1})), finish_reason: Some("stop".into()) }),
        );
    }

    #[test]
    fn optional_fields_may_be_absent_and_unknown_ones_are_ignored() {
        check(r#"{"type":"done","future":1}"#, Ok(AiEvent::Done { usage: None, finish_reason: None }));
        check(
            r#"{"type":"tool_call_start","toolCallId":"c","toolName":"t"}"#,
            Ok(AiEvent::ToolCallStart { tool_call_id: "c".into(), tool_name: "t".into(), args: json!({}) }),
        );
    }

    #[test]
    fn an_unknown_type_is_told_from_a_malformed_event() {
        check(r#"{"type":"hologram"}"#, Err(ProblemCode::UnknownEvent));
        check(r#"{"type":"text_delta","delta":5}"#, Err(ProblemCode::MalformedEvent));
        check("not json", Err(ProblemCode::MalformedEvent));
        check("[]", Err(ProblemCode::MalformedEvent));
        check("", Err(ProblemCode::MalformedEvent));
    }
}
