//! The chat-completions shape of a conversation.
//!
//! Source: the `messages` of `POST /v1/chat/completions` in OpenAI's API reference, which compatible servers follow.

use super::dto::MessageDto;
use serde_json::{Value, json};

/// Maps an executor's messages to chat-completions messages, with `system` at their head when given.
///
/// It stands in one message with the context, when there is one: many servers take no second system message.
///
/// An assistant message that only calls tools has `content: null`, as the API asks. Neighbours of one role become one
/// message: a turn that failed leaves two user messages side by side, a regenerated reply two assistant messages, and
/// servers whose template demands that the roles alternate refuse such a thread for ever.
#[must_use]
pub fn to_openai_messages(system: Option<&str>, dtos: &[MessageDto]) -> Vec<Value> {
    let (context, dtos) = match dtos {
        [MessageDto::System { content }, rest @ ..] => (Some(content.as_str()), rest),
        all => (None, all),
    };
    let head: Vec<_> = system.into_iter().chain(context).collect();
    let head = (!head.is_empty()).then(|| json!({"role": "system", "content": head.join("\n\n")}));
    head.into_iter().chain(dtos.iter().map(to_openai_message)).fold(Vec::new(), add)
}

/// Puts a message behind the others, or into the last one when that is of the same role and calls nothing.
fn add(mut messages: Vec<Value>, next: Value) -> Vec<Value> {
    let last = messages.last_mut().filter(|last| {
        last["role"] == next["role"]
            && matches!(next["role"].as_str(), Some("user" | "assistant"))
            && last["tool_calls"].is_null()
    });
    let Some(last) = last else {
        messages.push(next);
        return messages;
    };
    let texts = [&last["content"], &next["content"]].map(|content| content.as_str().filter(|text| !text.is_empty()));
    let content = texts.into_iter().flatten().collect::<Vec<_>>().join("\n\n");
    last["content"] = content.into();
    if let Some(calls) = next.get("tool_calls") {
        last["tool_calls"] = calls.clone();
    }
    messages
}

fn to_openai_message(dto: &MessageDto) -> Value {
    match dto {
        MessageDto::System { content } => json!({"role": "system", "content": content}),
        MessageDto::User { content } => json!({"role": "user", "content": content}),
        MessageDto::Tool { content, tool_call_id } => {
            json!({"role": "tool", "tool_call_id": tool_call_id, "content": content})
        }
        MessageDto::Assistant { content, tool_calls } if tool_calls.is_empty() => {
            json!({"role": "assistant", "content": content})
        }
        MessageDto::Assistant { content, tool_calls } => {
            let content = if content.is_empty() { Value::Null } else { content.as_str().into() };
            let calls: Vec<_> = tool_calls
                .iter()
                .map(|call| {
                    let function = json!({"name": call.name, "arguments": call.arguments});
                    json!({"id": call.id, "type": "function", "function": function})
                })
                .collect();
            json!({"role": "assistant", "content": content, "tool_calls": calls})
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map::ToolCallDto;

    #[test]
    fn system_prompt_and_context_are_one_message() {
        let dtos = [MessageDto::System { content: "context".into() }, MessageDto::User { content: "hi".into() }];
        let user = json!({"role": "user", "content": "hi"});
        let with = |system| Value::Array(to_openai_messages(system, &dtos));
        assert_eq!(with(Some("be kind")), json!([{"role": "system", "content": "be kind\n\ncontext"}, user]));
        assert_eq!(with(None), json!([{"role": "system", "content": "context"}, user]));
    }

    #[test]
    fn neighbours_of_one_role_are_one_message() {
        let user = |content: &str| MessageDto::User { content: content.into() };
        let calls = |names: &[&str]| {
            let call = |name: &&str| ToolCallDto { id: (*name).into(), name: (*name).into(), arguments: "{}".into() };
            names.iter().map(call).collect()
        };
        let assistant =
            |content: &str, names: &[&str]| MessageDto::Assistant { content: content.into(), tool_calls: calls(names) };
        let tool = |id: &str| MessageDto::Tool { content: "1".into(), tool_call_id: id.into() };
        let dtos = [
            user("a"),
            user("b"),
            assistant("c", &[]),
            assistant("d", &[]),
            assistant("", &["x", "y"]),
            tool("x"),
            tool("y"),
            assistant("e", &["z"]),
            tool("z"),
            user("f"),
        ];
        let told: Vec<_> = to_openai_messages(None, &dtos)
            .iter()
            .map(|message| format!("{} {}", message["role"].as_str().unwrap(), message["content"].as_str().unwrap()))
            .collect();
        let expected = ["user a\n\nb", "assistant c\n\nd", "tool 1", "tool 1", "assistant e", "tool 1", "user f"];
        assert_eq!(told, expected);
        assert_eq!(to_openai_messages(None, &dtos)[1]["tool_calls"].as_array().map(Vec::len), Some(2));
    }

    #[test]
    fn tool_calls_and_results_are_in_the_chat_completions_shape() {
        let dtos = [
            MessageDto::User { content: "hi".into() },
            MessageDto::Assistant {
                content: String::new(),
                tool_calls: vec![ToolCallDto { id: "c".into(), name: "w".into(), arguments: "{}".into() }],
            },
            MessageDto::Tool { content: "1".into(), tool_call_id: "c".into() },
        ];
        assert_eq!(
            Value::Array(to_openai_messages(Some("be kind"), &dtos)),
            json!([
                {"role": "system", "content": "be kind"},
                {"role": "user", "content": "hi"},
                {"role": "assistant", "content": null, "tool_calls": [
                    {"id": "c", "type": "function", "function": {"name": "w", "arguments": "{}"}}]},
                {"role": "tool", "tool_call_id": "c", "content": "1"},
            ])
        );
    }
}
