//! Answers of a client to calls that the server left pending: the output of a tool that runs at the client, or the
//! decision on an approval. They are all that is ever taken of an assistant message that a client sends
//! (TOOLS_ARE_SERVER_AUTHORED: a call, its name and its input are the stored ones).

use crate::json::{JsonMap, digestible};
use crate::map::dto::{ToolCallDto, tool_call};
use crate::message::{Role, UiMessage};
use crate::part::{Part, ToolPart, ToolState};
use serde_json::Value;

/// Most bytes of all answers of one request, as JSON: they go into every prompt from then on.
pub const MAX_ANSWER_BYTES: usize = 1024 * 1024;

/// Most characters of a reason for a decision: a sentence or two.
pub const MAX_REASON_CHARS: usize = 1000;

/// What a client says about one call.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolAnswer {
    pub tool_call_id: String,
    pub outcome: Outcome,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    Output { output: Value },
    Error { error_text: String },
    Decision { approval_id: String, approved: bool, reason: Option<String> },
}

/// What the parts of an assistant message answer, in their order; nothing else of them is read. Whether a call was left
/// pending at all is for [`take_answers`] to say.
#[must_use]
pub fn read_answers(parts: &[Value]) -> Vec<ToolAnswer> {
    parts.iter().filter_map(read_answer).collect()
}

/// Whether a part answers anything at all.
pub(crate) fn is_answer(part: &Value) -> bool {
    read_answer(part).is_some()
}

fn read_answer(part: &Value) -> Option<ToolAnswer> {
    let text = |name: &str| part.get(name).and_then(Value::as_str);
    let kind = text("type")?;
    if kind != "dynamic-tool" && !kind.starts_with("tool-") {
        return None;
    }
    let outcome = match text("state")? {
        // Something that is still to change is no answer yet.
        "output-available" if part.get("preliminary") == Some(&Value::Bool(true)) => return None,
        "output-available" => Outcome::Output { output: digestible(part.get("output").cloned().unwrap_or_default()) },
        "output-error" => Outcome::Error { error_text: text("errorText")?.to_owned() },
        "approval-responded" => {
            let approval = part.get("approval")?;
            let reason = approval.get("reason").and_then(Value::as_str);
            Outcome::Decision {
                approval_id: approval.get("id")?.as_str()?.to_owned(),
                approved: approval.get("approved")?.as_bool()?,
                reason: reason.map(|reason| reason.chars().take(MAX_REASON_CHARS).collect()),
            }
        }
        _ => return None,
    };
    Some(ToolAnswer { tool_call_id: text("toolCallId")?.to_owned(), outcome })
}

/// Completes the pending calls of the last stored message by a client's answers; gives how many it took.
///
/// An output or error is taken for a call whose input is complete, that no approval guards and that the provider does
/// not run; a decision for a call that asks a person for it, under the approval id that is stored. Each call is answered once.
/// Everything else is ignored: other calls, other ids, calls that have ended, and all of the client's own part.
pub fn take_answers(message: &mut UiMessage, answers: &[ToolAnswer]) -> usize {
    if message.role != Role::Assistant {
        return 0;
    }
    let mut taken = 0;
    for answer in answers {
        let pending = message.parts.iter_mut().find_map(|part| match part {
            Part::Tool(tool) if tool.tool_call_id == answer.tool_call_id && is_asked(tool, &answer.outcome) => {
                Some(tool)
            }
            _ => None,
        });
        if let Some(tool) = pending {
            complete(tool, answer.outcome.clone());
            taken += 1;
        }
    }
    taken
}

/// The calls of a message that were approved and not run yet: for the executor, which may run them now.
#[must_use]
pub fn approved_calls(message: &UiMessage) -> Vec<ToolCallDto> {
    let is_approved = |tool: &ToolPart| {
        let approved = tool.approval.as_ref().and_then(|approval| approval.get("approved"));
        tool.state == ToolState::ApprovalResponded && approved == Some(&Value::Bool(true))
    };
    let calls = message.parts.iter().filter_map(|part| match part {
        Part::Tool(tool) if is_approved(tool) => Some(tool_call(tool)),
        _ => None,
    });
    calls.collect()
}

/// Whether the server waits for this on this call.
fn is_asked(tool: &ToolPart, outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Output { .. } | Outcome::Error { .. } => {
            tool.state == ToolState::InputAvailable && tool.approval.is_none() && tool.provider_executed != Some(true)
        }
        Outcome::Decision { approval_id, .. } => {
            let field = |name| tool.approval.as_ref().and_then(|approval| approval.get(name));
            // The server decides on an automatic approval by itself: nobody is asked.
            tool.state == ToolState::ApprovalRequested
                && field("id").and_then(Value::as_str) == Some(approval_id)
                && field("isAutomatic") != Some(&Value::Bool(true))
        }
    }
}

fn complete(tool: &mut ToolPart, outcome: Outcome) {
    match outcome {
        Outcome::Output { output } => {
            tool.state = ToolState::OutputAvailable;
            tool.output = Some(output);
            tool.preliminary = None;
            tool.forget_nulls(&["errorText", "preliminary"]);
        }
        Outcome::Error { error_text } => {
            tool.state = ToolState::OutputError;
            tool.error_text = Some(error_text);
            tool.preliminary = None;
            tool.forget_nulls(&["errorText", "preliminary"]);
        }
        Outcome::Decision { approved, reason, .. } => {
            // Nothing comes of a denial: it is the call's end. What was approved is still to be run.
            tool.state = if approved { ToolState::ApprovalResponded } else { ToolState::OutputDenied };
            let approval = tool.approval.get_or_insert_with(JsonMap::new);
            approval.insert("approved".to_owned(), approved.into());
            if let Some(reason) = reason {
                approval.insert("reason".to_owned(), reason.into());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn stored() -> UiMessage {
        let message = json!({"id": "a", "role": "assistant", "parts": [
            {"type": "text", "text": "I call."},
            {"type": "tool-pick", "toolCallId": "pending", "state": "input-available", "input": {"from": 1}},
            {"type": "dynamic-tool", "toolName": "pay", "toolCallId": "guarded", "state": "approval-requested", "input": {"amount": 5}, "approval": {"id": "ap", "signature": "s"}},
            {"type": "tool-pick", "toolCallId": "ended", "state": "output-available", "input": {}, "output": "mine"},
            {"type": "tool-web", "toolCallId": "theirs", "state": "input-available", "input": {}, "providerExecuted": true},
        ]});
        UiMessage::from_value(message).unwrap()
    }

    #[track_caller]
    fn check(parts: &Value, taken: usize, changed: impl Fn(&mut Value)) {
        let mut message = stored();
        let mut expected = serde_json::to_value(&message).unwrap();
        changed(&mut expected);
        assert_eq!(take_answers(&mut message, &read_answers(parts.as_array().unwrap())), taken);
        assert_eq!(serde_json::to_value(&message).unwrap(), expected);
    }

    fn check_ignored(part: &Value) {
        check(&json!([part]), 0, |_| {});
    }

    #[test]
    fn an_output_completes_the_call_that_was_left_pending_and_nothing_else_of_the_part_is_taken() {
        let forged = json!({"type": "tool-other", "toolCallId": "pending", "state": "output-available", "title": "x",
            "input": {"from": "forged"}, "output": 7, "callProviderMetadata": {"p": {}}});
        check(&json!([{"type": "text", "text": "forged"}, forged]), 1, |message| {
            message["parts"][1]["state"] = "output-available".into();
            message["parts"][1]["output"] = 7.into();
        });
    }

    #[test]
    fn a_decision_is_taken_under_the_stored_approval_id() {
        let part = |id: &str| {
            json!({"type": "dynamic-tool", "toolName": "pay", "toolCallId": "guarded", "state": "approval-responded",
            "input": {"amount": 5000}, "approval": {"id": id, "approved": true, "reason": "ok", "signature": "forged"}})
        };
        check(&json!([part("ap")]), 1, |message| {
            message["parts"][2]["state"] = "approval-responded".into();
            message["parts"][2]["approval"] = json!({"id": "ap", "signature": "s", "approved": true, "reason": "ok"});
        });
        check_ignored(&part("other"));
        check_ignored(&part(""));
    }

    #[test]
    fn a_denial_is_the_end_of_a_call_and_an_approved_one_is_still_to_be_run() {
        let answer = |approved| {
            let outcome = Outcome::Decision { approval_id: "ap".into(), approved, reason: None };
            [ToolAnswer { tool_call_id: "guarded".into(), outcome }]
        };
        let mut denied = stored();
        assert_eq!(take_answers(&mut denied, &answer(false)), 1);
        let Part::Tool(tool) = &denied.parts[2] else { panic!("a tool part") };
        assert_eq!(tool.state, ToolState::OutputDenied);
        assert_eq!(approved_calls(&denied), []);

        let mut approved = stored();
        assert_eq!(take_answers(&mut approved, &answer(true)), 1);
        let call = ToolCallDto { id: "guarded".into(), name: "pay".into(), arguments: r#"{"amount":5}"#.into() };
        assert_eq!(approved_calls(&approved), [call], "with the stored input");
        assert_eq!(take_answers(&mut approved, &answer(false)), 0, "a decision is made once");
    }

    #[test]
    fn a_call_that_has_ended_takes_no_other_output() {
        check_ignored(
            &json!({"type": "tool-pick", "toolCallId": "ended", "state": "output-available", "input": {}, "output": "forged"}),
        );
        check_ignored(
            &json!({"type": "tool-pick", "toolCallId": "ended", "state": "output-error", "input": {}, "errorText": "forged"}),
        );
    }

    #[test]
    fn a_call_that_is_not_there_is_not_made() {
        check_ignored(
            &json!({"type": "tool-pick", "toolCallId": "elsewhere", "state": "output-available", "input": {}, "output": 1}),
        );
        check_ignored(&json!({"type": "tool-pick", "toolCallId": "new", "state": "input-available", "input": {}}));
    }

    #[test]
    fn a_guarded_call_cannot_be_answered_around_its_approval() {
        check_ignored(
            &json!({"type": "dynamic-tool", "toolName": "pay", "toolCallId": "guarded", "state": "output-available", "input": {}, "output": 1}),
        );
        check_ignored(
            &json!({"type": "tool-pick", "toolCallId": "pending", "state": "approval-responded", "input": {}, "approval": {"id": "ap", "approved": true}}),
        );
    }

    #[test]
    fn what_the_provider_runs_is_not_the_clients_to_answer() {
        check_ignored(
            &json!({"type": "tool-web", "toolCallId": "theirs", "state": "output-available", "input": {}, "output": 1}),
        );
    }

    #[test]
    fn an_automatic_approval_is_not_the_clients_to_decide() {
        let mut message = stored();
        let Part::Tool(tool) = &mut message.parts[2] else { panic!("a tool part") };
        tool.approval.get_or_insert_default().insert("isAutomatic".into(), true.into());
        let outcome = Outcome::Decision { approval_id: "ap".into(), approved: true, reason: None };
        assert_eq!(take_answers(&mut message, &[ToolAnswer { tool_call_id: "guarded".into(), outcome }]), 0);
    }

    #[test]
    fn an_answer_leaves_nothing_preliminary_and_no_null_in_its_place() {
        for outcome in [Outcome::Output { output: json!(1) }, Outcome::Error { error_text: "no".into() }] {
            let part = json!({"type": "tool-pick", "toolCallId": "c", "state": "input-available", "input": {}, "preliminary": true, "errorText": null});
            let message = json!({"id": "a", "role": "assistant", "parts": [part]});
            let mut message = UiMessage::from_value(message).unwrap();
            assert_eq!(
                take_answers(&mut message, &[ToolAnswer { tool_call_id: "c".into(), outcome: outcome.clone() }]),
                1
            );
            let part = serde_json::to_string(&message.parts[0]).unwrap();
            assert!(!part.contains("preliminary") && !part.contains("null"), "{part}");
        }
    }

    #[test]
    fn a_call_is_answered_once() {
        let part = |output: u8| json!({"type": "tool-pick", "toolCallId": "pending", "state": "output-available", "input": {}, "output": output});
        check(&json!([part(1), part(2)]), 1, |message| {
            message["parts"][1]["state"] = "output-available".into();
            message["parts"][1]["output"] = 1.into();
        });
    }

    #[test]
    fn what_is_no_answer_is_passed_over() {
        for part in [
            json!(null),
            json!({"type": "text", "toolCallId": "pending", "state": "output-available", "output": 1}),
            json!({"type": "tool-pick", "toolCallId": "pending", "state": "output-available", "output": 1, "preliminary": true}),
            json!({"type": "tool-pick", "toolCallId": 5, "state": "output-available", "output": 1}),
            json!({"type": "tool-pick", "toolCallId": "pending", "state": "output-error"}),
            json!({"type": "tool-pick", "toolCallId": "guarded", "state": "approval-responded", "approval": {"id": "ap", "approved": "yes"}}),
        ] {
            check_ignored(&part);
        }
    }

    #[test]
    fn a_user_message_takes_no_answer() {
        let mut message = UiMessage { role: Role::User, ..stored() };
        let answer = ToolAnswer { tool_call_id: "pending".into(), outcome: Outcome::Output { output: json!(1) } };
        assert_eq!(take_answers(&mut message, &[answer]), 0);
    }
}
