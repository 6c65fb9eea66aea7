//! A repaired thread is what every provider accepts, whatever it was before.

use crate::json::{any_json, any_text};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};
use threadkeep_core::map::model::{ModelMessage, ModelPart};
use threadkeep_core::map::{ModelOptions, ui_messages_to_model_messages};
use threadkeep_core::{Target, UiMessage, repair_messages};

fn any_tool() -> impl Strategy<Value = Value> {
    let states = [
        "input-streaming",
        "input-available",
        "approval-requested",
        "approval-responded",
        "output-available",
        "output-error",
        "output-denied",
    ];
    let id = select(&["c1", "c2", "c2-2", ""][..]);
    let approval_id =
        prop_oneof![4 => select(&["a", "b", "c", "a-2", "c2"][..]).prop_map(Value::from), 1 => Just(json!(5))];
    let approved = prop_oneof![4 => any::<bool>().prop_map(Value::from), 1 => Just(json!("yes"))];
    let flags = (any::<bool>(), of(any::<bool>()), approved, approval_id);
    (id, select(states.to_vec()), of(any_json()), any_json(), flags).prop_map(|(id, state, input, output, flags)| {
        let (dynamic, provider_executed, approved, approval) = flags;
        let mut part = Map::new();
        let mut put = |name: &str, value: Value| part.insert(name.to_owned(), value);
        put("type", if dynamic { "dynamic-tool" } else { "tool-w" }.into());
        put("toolName", "w".into());
        put("toolCallId", id.into());
        put("state", state.into());
        input.map(|input| put("input", input));
        provider_executed.map(|executed| put("providerExecuted", executed.into()));
        match state {
            "output-available" => {
                put("output", output);
                if approved == json!(true) {
                    put("approval", json!({"id": approval, "approved": true}));
                }
            }
            "output-error" => {
                put("errorText", "x".into());
                put("rawInput", output);
            }
            "approval-requested" => drop(put("approval", json!({"id": approval}))),
            "approval-responded" => drop(put("approval", json!({"id": approval, "approved": approved}))),
            "output-denied" => drop(put("approval", json!({"id": approval, "approved": false}))),
            _ => {}
        }
        Value::Object(part)
    })
}

fn any_part() -> impl Strategy<Value = Value> {
    let block =
        (select(&["text", "reasoning"][..]), any_text()).prop_map(|(kind, text)| json!({"type": kind, "text": text}));
    prop_oneof![
        4 => any_tool(),
        3 => block,
        2 => Just(json!({"type": "step-start"})),
        1 => Just(json!({"type": "hologram"})),
    ]
}

fn any_thread() -> impl Strategy<Value = Vec<UiMessage>> {
    let role = select(&["assistant", "assistant", "user", "system"][..]);
    let message = (select(&["m1", "m2", "m1-2"][..]), role, vec(any_part(), 0..6))
        .prop_map(|(id, role, parts)| json!({"id": id, "role": role, "parts": parts}));
    vec(message, 0..5).prop_map(|messages| serde_json::from_value(Value::Array(messages)).unwrap())
}

/// What providers ask for, on what the SDK would send them.
fn check_accepted(messages: &[ModelMessage]) {
    let mut calls = Vec::new();
    for (at, message) in messages.iter().enumerate() {
        let (ModelMessage::User { content } | ModelMessage::Assistant { content }) = message else { continue };
        for part in content {
            match part {
                ModelPart::ToolCall { tool_call_id, input, .. } => {
                    assert!(
                        !tool_call_id.is_empty() && !calls.contains(tool_call_id),
                        "call ids are unique: {messages:?}"
                    );
                    calls.push(tool_call_id.clone());
                    assert!(input.as_ref().is_some_and(Value::is_object), "inputs are objects: {messages:?}");
                    let answers = content.iter().chain(match messages.get(at + 1) {
                        Some(ModelMessage::Tool { content }) => content.as_slice(),
                        _ => &[],
                    });
                    let answers = answers.filter(|answer| is_answer(answer, tool_call_id, at, messages)).count();
                    assert!(answers > 0, "each call has its result: {messages:?}");
                }
                ModelPart::Text { text, .. } | ModelPart::Reasoning { text, .. } => {
                    assert!(!text.trim().is_empty(), "no block is empty: {messages:?}");
                }
                _ => {}
            }
        }
    }
}

/// A result, or a decision that someone acts on. The SDK looks into the last message only, and asks the newest request
/// of that id for the call; a provider that runs the call itself is told each time.
fn is_answer(part: &ModelPart, call: &str, at: usize, messages: &[ModelMessage]) -> bool {
    match part {
        ModelPart::ToolResult { tool_call_id, .. } => tool_call_id == call,
        ModelPart::ToolApprovalResponse { approval_id, provider_executed: Some(true), .. } => {
            requested(&messages[at], approval_id) == Some(call)
        }
        ModelPart::ToolApprovalResponse { approval_id, .. } => {
            let newest = messages.iter().rev().find_map(|message| requested(message, approval_id));
            at + 2 == messages.len() && newest == Some(call)
        }
        _ => false,
    }
}

/// The call that a message asks this approval for.
fn requested<'a>(message: &'a ModelMessage, approval: &str) -> Option<&'a str> {
    let ModelMessage::Assistant { content } = message else { return None };
    content.iter().rev().find_map(|part| match part {
        ModelPart::ToolApprovalRequest { approval_id, tool_call_id, .. } if approval_id == approval => {
            Some(tool_call_id.as_str())
        }
        _ => None,
    })
}

/// A call must not be run twice, nor on a decision for another: the SDK does not look whose response it is.
fn check_decisions(messages: &[ModelMessage]) {
    let Some(ModelMessage::Tool { content }) = messages.last() else { return };
    let ids = content.iter().filter_map(|part| match part {
        ModelPart::ToolApprovalResponse { approval_id, .. } => Some(approval_id),
        _ => None,
    });
    let ids: Vec<_> = ids.collect();
    assert!(ids.iter().enumerate().all(|(at, id)| !ids[..at].contains(id)), "a decision is on one call: {messages:?}");
}

proptest! {
    #[test]
    fn a_repaired_thread_is_accepted_by_a_provider(thread in any_thread()) {
        for target in Target::ALL {
            let repaired = repair_messages(thread.clone(), target);
            let options = ModelOptions { target, ..ModelOptions::default() };
            let sent = ui_messages_to_model_messages(&repaired.messages, options);
            check_accepted(&sent);
            check_decisions(&sent);
            let ids: Vec<_> = repaired.messages.iter().map(|message| &message.id).collect();
            prop_assert!(ids.iter().enumerate().all(|(at, id)| !ids[..at].contains(id)), "message ids are unique");
        }
    }

    #[test]
    fn what_was_repaired_needs_no_repair(thread in any_thread()) {
        for target in Target::ALL {
            let once = repair_messages(thread.clone(), target);
            let twice = repair_messages(once.messages.clone(), target);
            prop_assert_eq!(&twice.repairs, &[]);
            prop_assert_eq!(twice.messages, once.messages);
        }
    }

    #[test]
    fn every_repair_is_reported(thread in any_thread()) {
        let repaired = repair_messages(thread.clone(), Target::default());
        prop_assert_eq!(repaired.repairs.is_empty(), repaired.messages == thread);
    }
}
