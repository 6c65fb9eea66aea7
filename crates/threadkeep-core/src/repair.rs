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
    /// An approval id that came before in its message: it got another one, and a decision under it was taken back. It
    /// may have been meant for the other call.
    DuplicateApprovalId,
    /// The result of an approved call that stood in a later part under the same id: it was put where the call is.
    SplitCall,
    /// A tool input that is no object: nothing became an empty object, anything else its field `input`.
    NonObjectInput,
    /// A reasoning part without text and without the provider's own data: taken out.
    EmptyReasoning,
    /// A text part without text: taken out.
    EmptyText,
    /// A file whose URL is none, for a major that reads it as one and throws: taken out.
    InvalidFileUrl,
    /// A message of a user or the system that says nothing: taken out.
    EmptyMessage,
}

/// Why an approval that nobody answered was denied.
const EXPIRED: &str = "expired";

/// Repairs a thread for the SDK's major `target`. What was repaired needs no repair again.
///
/// An answered approval in the last step of the last message stays: the turn that follows acts on it.
#[must_use]
pub fn repair_messages(mut messages: Vec<UiMessage>, target: Target) -> Repaired {
    let moved = join_split_calls(&mut messages);
    let mut ids = Ids::of(messages.iter().map(|message| message.id.as_str()));
    let mut call_ids = Ids::of(tools(&messages).map(|tool| tool.tool_call_id.as_str()));
    let mut approval_ids = Ids::of(tools(&messages).filter_map(|tool| Some(approval_id(tool.approval.as_ref()?))));
    let live = messages.len().checked_sub(1).and_then(|last| Some((last, last_step(&messages.get(last)?.parts))));
    let mut out = Repaired::default();
    for (at, mut message) in messages.into_iter().enumerate() {
        let mut report = |code, part| out.repairs.push(Repair { code, message: at, part });
        if !ids.see(&message.id) {
            report(RepairCode::DuplicateMessageId, None);
            message.id = ids.fresh(&message.id);
        }
        let mut seen_approvals = JsonMap::new();
        let parts = std::mem::take(&mut message.parts);
        for (index, mut part) in parts.into_iter().enumerate() {
            let mut report = |code| report(code, Some(index));
            if moved.binary_search(&(at, index)).is_ok() {
                report(RepairCode::SplitCall);
                continue;
            }
            if let Some(code) = emptiness(&part).or_else(|| nowhere(&part, target)) {
                report(code);
                continue;
            }
            if let (Part::Tool(tool), Role::Assistant) = (&mut part, message.role) {
                if tool.tool_call_id.is_empty() || !call_ids.see(&tool.tool_call_id) {
                    report(RepairCode::DuplicateToolCallId);
                    tool.tool_call_id = call_ids.fresh(&tool.tool_call_id);
                }
                let is_live = target >= Target::Ai6
                    && live.is_some_and(|(last, step)| at == last && index >= step)
                    && decision(tool).is_some_and(|(id, _)| !seen_approvals.contains_key(id));
                repair_tool(tool, target, is_live, &mut report);
                if let Some(approval) = &mut tool.approval
                    && target >= Target::Ai6
                    && seen_approvals.insert(approval_id(approval).to_owned(), Value::Null).is_some()
                {
                    report(RepairCode::DuplicateApprovalId);
                    let id = approval_ids.fresh(approval_id(approval));
                    approval.insert("id".to_owned(), id.clone().into());
                    seen_approvals.insert(id, Value::Null);
                }
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

/// Puts the outcome of an approved call where the call is, when another message tells it under the same id: executors
/// that answer in a message of their own do so. Gives the places that now say nothing more.
///
/// Another name or another input is another call, whatever its id.
fn join_split_calls(messages: &mut [UiMessage]) -> Vec<(usize, usize)> {
    // By its id, the place among `calls` of the approved call that waits for its outcome.
    let (mut waiting, mut calls) = (JsonMap::new(), Vec::<(&ToolPart, _)>::new());
    let mut pairs = Vec::new();
    for (at, message) in messages.iter().enumerate().filter(|(_, message)| message.role == Role::Assistant) {
        for (index, part) in message.parts.iter().enumerate() {
            let Part::Tool(tool) = part else { continue };
            let has_run = matches!(tool.state, ToolState::OutputAvailable | ToolState::OutputError);
            let call = waiting.swap_remove(&tool.tool_call_id).and_then(|place| calls.get(place.as_u64()? as usize));
            match call {
                Some((call, place)) if has_run && is_same_call(call, tool) => {
                    pairs.push((*place, (at, index), tool.clone()));
                }
                _ if is_approved(tool) => {
                    waiting.insert(tool.tool_call_id.clone(), calls.len().into());
                    calls.push((tool, (at, index)));
                }
                _ => {}
            }
        }
    }
    // In their order, so that they can be searched.
    let mut moved = Vec::with_capacity(pairs.len());
    for ((at, index), from, outcome) in pairs {
        if let Some(Part::Tool(call)) = messages.get_mut(at).and_then(|message| message.parts.get_mut(index)) {
            take_outcome(call, *outcome);
            moved.push(from);
        }
    }
    moved
}

fn is_approved(tool: &ToolPart) -> bool {
    tool.state == ToolState::ApprovalResponded && decision(tool).is_some_and(|(_, approved)| approved)
}

fn is_same_call(call: &ToolPart, other: &ToolPart) -> bool {
    !call.tool_call_id.is_empty() && call.tool.name() == other.tool.name() && call.input == other.input
}

fn take_outcome(call: &mut ToolPart, outcome: ToolPart) {
    call.state = outcome.state;
    call.output = outcome.output;
    call.error_text = outcome.error_text;
    call.preliminary = outcome.preliminary;
    call.forget_nulls(&["errorText", "preliminary"]);
    call.result_provider_metadata = outcome.result_provider_metadata.or(call.result_provider_metadata.take());
}

fn tools(messages: &[UiMessage]) -> impl Iterator<Item = &ToolPart> {
    let parts = messages.iter().flat_map(|message| &message.parts);
    parts.filter_map(|part| if let Part::Tool(tool) = part { Some(&**tool) } else { None })
}

/// Index of the first part of the last step: what the SDK sends as the last message, with the results of its calls.
fn last_step(parts: &[Part]) -> usize {
    parts.iter().rposition(|part| matches!(part, Part::StepStart(_) | Part::Steering(_))).map_or(0, |at| at + 1)
}

/// The approval that was decided on and how, when the SDK can read both.
fn decision(tool: &ToolPart) -> Option<(&str, bool)> {
    let approval = tool.approval.as_ref()?;
    Some((approval.get("id")?.as_str()?, approval.get("approved")?.as_bool()?))
}

/// As the mapper reads it.
fn approval_id(approval: &JsonMap) -> &str {
    approval.get("id").and_then(Value::as_str).unwrap_or_default()
}

/// The ids of one kind, in the maps that the module has anyway: each other kind of map is 2 KB of it.
struct Ids {
    /// Every id there is, and whether it has been seen.
    known: JsonMap,
    /// The number to try next, by what it follows: without it a thread of one id would be searched again for each.
    next: JsonMap,
}

impl Ids {
    fn of<'a>(ids: impl Iterator<Item = &'a str>) -> Self {
        Self { known: ids.map(|id| (id.to_owned(), false.into())).collect(), next: JsonMap::new() }
    }

    /// Whether an id comes for the first time.
    fn see(&mut self, id: &str) -> bool {
        self.known.insert(id.to_owned(), true.into()) != Some(true.into())
    }

    /// An id that nothing has yet, after the one it takes the place of.
    fn fresh(&mut self, id: &str) -> String {
        let stem = if id.is_empty() { "id" } else { id };
        let mut number = self.next.get(stem).and_then(Value::as_u64).unwrap_or(2);
        let fresh = loop {
            let id = format!("{stem}-{number}");
            number += 1;
            if !self.known.contains_key(&id) {
                break id;
            }
        };
        self.next.insert(stem.to_owned(), number.into());
        self.known.insert(fresh.clone(), true.into());
        fresh
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

/// Since v7 the SDK makes a `URL` of a file's url, unless the provider has the file.
fn nowhere(part: &Part, target: Target) -> Option<RepairCode> {
    let (Part::File(file) | Part::ReasoningFile(file)) = part else { return None };
    let has_reference = matches!(part, Part::File(_))
        && file.extra.get("providerReference").is_some_and(|reference| !reference.is_null());
    (target >= Target::Ai7 && !has_reference && !is_url(&file.url)).then_some(RepairCode::InvalidFileUrl)
}

/// Whether `new URL` takes a text, as far as its scheme and its host tell.
fn is_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.trim().split_once(':') else { return false };
    let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.chars().all(|char| char.is_ascii_alphanumeric() || matches!(char, '+' | '-' | '.'));
    let needs_host = ["http", "https", "ftp", "ws", "wss"].iter().any(|special| scheme.eq_ignore_ascii_case(special));
    let host = rest.trim_start_matches(['/', '\\']).split(['/', '\\', '?', '#']).next().unwrap_or_default();
    is_scheme && (!needs_host || !host.is_empty() && !host.contains([' ', '<', '>', '^', '|']))
}

/// Whether anything of a message of a user or the system is sent.
fn says_something(message: &UiMessage) -> bool {
    let is_user = message.role == Role::User;
    message.parts.iter().any(|part| matches!(part, Part::Text(_)) || is_user && matches!(part, Part::File(_)))
}

fn repair_tool(tool: &mut ToolPart, target: Target, is_live: bool, report: &mut impl FnMut(RepairCode)) {
    match tool.state {
        ToolState::InputStreaming | ToolState::InputAvailable => {
            report(RepairCode::PendingCall);
            fail(tool, INTERRUPTED.to_owned());
            tool.approval = None;
            tool.forget_nulls(&["approval"]);
        }
        ToolState::ApprovalRequested => {
            report(RepairCode::StaleApproval);
            deny(tool, EXPIRED);
        }
        ToolState::ApprovalResponded if is_live => {}
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
    tool.forget_nulls(&["errorText", "preliminary", "inputEncoding"]);
}

fn deny(tool: &mut ToolPart, reason: &str) {
    tool.state = ToolState::OutputDenied;
    tool.forget_nulls(&["approval"]);
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
    fn a_null_does_not_stand_for_what_repair_set() {
        let part = json!({"type": "tool-w", "toolCallId": "c", "state": "input-available", "input": {}, "errorText": null, "preliminary": null, "approval": null});
        let failed = json!({"type": "tool-w", "toolCallId": "c", "state": "output-error", "input": {}, "errorText": "interrupted"});
        check(
            &json!([assistant("a", &json!([part]))]),
            &json!([assistant("a", &json!([failed]))]),
            &[RepairCode::PendingCall],
        );
        let part =
            json!({"type": "tool-w", "toolCallId": "c", "state": "approval-requested", "input": {}, "approval": null});
        let denied = json!({"type": "tool-w", "toolCallId": "c", "state": "output-denied", "input": {},
            "approval": {"id": "c", "approved": false, "reason": "expired"}});
        check(
            &json!([assistant("a", &json!([part]))]),
            &json!([assistant("a", &json!([denied]))]),
            &[RepairCode::StaleApproval],
        );
    }

    #[test]
    fn an_answered_approval_stays_in_the_last_step_only() {
        let part = |id: &str, approval: Value| json!({"type": "tool-w", "toolCallId": id, "state": "approval-responded", "input": {}, "approval": approval});
        let failed = |id: &str, approval: Value| json!({"type": "tool-w", "toolCallId": id, "state": "output-error", "input": {}, "errorText": "interrupted", "approval": approval});
        let approval = |id: &str| json!({"id": id, "approved": true});
        let step = json!({"type": "step-start"});
        check(
            &json!([assistant("a", &json!([part("1", approval("x")), step, part("2", approval("y"))]))]),
            &json!([assistant("a", &json!([failed("1", approval("x")), step, part("2", approval("y"))]))]),
            &[RepairCode::StaleApproval],
        );
    }

    #[test]
    fn a_decision_that_the_sdk_cannot_read_is_stale() {
        for approval in [json!({"id": 5, "approved": true}), json!({"id": "x", "approved": "yes"}), json!({})] {
            let part = json!({"type": "tool-w", "toolCallId": "1", "state": "approval-responded", "input": {}, "approval": approval});
            let thread = json!([assistant("a", &json!([part]))]);
            let repaired = repair_messages(serde_json::from_value(thread).unwrap(), Target::default());
            assert_eq!(repaired.repairs, [Repair { code: RepairCode::StaleApproval, message: 0, part: Some(0) }]);
        }
    }

    #[test]
    fn a_decision_under_the_approval_id_of_another_call_is_taken_back() {
        let part = |id: &str| json!({"type": "tool-w", "toolCallId": id, "state": "approval-responded", "input": {}, "approval": {"id": "x", "approved": true}});
        let failed = json!({"type": "tool-w", "toolCallId": "2", "state": "output-error", "input": {}, "errorText": "interrupted",
            "approval": {"id": "x-2", "approved": true}});
        check(
            &json!([assistant("a", &json!([part("1"), part("2")]))]),
            &json!([assistant("a", &json!([part("1"), failed]))]),
            &[RepairCode::StaleApproval, RepairCode::DuplicateApprovalId],
        );
    }

    #[test]
    fn the_outcome_of_an_approved_call_is_put_where_the_call_is() {
        let approval = json!({"id": "x", "approved": true});
        let call = json!({"type": "tool-w", "toolCallId": "c", "state": "approval-responded", "input": {"k": 1}, "approval": approval});
        let ran = |input: u8| json!({"type": "tool-w", "toolCallId": "c", "state": "output-available", "input": {"k": input}, "output": 7});
        let done = json!({"type": "tool-w", "toolCallId": "c", "state": "output-available", "input": {"k": 1}, "output": 7, "approval": approval});
        let text = json!({"type": "text", "text": "done"});
        check(
            &json!([assistant("a", &json!([call])), assistant("b", &json!([ran(1), text]))]),
            &json!([assistant("a", &json!([done])), assistant("b", &json!([text]))]),
            &[RepairCode::SplitCall],
        );
        let thread = json!([assistant("a", &json!([call])), assistant("b", &json!([ran(2)]))]);
        let other = repair_messages(serde_json::from_value(thread).unwrap(), Target::default());
        let codes: Vec<_> = other.repairs.iter().map(|repair| repair.code).collect();
        assert_eq!(codes, [RepairCode::StaleApproval, RepairCode::DuplicateToolCallId], "of another input");
    }

    #[test]
    fn a_thread_of_one_id_is_repaired_in_one_pass() {
        let part = json!({"type": "tool-w", "toolCallId": "c", "state": "output-available", "input": {}, "output": 1});
        let thread = json!([assistant("a", &Value::Array(vec![part; 20_000]))]);
        let repaired = repair_messages(serde_json::from_value(thread).unwrap(), Target::default());
        assert_eq!(repaired.repairs.len(), 19_999);
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
    fn a_file_that_is_nowhere_is_taken_out_for_the_major_that_reads_its_url() {
        let file = |url: &str| json!({"type": "file", "mediaType": "image/png", "url": url});
        let known = json!({"type": "file", "mediaType": "image/png", "url": "", "providerReference": {"p": "f"}});
        let urls = ["x.png", "AA==", "", "https://", "1a:b"];
        let good = ["https://a.example/x.png", "data:image/png;base64,AA==", "gs://bucket/x", "file:///x"];
        let parts: Vec<_> = urls.into_iter().chain(good).map(file).chain([known.clone()]).collect();
        let kept: Vec<_> = good.into_iter().map(file).chain([known]).collect();
        let thread = json!([{"id": "u", "role": "user", "parts": parts}]);
        check(&thread, &json!([{"id": "u", "role": "user", "parts": kept}]), &[RepairCode::InvalidFileUrl; 5]);
        let thread = serde_json::from_value(thread).unwrap();
        assert_eq!(repair_messages(thread, Target::Ai6).repairs, []);
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
