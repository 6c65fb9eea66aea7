//! Reads a chat-completions stream: chunks in, events out. Pure.
//!
//! Source: "The chat completion chunk object" in OpenAI's API reference, and what compatible servers make of it:
//! reasoning in `reasoning_content` or `reasoning`, tool calls whole or in pieces, names repeated as `""`, usage beside
//! the last choice or in a chunk of its own, an `error` object in the middle.

use super::{Batch, Unreported};
use serde_json::{Value, json};
use threadkeep_core::frame::Frame;
use threadkeep_core::half_letters::HalfLetters;
use threadkeep_core::problem::ProblemCode;
use threadkeep_core::{AiEvent, JsonMap, is_dense};

/// Most tool calls of one completion, and most bytes of arguments of one: what a stream makes us hold has a bound.
const MAX_TOOL_CALLS: usize = 128;
const MAX_ARGUMENT_BYTES: usize = 8 * 1024 * 1024;

/// One completion under way.
pub(super) struct Completion {
    run_id: String,
    model: String,
    calls: Vec<Call>,
    finish_reason: Option<String>,
    /// The fact of the last usage that came, until it is reported.
    usage: Unreported,
    failed: bool,
    halves: HalfLetters,
}

#[derive(Default)]
struct Call {
    index: u64,
    id: String,
    name: String,
    arguments: String,
}

impl Completion {
    pub(super) fn new(run_id: &str, model: &str, usage: Unreported) -> Self {
        Self {
            run_id: run_id.to_owned(),
            model: model.to_owned(),
            calls: Vec::new(),
            finish_reason: None,
            usage,
            failed: false,
            halves: HalfLetters::default(),
        }
    }

    /// Takes one frame; a frame that is no chunk is a problem and changes nothing.
    pub(super) fn push(&mut self, frame: &Frame) -> Batch {
        let Frame::Text(text) = frame else { return vec![Err(ProblemCode::MalformedEvent)] };
        if text.trim() == "[DONE]" {
            return Vec::new();
        }
        if is_dense(text) {
            return vec![Err(ProblemCode::ReplyTooLarge)];
        }
        let read = serde_json::from_str(text);
        match read.or_else(|_| serde_json::from_str(&self.halves.mend(text))) {
            Ok(Value::Object(chunk)) => self.chunk(&chunk).into_iter().map(Ok).collect(),
            Ok(_) | Err(_) => vec![Err(ProblemCode::MalformedEvent)],
        }
    }

    /// The stream has ended. One that never gave a finish reason was cut off.
    pub(super) fn finish(&mut self) -> Batch {
        let mut events = self.start_calls();
        let fact = self.usage.take();
        let usage = fact.as_ref().and_then(|fact| fact.get("usage")).map(token_counts);
        events.extend(fact.map(|fact| AiEvent::UsageReport { fact }));
        if self.failed {
        } else if let Some(reason) = self.finish_reason.take() {
            events.push(AiEvent::Done { usage, finish_reason: Some(reason) });
        } else {
            events.push(AiEvent::Error { error: "upstream_interrupted".to_owned() });
        }
        events.into_iter().map(Ok).collect()
    }

    fn chunk(&mut self, chunk: &JsonMap) -> Vec<AiEvent> {
        if let Some(model) = said(chunk.get("model")) {
            model.clone_into(&mut self.model);
        }
        if let Some(usage) = chunk.get("usage").filter(|usage| usage.is_object()) {
            self.usage.replace(Some(json!({"model": self.model, "usage": usage})));
        }
        if let Some(error) = chunk.get("error").filter(|error| !error.is_null() && !self.failed) {
            self.failed = true;
            return vec![AiEvent::Error { error: error_code(error).to_owned() }];
        }
        // Only one choice is asked for.
        let Some(choice) = chunk.get("choices").and_then(|choices| choices.get(0)) else { return Vec::new() };
        let mut events = choice.get("delta").map(|delta| self.delta(delta)).unwrap_or_default();
        if let Some(reason) = said(choice.get("finish_reason")) {
            events.extend(self.start_calls());
            self.finish_reason = Some(reason.to_owned());
        }
        events
    }

    fn delta(&mut self, delta: &Value) -> Vec<AiEvent> {
        let mut events = Vec::new();
        let text = |name: &str| said(delta.get(name)).map(str::to_owned);
        if let Some(delta) = text("reasoning_content").or_else(|| text("reasoning")) {
            events.push(AiEvent::ReasoningDelta { delta });
        }
        if let Some(delta) = text("content") {
            events.push(AiEvent::TextDelta { delta });
        }
        for call in delta.get("tool_calls").and_then(Value::as_array).into_iter().flatten() {
            self.call(call);
        }
        events
    }

    /// Collects a call. Pieces belong together by their index; where a server sends none, a new id is a new call.
    fn call(&mut self, delta: &Value) {
        let id = said(delta.get("id"));
        let index = delta.get("index").and_then(Value::as_u64).unwrap_or_else(|| match self.calls.last() {
            Some(last) if id.is_some_and(|id| id != last.id) => last.index + 1,
            Some(last) => last.index,
            None => 0,
        });
        let at = match self.calls.iter().position(|call| call.index == index) {
            Some(at) => at,
            None if self.calls.len() >= MAX_TOOL_CALLS => return,
            None => {
                self.calls.push(Call { index, ..Call::default() });
                self.calls.len() - 1
            }
        };
        let Some(call) = self.calls.get_mut(at) else { return };
        if let Some(id) = id {
            id.clone_into(&mut call.id);
        }
        let function = delta.get("function");
        let field = |name: &str| said(function.and_then(|function| function.get(name)));
        if let Some(name) = field("name") {
            name.clone_into(&mut call.name);
        }
        let arguments = field("arguments").unwrap_or_default();
        if call.arguments.len() + arguments.len() <= MAX_ARGUMENT_BYTES {
            call.arguments.push_str(arguments);
        }
    }

    fn start_calls(&mut self) -> Vec<AiEvent> {
        let calls = std::mem::take(&mut self.calls);
        calls.into_iter().filter(|call| !call.name.is_empty()).map(|call| start_call(&self.run_id, call)).collect()
    }
}

/// A string that says something: servers send `null` and `""` for nothing.
fn said(value: Option<&Value>) -> Option<&str> {
    value.and_then(Value::as_str).filter(|text| !text.is_empty())
}

fn start_call(run_id: &str, call: Call) -> AiEvent {
    let args = match serde_json::from_str(&call.arguments) {
        _ if is_dense(&call.arguments) => Value::String(call.arguments),
        Ok(args) => args,
        Err(_) if call.arguments.trim().is_empty() => json!({}),
        // Not JSON: kept as the text it is.
        Err(_) => Value::String(call.arguments),
    };
    // Where a server gives none, an id of our own; ids of one thread must differ.
    let tool_call_id = if call.id.is_empty() { format!("call_{run_id}_{}", call.index) } else { call.id };
    AiEvent::ToolCallStart { tool_call_id, tool_name: call.name, args }
}

/// The counts that go into the message; the whole object goes to the usage hook.
fn token_counts(usage: &Value) -> Value {
    json!({"promptTokens": usage.get("prompt_tokens"), "completionTokens": usage.get("completion_tokens")})
}

/// The kind of a server's error; its text may quote anything and stays here.
fn error_code(error: &Value) -> &'static str {
    let word =
        |name: &str| error.get(name).map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    let words = [word("code"), word("type")].into_iter().flatten().collect::<Vec<_>>().join(" ");
    if words.contains("rate_limit") || words.contains("429") {
        "rate_limited"
    } else if words.contains("context_length") {
        "context_too_long"
    } else if words.contains("content_filter") {
        "content_filtered"
    } else if words.contains("insufficient_quota") {
        "insufficient_credits"
    } else if words.contains("timeout") {
        "timeout"
    } else {
        "internal"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(chunks: &[Value], expected: &[AiEvent]) {
        let mut completion = Completion::new("r", "m", Unreported::default());
        let mut events: Vec<_> =
            chunks.iter().flat_map(|chunk| completion.push(&Frame::Text(chunk.to_string()))).collect();
        events.extend(completion.finish());
        assert_eq!(events.into_iter().filter_map(Result::ok).collect::<Vec<_>>(), expected);
    }

    fn delta(delta: &Value) -> Value {
        json!({"choices": [{"index": 0, "delta": delta, "finish_reason": null}]})
    }

    fn end(reason: &str) -> Value {
        json!({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]})
    }

    fn done(reason: &str) -> AiEvent {
        AiEvent::Done { usage: None, finish_reason: Some(reason.to_owned()) }
    }

    fn call(id: &str, name: &str, args: Value) -> AiEvent {
        AiEvent::ToolCallStart { tool_call_id: id.to_owned(), tool_name: name.to_owned(), args }
    }

    #[test]
    fn text_and_both_spellings_of_reasoning_are_deltas() {
        check(
            &[
                delta(&json!({"role": "assistant", "content": null, "reasoning_content": "a"})),
                delta(&json!({"reasoning": "b"})),
                delta(&json!({"content": "c", "reasoning_content": null})),
                end("stop"),
            ],
            &[
                AiEvent::ReasoningDelta { delta: "a".into() },
                AiEvent::ReasoningDelta { delta: "b".into() },
                AiEvent::TextDelta { delta: "c".into() },
                done("stop"),
            ],
        );
    }

    #[test]
    fn tool_calls_are_put_together_from_their_pieces() {
        let piece = |index: u64, rest: Value| {
            let mut call = json!({"index": index});
            call.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
            delta(&json!({"tool_calls": [call]}))
        };
        check(
            &[
                piece(0, json!({"id": "a", "function": {"name": "w", "arguments": ""}})),
                piece(1, json!({"id": "b", "function": {"name": "x", "arguments": "{}"}})),
                piece(0, json!({"function": {"name": "", "arguments": "{\"c\":"}})),
                piece(0, json!({"function": {"arguments": "1}"}})),
                end("tool_calls"),
            ],
            &[call("a", "w", json!({"c": 1})), call("b", "x", json!({})), done("tool_calls")],
        );
    }

    #[test]
    fn a_new_id_is_a_new_call_where_there_is_no_index() {
        check(
            &[
                delta(&json!({"tool_calls": [{"id": "a", "function": {"name": "w", "arguments": "{}"}}]})),
                delta(&json!({"tool_calls": [{"id": "b", "function": {"name": "w", "arguments": "not json"}}]})),
                end("tool_calls"),
            ],
            &[call("a", "w", json!({})), call("b", "w", json!("not json")), done("tool_calls")],
        );
    }

    #[test]
    fn usage_is_reported_once_wherever_it_stands() {
        let usage = json!({"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5});
        let expected = [
            AiEvent::UsageReport { fact: json!({"model": "big", "usage": usage}) },
            AiEvent::Done {
                usage: Some(json!({"promptTokens": 3, "completionTokens": 2})),
                finish_reason: Some("stop".into()),
            },
        ];
        check(&[end("stop"), json!({"model": "big", "choices": [], "usage": usage})], &expected);
        let beside = json!({"model": "big", "choices": [{"delta": {}, "finish_reason": "stop"}], "usage": usage});
        check(&[beside], &expected);
    }

    #[test]
    fn usage_that_no_event_has_told_can_be_asked_for() {
        let unreported = Unreported::default();
        let mut completion = Completion::new("r", "m", unreported.clone());
        completion.push(&Frame::Text(json!({"choices": [], "usage": {"prompt_tokens": 3}}).to_string()));
        completion.push(&Frame::Text(json!({"choices": [], "usage": {"prompt_tokens": 4}}).to_string()));
        assert_eq!(*unreported.borrow(), Some(json!({"model": "m", "usage": {"prompt_tokens": 4}})));
        completion.finish();
        assert_eq!(*unreported.borrow(), None);
    }

    #[test]
    fn a_stream_without_a_finish_reason_was_interrupted() {
        check(
            &[delta(&json!({"content": "a"}))],
            &[AiEvent::TextDelta { delta: "a".into() }, AiEvent::Error { error: "upstream_interrupted".into() }],
        );
    }

    #[test]
    fn an_error_in_the_stream_is_a_code_and_nothing_else() {
        check(
            &[json!({"error": {"message": "key sk-1 exceeded", "type": "rate_limit_error", "code": null}})],
            &[AiEvent::Error { error: "rate_limited".into() }],
        );
    }

    #[test]
    fn what_is_no_chunk_is_a_problem() {
        let mut completion = Completion::new("r", "m", Unreported::default());
        assert_eq!(completion.push(&Frame::Text("nope".into())), [Err(ProblemCode::MalformedEvent)]);
        assert_eq!(completion.push(&Frame::Unreadable), [Err(ProblemCode::MalformedEvent)]);
        assert!(completion.push(&Frame::Text("[DONE]".into())).is_empty());
    }
}
