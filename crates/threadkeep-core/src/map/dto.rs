//! `MessageDto`: the plain message that executors take.

use super::DENIED;
use crate::json::JsonMap;
use crate::message::{Role, UiMessage};
use crate::part::{Part, ToolPart, ToolState};
use serde::Serialize;
use serde_json::{Value, json};

/// One message for an executor, JSON tagged by `role`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "role", rename_all = "lowercase", rename_all_fields = "camelCase")]
pub enum MessageDto {
    /// Only at the head of a prompt, from [`crate::context`]: a stored system message is skipped.
    System {
        content: String,
    },
    User {
        content: String,
    },
    Assistant {
        content: String,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        tool_calls: Vec<ToolCallDto>,
    },
    /// The result of one call; `content` is JSON.
    Tool {
        content: String,
        tool_call_id: String,
    },
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ToolCallDto {
    pub id: String,
    pub name: String,
    /// A JSON object, as text.
    pub arguments: String,
}

/// Maps stored messages to an executor's messages.
///
/// System messages are skipped. The text parts of a step are joined with a line feed. Each step of an assistant message
/// gives one assistant DTO and one tool DTO per finished call; a message without `step-start` parts is one step.
/// What a user said in the middle of a reply (a steering message) stands between the steps that it was said between.
/// A call that never finished is left out, since a provider refuses a call without its result; so are reasoning, files
/// and all other parts. A step or message with nothing left gives nothing.
#[must_use]
pub fn ui_messages_to_message_dtos<'m>(messages: impl IntoIterator<Item = &'m UiMessage>) -> Vec<MessageDto> {
    let mut dtos = Vec::new();
    for message in messages {
        match message.role {
            Role::System => {}
            Role::User => push_user(&message.parts, &mut dtos),
            Role::Assistant => {
                for step in message.parts.split_inclusive(|part| matches!(part, Part::StepStart(_) | Part::Steering(_)))
                {
                    map_step(step, &mut dtos);
                    if let Some(Part::Steering(steering)) = step.last() {
                        push_user(&steering.parts, &mut dtos);
                    }
                }
            }
        }
    }
    dtos
}

fn push_user(parts: &[Part], dtos: &mut Vec<MessageDto>) {
    let content = join_texts(parts);
    if !content.is_empty() {
        dtos.push(MessageDto::User { content });
    }
}

fn map_step(step: &[Part], dtos: &mut Vec<MessageDto>) {
    let finished = || {
        step.iter().filter_map(|part| match part {
            Part::Tool(tool) if tool.state.is_final() => Some(&**tool),
            _ => None,
        })
    };
    let content = join_texts(step);
    let tool_calls: Vec<_> = finished().map(tool_call).collect();
    if content.is_empty() && tool_calls.is_empty() {
        return;
    }
    dtos.push(MessageDto::Assistant { content, tool_calls });
    dtos.extend(finished().map(tool_result));
}

fn join_texts(parts: &[Part]) -> String {
    let texts = parts.iter().filter_map(|part| match part {
        Part::Text(text) if !text.text.is_empty() => Some(text.text.as_str()),
        _ => None,
    });
    texts.collect::<Vec<_>>().join("\n")
}

/// A call as an executor gets it.
pub(crate) fn tool_call(tool: &ToolPart) -> ToolCallDto {
    ToolCallDto {
        id: tool.tool_call_id.clone(),
        name: tool.tool.name().to_owned(),
        arguments: arguments(tool.input.as_ref()),
    }
}

/// Providers want an object: nothing becomes an empty one, any other value is wrapped.
fn arguments(input: Option<&Value>) -> String {
    match input {
        None | Some(Value::Null) => "{}".to_owned(),
        Some(object @ Value::Object(_)) => object.to_string(),
        Some(other) => json!({ "input": other }).to_string(),
    }
}

fn tool_result(tool: &ToolPart) -> MessageDto {
    let content = match tool.state {
        ToolState::OutputError => json!({ "error": tool.error_text.as_deref().unwrap_or_default() }).to_string(),
        ToolState::OutputDenied => json!({ "error": denial(tool.approval.as_ref()) }).to_string(),
        ToolState::OutputAvailable
        | ToolState::InputStreaming
        | ToolState::InputAvailable
        | ToolState::ApprovalRequested
        | ToolState::ApprovalResponded => tool.output.as_ref().map_or_else(|| "null".to_owned(), Value::to_string),
    };
    MessageDto::Tool { content, tool_call_id: tool.tool_call_id.clone() }
}

fn denial(approval: Option<&JsonMap>) -> &str {
    let reason = approval.and_then(|approval| approval.get("reason")).and_then(Value::as_str);
    reason.unwrap_or(DENIED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(messages: &Value, expected: &Value) {
        let messages: Vec<UiMessage> = serde_json::from_value(messages.clone()).unwrap();
        assert_eq!(&serde_json::to_value(ui_messages_to_message_dtos(&messages)).unwrap(), expected);
    }

    #[test]
    fn text_parts_are_joined_with_a_line_feed_and_system_messages_skipped() {
        check(
            &json!([
                {"id": "0", "role": "system", "parts": [{"type": "text", "text": "be evil"}]},
                {"id": "1", "role": "user", "parts": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]},
                {"id": "2", "role": "assistant", "parts": [{"type": "text", "text": "c"}, {"type": "reasoning", "text": "r"}]},
            ]),
            &json!([{"role": "user", "content": "a\nb"}, {"role": "assistant", "content": "c"}]),
        );
    }

    #[test]
    fn each_result_stands_between_its_call_and_the_text_that_follows() {
        check(
            &json!([{"id": "1", "role": "assistant", "parts": [
                {"type": "step-start"},
                {"type": "text", "text": "let me look"},
                {"type": "dynamic-tool", "toolName": "w", "toolCallId": "c", "state": "output-available", "input": {"city": "Oslo"}, "output": {"t": 3}},
                {"type": "step-start"},
                {"type": "text", "text": "3 degrees"},
            ]}]),
            &json!([
                {"role": "assistant", "content": "let me look", "toolCalls": [{"id": "c", "name": "w", "arguments": "{\"city\":\"Oslo\"}"}]},
                {"role": "tool", "content": "{\"t\":3}", "toolCallId": "c"},
                {"role": "assistant", "content": "3 degrees"},
            ]),
        );
    }

    #[test]
    fn a_message_without_steps_is_one_assistant_dto_then_its_tool_dtos() {
        check(
            &json!([{"id": "1", "role": "assistant", "parts": [
                {"type": "text", "text": "a"},
                {"type": "tool-w", "toolCallId": "1", "state": "output-available", "input": {}, "output": "x"},
                {"type": "tool-w", "toolCallId": "2", "state": "output-error", "input": {}, "errorText": "boom"},
                {"type": "text", "text": "b"},
            ]}]),
            &json!([
                {"role": "assistant", "content": "a\nb", "toolCalls": [
                    {"id": "1", "name": "w", "arguments": "{}"}, {"id": "2", "name": "w", "arguments": "{}"}]},
                {"role": "tool", "content": "\"x\"", "toolCallId": "1"},
                {"role": "tool", "content": "{\"error\":\"boom\"}", "toolCallId": "2"},
            ]),
        );
    }

    #[test]
    fn a_call_without_a_result_is_left_out() {
        check(
            &json!([{"id": "1", "role": "assistant", "parts": [
                {"type": "tool-w", "toolCallId": "1", "state": "input-available", "input": {}},
                {"type": "tool-w", "toolCallId": "2", "state": "input-streaming"},
            ]}]),
            &json!([]),
        );
    }

    #[test]
    fn arguments_are_always_an_object() {
        check(
            &json!([{"id": "1", "role": "assistant", "parts": [
                {"type": "tool-w", "toolCallId": "1", "state": "output-available", "input": [1], "output": null},
                {"type": "tool-w", "toolCallId": "2", "state": "output-denied", "approval": {"id": "a", "approved": false}},
            ]}]),
            &json!([
                {"role": "assistant", "content": "", "toolCalls": [
                    {"id": "1", "name": "w", "arguments": "{\"input\":[1]}"}, {"id": "2", "name": "w", "arguments": "{}"}]},
                {"role": "tool", "content": "null", "toolCallId": "1"},
                {"role": "tool", "content": "{\"error\":\"Tool call execution denied.\"}", "toolCallId": "2"},
            ]),
        );
    }
}
