//! Repair: makes any stored thread acceptable to a provider. Providers refuse a call without its result, an id that
//! comes twice, an input that is no object, and blocks that say nothing.

use crate::bridge::INTERRUPTED;
use crate::json::JsonMap;
use crate::message::{Role, UiMessage};
use crate::part::{Part, ToolPart, ToolState};
use crate::target::Target;
use serde::Serialize;
use serde_json::{Value, json};

/// A thread that a provider accepts, and what had to be done.
#[derive(Debug, Default, PartialEq, Serialize)]
pub struct Repaired {
    pub messages: Vec<UiMessage>,
    pub repairs: Vec<Repair>,
}

/// One thing that was repaired.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Repair {
    pub code: RepairCode,
    /// Index of the message among the given ones.
    pub message: usize,
    /// Index of the part in it; absent when the message itself was repaired.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RepairCode {
    /// A call that never got its result: it failed as interrupted.
    PendingCall,
    /// An approval that nobody gave, or that nothing came of: the call was denied, or failed as interrupted.
    StaleApproval,
    /// A denied call, for a major that does not know denials: it failed with the reason.
    DeniedCall,
    /// A message id that came before: it got another one.
    DuplicateMessageId,
    /// A call id that came before, or is empty: it got another one.
    DuplicateToolCallId,
    /// A tool input that is no object: nothing became an empty object, anything else its field `input`.
    NonObjectInput,
    /// A reasoning part without text and without the provider's own data: taken out.
    EmptyReasoning,
    /// A text part without text: taken out.
    EmptyText,
    /// A message of a user or the system that says nothing: taken out.
    EmptyMessage,
}

/// Why an approval that nobody answered was denied.
const EXPIRED: &str = "expired";

/// Repairs a thread for the SDK's major `target`. What was repaired needs no repair again.
///
/// An answered approval in the last message stays: the turn that follows acts on it.
#[must_use]
pub fn repair_messages(messages: Vec<UiMessage>, target: Target) -> Repaired {
    let mut ids =
        Ids { messages: messages.iter().map(|message| message.id.clone()).collect(), calls: calls_of(&messages) };
    let last = messages.len().saturating_sub(1);
    let mut out = Repaired::default();
    let (mut seen_messages, mut seen_calls) = (Vec::new(), Vec::new());
    for (at, mut message) in messages.into_iter().enumerate() {
        let mut report = |code, part| out.repairs.push(Repair { code, message: at, part });
        if seen_messages.contains(&message.id) {
            report(RepairCode::DuplicateMessageId, None);
            message.id = fresh(&message.id, &mut ids.messages);
        }
        seen_messages.push(message.id.clone());
        let is_last = at == last;
        let parts = std::mem::take(&mut message.parts);
        for (index, mut part) in parts.into_iter().enumerate() {
            let mut report = |code| report(code, Some(index));
            if let Some(code) = emptiness(&part) {
                report(code);
                continue;
            }
            if let (Part::Tool(tool), Role::Assistant) = (&mut part, message.role) {
                if tool.tool_call_id.is_empty() || seen_calls.contains(&tool.tool_call_id) {
                    report(RepairCode::DuplicateToolCallId);
                    tool.tool_call_id = fresh(&tool.tool_call_id, &mut ids.calls);
                }
                seen_calls.push(tool.tool_call_id.clone());
                repair_tool(tool, target, is_last, &mut report);
            }
            message.parts.push(part);
        }
        if message.role != Role::Assistant && !says_something(&message) {
            report(RepairCode::EmptyMessage, None);
        } else {
            out.messages.push(message);
        }
    }
    out
}

/// Ids that are taken.
struct Ids {
    messages: Vec<String>,
    calls: Vec<String>,
}

fn calls_of(messages: &[UiMessage]) -> Vec<String> {
    let parts = messages.iter().flat_map(|message| &message.parts);
    parts.filter_map(|part| if let Part::Tool(tool) = part { Some(tool.tool_call_id.clone()) } else { None }).collect()
}

/// An id that nothing has yet, after the one it takes the place of.
fn fresh(id: &str, taken: &mut Vec<String>) -> String {
    let stem = if id.is_empty() { "id" } else { id };
    let mut number = 2_u64;
    loop {
        let id = format!("{stem}-{number}");
        if !taken.contains(&id) {
            taken.push(id.clone());
            return id;
        }
        number += 1;
    }
}

/// A block without a word is refused; one that carries what the provider itself gave is kept, it may be asked for.
fn emptiness(part: &Part) -> Option<RepairCode> {
    let is_empty = |text: &str, metadata: Option<&Value>| text.trim().is_empty() && metadata.is_none_or(Value::is_null);
    match part {
        Part::Text(part) if is_empty(&part.text, part.provider_metadata.as_ref()) => Some(RepairCode::EmptyText),
        Part::Reasoning(part) if is_empty(&part.text, part.provider_metadata.as_ref()) => {
            Some(RepairCode::EmptyReasoning)
        }
        _ => None,
    }
}

/// Whether anything of a message of a user or the system is sent.
fn says_something(message: &UiMessage) -> bool {
    let is_user = message.role == Role::User;
    message.parts.iter().any(|part| matches!(part, Part::Text(_)) || is_user && matches!(part, Part::File(_)))
}

fn repair_tool(tool: &mut ToolPart, target: Target, is_last: bool, report: &mut impl FnMut(RepairCode)) {
    match tool.state {
        ToolState::InputStreaming | ToolState::InputAvailable => {
            report(RepairCode::PendingCall);
            fail(tool, INTERRUPTED.to_owned());
            tool.approval = None;
        }
        ToolState::ApprovalRequested => {
            report(RepairCode::StaleApproval);
            deny(tool, EXPIRED);
        }
        ToolState::ApprovalResponded if is_last && target >= Target::Ai6 => {}
        ToolState::ApprovalResponded => {
            report(RepairCode::StaleApproval);
            if tool.approval.as_ref().and_then(|approval| approval.get("approved")) == Some(&Value::Bool(true)) {
                fail(tool, INTERRUPTED.to_owned());
            } else {
                deny(tool, EXPIRED);
            }
        }
        ToolState::OutputAvailable | ToolState::OutputError | ToolState::OutputDenied => {}
    }
    if target == Target::Ai5 && tool.state == ToolState::OutputDenied {
        report(RepairCode::DeniedCall);
        let reason = tool.approval.take().and_then(|approval| approval.get("reason")?.as_str().map(str::to_owned));
        fail(tool, reason.unwrap_or_else(|| crate::map::DENIED.to_owned()));
    }
    if tool.input.as_ref().is_none_or(|input| !input.is_object()) {
        report(RepairCode::NonObjectInput);
        tool.input = Some(as_object(tool));
    }
}

/// What was given as input, as an object: nothing is an empty one.
fn as_object(tool: &ToolPart) -> Value {
    let failed = tool.raw_input.as_ref().filter(|_| tool.state == ToolState::OutputError);
    match tool.input.as_ref().filter(|input| !input.is_null()).or(failed) {
        None | Some(Value::Null) => json!({}),
        Some(input @ Value::Object(_)) => input.clone(),
        Some(input) => json!({ "input": input }),
    }
}

fn fail(tool: &mut ToolPart, error_text: String) {
    tool.state = ToolState::OutputError;
    tool.error_text = Some(error_text);
    tool.output = None;
    tool.preliminary = None;
    tool.extra.shift_remove("inputEncoding");
}

fn deny(tool: &mut ToolPart, reason: &str) {
    tool.state = ToolState::OutputDenied;
    let approval = tool.approval.get_or_insert_with(JsonMap::new);
    approval.entry("id").or_insert_with(|| tool.tool_call_id.clone().into());
    approval.insert("approved".to_owned(), false.into());
    approval.entry("reason").or_insert_with(|| reason.into());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(messages: &Value, expected: &Value, codes: &[RepairCode]) {
        let messages: Vec<UiMessage> = serde_json::from_value(messages.clone()).unwrap();
        let repaired = repair_messages(messages, Target::default());
        assert_eq!(&serde_json::to_value(&repaired.messages).unwrap(), expected);
        assert_eq!(repaired.repairs.iter().map(|repair| repair.code).collect::<Vec<_>>(), codes);
        assert_eq!(repair_messages(repaired.messages, Target::default()).repairs, [], "a second time");
    }

    fn assistant(id: &str, parts: &Value) -> Value {
        json!({"id": id, "role": "assistant", "parts": parts})
    }

    #[test]
    fn a_call_without_a_result_has_failed_also_at_the_end() {
        check(
            &json!([assistant(
                "a",
                &json!([{"type": "tool-w", "toolCallId": "c", "state": "input-available", "input": {}}])
            )]),
            &json!([assistant(
                "a",
                &json!([{"type": "tool-w", "toolCallId": "c", "state": "output-error", "input": {}, "errorText": "interrupted"}])
            )]),
            &[RepairCode::PendingCall],
        );
    }

    #[test]
    fn an_approval_that_nobody_gave_is_denied_and_an_answered_one_at_the_end_stays() {
        let part = |id: &str, state: &str, approval: Value| json!({"type": "tool-w", "toolCallId": id, "state": state, "input": {}, "approval": approval});
        let answered = part("2", "approval-responded", json!({"id": "y", "approved": true}));
        check(
            &json!([
                assistant("a", &json!([part("1", "approval-requested", json!({"id": "x"}))])),
                assistant("b", &json!([answered]))
            ]),
            &json!([
                assistant(
                    "a",
                    &json!([part("1", "output-denied", json!({"id": "x", "approved": false, "reason": "expired"}))])
                ),
                assistant("b", &json!([answered])),
            ]),
            &[RepairCode::StaleApproval],
        );
    }

    #[test]
    fn an_id_that_came_before_is_given_anew() {
        let part = |id: &str| json!([{"type": "tool-w", "toolCallId": id, "state": "output-available", "input": {}, "output": 1}]);
        check(
            &json!([assistant("a", &part("c")), assistant("a", &part("c")), assistant("a-2", &part("c-2"))]),
            &json!([assistant("a", &part("c")), assistant("a-3", &part("c-3")), assistant("a-2", &part("c-2"))]),
            &[RepairCode::DuplicateMessageId, RepairCode::DuplicateToolCallId],
        );
    }

    #[test]
    fn an_input_is_an_object() {
        let part = |id: &str, input: Value| json!({"type": "tool-w", "toolCallId": id, "state": "output-available", "input": input, "output": 1});
        check(
            &json!([assistant(
                "a",
                &json!([part("1", json!(null)), part("2", json!("x")), part("3", json!({"k": 1}))])
            )]),
            &json!([assistant(
                "a",
                &json!([part("1", json!({})), part("2", json!({"input": "x"})), part("3", json!({"k": 1}))])
            )]),
            &[RepairCode::NonObjectInput, RepairCode::NonObjectInput],
        );
    }

    #[test]
    fn what_says_nothing_is_taken_out_unless_the_provider_signed_it() {
        let signed = json!({"type": "reasoning", "text": "", "providerMetadata": {"p": {"signature": "s"}}});
        check(
            &json!([
                assistant("a", &json!([{"type": "reasoning", "text": " "}, signed, {"type": "text", "text": ""}])),
                {"id": "u", "role": "user", "parts": [{"type": "text", "text": "\n"}]},
            ]),
            &json!([assistant("a", &json!([signed]))]),
            &[RepairCode::EmptyReasoning, RepairCode::EmptyText, RepairCode::EmptyText, RepairCode::EmptyMessage],
        );
    }
}
