//! What is upgraded on read is a valid thread, and nothing of it is lost.

use crate::json::any_json;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};
use threadkeep_core::{Target, upgrade_messages, validate_messages};

fn any_call() -> impl Strategy<Value = Value> {
    (select(&["partial-call", "call", "result", "odd"][..]), any_json(), any_json()).prop_map(|(state, args, result)| {
        json!({"state": state, "toolCallId": "c", "toolName": "w", "args": args, "result": result})
    })
}

fn any_part() -> impl Strategy<Value = Value> {
    prop_oneof![
        any_call().prop_map(|call| json!({"type": "tool-invocation", "toolInvocation": call})),
        any_json().prop_map(|text| json!({"type": "text", "text": text})),
        any_json().prop_map(|reasoning| json!({"type": "reasoning", "reasoning": reasoning})),
        any_json().prop_map(|data| json!({"type": "file", "mimeType": "image/png", "data": data})),
        any_json().prop_map(|source| json!({"type": "source", "source": source})),
        any_json().prop_map(
            |state| json!({"type": "tool-w", "toolCallId": "c", "state": "output-available", "title": state})
        ),
        any_json(),
    ]
}

fn any_stored() -> impl Strategy<Value = Value> {
    let role = select(&["assistant", "user", "system", "data"][..]);
    prop_oneof![
        (any_json(), role.clone(), any_json(), vec(any_call(), 0..3)).prop_map(|(id, role, content, calls)| {
            json!({"id": id, "role": role, "content": content, "toolInvocations": calls})
        }),
        (role, vec(any_part(), 0..4), any_json())
            .prop_map(|(role, parts, day)| json!({"id": "m", "role": role, "parts": parts, "createdAt": day})),
        any_json(),
    ]
}

proptest! {
    #[test]
    fn upgraded_messages_are_valid_and_stay_as_they_are(values in vec(any_stored(), 0..4)) {
        let upgraded = upgrade_messages(values);
        let messages = serde_json::to_value(&upgraded.messages).unwrap();
        if !upgraded.messages.is_empty() {
            prop_assert_eq!(validate_messages(&messages, Target::default()), Ok(()));
        }
        let again = upgrade_messages(messages.as_array().unwrap().clone());
        prop_assert_eq!(&again.aside, &[]);
        prop_assert_eq!(&again.upgraded, &[] as &[usize]);
        prop_assert_eq!(again.messages, upgraded.messages);
    }

    #[test]
    fn every_value_is_a_message_or_kept_aside(values in vec(any_stored(), 0..4)) {
        let count = values.len();
        let upgraded = upgrade_messages(values.clone());
        let whole: Vec<_> = upgraded.aside.iter().filter(|aside| aside.part.is_none() && aside.value == values[aside.message]).collect();
        prop_assert_eq!(upgraded.messages.len() + whole.len(), count);
    }
}
