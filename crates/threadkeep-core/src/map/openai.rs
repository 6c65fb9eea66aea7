//! The chat-completions shape of a conversation.
//!
//! Source: the `messages` of `POST /v1/chat/completions` in OpenAI's API reference, which compatible servers follow.

use super::dto::MessageDto;
use serde_json::{Value, json};

/// Maps an executor's messages to chat-completions messages, with `system` at their head when given.
///
/// It stands in one message with the context, when there is one: many servers take no second system message.
///
/// An assistant message that only calls tools has `content: null`, as the API asks.
#[must_use]
pub fn to_openai_messages(system: Option<&str>, dtos: &[MessageDto]) -> Vec<Value> {
    let (context, dtos) = match dtos {
        [MessageDto::System { content }, rest @ ..] => (Some(content.as_str()), rest),
        all => (None, all),
    };
    let head: Vec<_> = system.into_iter().chain(context).collect();
    let head = (!head.is_empty()).then(|| json!({"role": "system", "content": head.join("\n\n")}));
    head.into_iter().chain(dtos.iter().map(to_openai_message)).collect()
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
