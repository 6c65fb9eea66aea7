//! The `demo` executor: embedded, deterministic, without a key. It shows everything that a real one may say: a status,
//! reasoning, text, a tool call with its result, usage.

use super::{Batch, EventStream, Prompt};
use futures_util::{StreamExt, stream};
use serde_json::json;
use std::time::Duration;
use threadkeep_core::AiEvent;
use threadkeep_core::map::MessageDto;
use worker::Delay;

/// Answers the last user message, one event every `delay_ms` milliseconds.
pub(super) fn run(prompt: &Prompt, delay_ms: u64) -> EventStream {
    let events = stream::iter(script(&prompt.messages)).then(move |event| async move {
        if delay_ms > 0 {
            Delay::from(Duration::from_millis(delay_ms)).await;
        }
        Ok(Batch::from([Ok(event)]))
    });
    events.boxed_local()
}

fn script(messages: &[MessageDto]) -> Vec<AiEvent> {
    let texts: Vec<&str> = messages
        .iter()
        .filter_map(|message| match message {
            MessageDto::User { content } => Some(content.as_str()),
            MessageDto::System { .. } | MessageDto::Assistant { .. } | MessageDto::Tool { .. } => None,
        })
        .collect();
    let text = texts.last().copied().unwrap_or_default();
    let words = text.split_whitespace().count();
    let characters = text.chars().count();
    let call = format!("call_count_{}", texts.len());
    let mut events = vec![AiEvent::Status { phase: "thinking".into(), label: Some("Reading your message".into()) }];
    events.extend(reasoning("The message has to be answered, and a tool can count its words. I will call it first."));
    events.extend(speech("Let me look at that."));
    events.push(AiEvent::Status { phase: "tool_use".into(), label: Some("Counting words".into()) });
    events.push(AiEvent::ToolCallStart {
        tool_call_id: call.clone(),
        tool_name: "count_words".into(),
        args: json!({"text": text}),
    });
    let result = json!({"words": words, "characters": characters});
    events.push(AiEvent::ToolCallResult { tool_call_id: call, result, is_error: None });
    let turns = texts.len();
    let plural = if words == 1 { "" } else { "s" };
    events.extend(speech(&format!(
        "You said: \u{201c}{text}\u{201d}\n\nThat is {words} word{plural} and {characters} characters, and it is message \
         number {turns} from you in this thread. The server keeps all of them: reload the page in the middle of this \
         reply, and it goes on where it was. Close the tab, and the reply is still stored whole. Nothing that your \
         browser claims about earlier messages is read."
    )));
    let (prompt_tokens, completion_tokens) = (texts.iter().map(|text| text.len()).sum::<usize>() / 4, events.len());
    let usage = json!({"promptTokens": prompt_tokens, "completionTokens": completion_tokens});
    events.push(AiEvent::UsageReport { fact: json!({"model": "demo", "usage": usage}) });
    events.push(AiEvent::Done { usage: Some(usage), finish_reason: Some("stop".into()) });
    events
}

fn speech(text: &str) -> impl Iterator<Item = AiEvent> {
    text.split_inclusive(' ').map(|word| AiEvent::TextDelta { delta: word.to_owned() })
}

fn reasoning(text: &str) -> impl Iterator<Item = AiEvent> {
    text.split_inclusive(' ').map(|word| AiEvent::ReasoningDelta { delta: word.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(content: &str) -> MessageDto {
        MessageDto::User { content: content.to_owned() }
    }

    #[test]
    fn the_same_thread_gets_the_same_reply() {
        let thread = [user("hello there"), user("again")];
        assert_eq!(script(&thread), script(&thread));
        assert_ne!(script(&thread), script(&thread[..1]));
    }

    #[test]
    fn every_kind_of_event_is_shown() {
        let events = script(&[user("hello")]);
        let shows = |test: fn(&AiEvent) -> bool| events.iter().any(test);
        assert!(shows(|event| matches!(event, AiEvent::Status { .. })));
        assert!(shows(|event| matches!(event, AiEvent::ReasoningDelta { .. })));
        assert!(shows(|event| matches!(event, AiEvent::TextDelta { .. })));
        assert!(shows(|event| matches!(event, AiEvent::ToolCallResult { .. })));
        assert!(shows(|event| matches!(event, AiEvent::UsageReport { .. })));
        assert!(matches!(events.last(), Some(AiEvent::Done { .. })));
    }
}
