//! `AiEvent`: what an executor says while it works. It never reaches a client.

use crate::problem::ProblemCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One event, JSON tagged by `type`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
        #[serde(default = "empty_object")]
        args: Value,
    },
    ToolCallResult {
        tool_call_id: String,
        #[serde(default)]
        result: Value,
        #[serde(default)]
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
        #[serde(default)]
        label: Option<String>,
    },
    Done {
        #[serde(default)]
        usage: Option<Value>,
        #[serde(default)]
        finish_reason: Option<String>,
    },
    /// The run failed; `error` is a code, never a text for people.
    Error {
        error: String,
    },
}

fn empty_object() -> Value {
    Value::Object(serde_json::Map::new())
}

/// Types of [`AiEvent`], to tell an unknown one from a malformed one.
const TYPES: [&str; 9] = [
    "text_delta",
    "reasoning_delta",
    "tool_call_start",
    "tool_call_result",
    "assistant_final",
    "usage_report",
    "status",
    "done",
    "error",
];

impl AiEvent {
    /// Decodes one event from JSON text.
    ///
    /// # Errors
    /// [`ProblemCode::UnknownEvent`] for a type that we do not know (a newer executor), [`ProblemCode::MalformedEvent`]
    /// for anything else that is no event. Neither ends a stream: report it and go on.
    pub fn from_json(json: &[u8]) -> Result<Self, ProblemCode> {
        serde_json::from_slice(json).map_err(|_| {
            #[derive(Deserialize)]
            struct Tag<'a> {
                #[serde(borrow)]
                r#type: std::borrow::Cow<'a, str>,
            }
            match serde_json::from_slice::<Tag<'_>>(json) {
                Ok(tag) if !TYPES.contains(&tag.r#type.as_ref()) => ProblemCode::UnknownEvent,
                _ => ProblemCode::MalformedEvent,
            }
        })
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

    #[test]
    fn every_type_is_in_the_list_of_types() {
        for kind in TYPES {
            let result = AiEvent::from_json(format!(r#"{{"type":"{kind}"}}"#).as_bytes());
            assert_ne!(result, Err(ProblemCode::UnknownEvent), "{kind}");
        }
    }
}
