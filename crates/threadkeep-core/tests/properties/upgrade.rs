//! What is upgraded on read is a valid thread, and nothing of it is lost.

use crate::json::{any_json, any_text};
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
        any_mixed(),
        any_json(),
    ]
}

/// A message that says things in its parts and beside them.
fn any_mixed() -> impl Strategy<Value = Value> {
    let part = prop_oneof![
        any_part(),
        any_text().prop_map(|text| json!({"type": "text", "text": text})),
        Just(json!({"type": "step-start"})),
        any_json().prop_map(|own| json!({"type": "tool-invocation", "toolInvocation":
            {"state": "call", "toolCallId": "c", "toolName": "w", "args": {}, "input": own}})),
    ];
    let text = || prop_oneof![3 => any_text().prop_map(Value::from), 1 => any_json()];
    let file = (any_json(), any_json(), any_json()).prop_map(
        |(name, alt, kind)| json!({"url": "https://a.example", "name": name, "alt": alt, "contentType": kind}),
    );
    (vec(part, 0..3), text(), text(), vec(any_call(), 0..2), vec(file, 0..2), any_json()).prop_map(
        |(parts, content, reasoning, calls, files, day)| {
            json!({"id": "m", "role": "assistant", "parts": parts, "content": content, "reasoning": reasoning,
                "toolInvocations": calls, "experimental_attachments": files, "createdAt": day, "metadata": {"createdAt": "then"}})
        },
    )
}

/// What a value says: its strings, but for those that only name its shape.
fn strings(value: &Value, out: &mut Vec<String>) {
    match value {
        Value::String(text) => out.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| strings(item, out)),
        Value::Object(map) => {
            let said =
                map.iter().filter(|(name, _)| !["type", "state", "sourceType", "toolName"].contains(&name.as_str()));
            said.for_each(|(_, value)| strings(value, out));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

proptest! {
    #[test]
    fn nothing_that_was_said_is_lost(values in vec(any_stored(), 0..4)) {
        let upgraded = upgrade_messages(values.clone());
        let (mut before, mut after) = (Vec::new(), Vec::new());
        values.iter().for_each(|value| strings(value, &mut before));
        strings(&serde_json::to_value(&upgraded.messages).unwrap(), &mut after);
        upgraded.aside.iter().for_each(|aside| strings(&aside.value, &mut after));
        for text in before {
            let compact = text.split_whitespace().collect::<String>();
            let is_kept = after.iter().any(|kept| kept.split_whitespace().collect::<String>().contains(&compact));
            prop_assert!(is_kept, "{:?} is lost", text);
        }
    }

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
