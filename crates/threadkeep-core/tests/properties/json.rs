//! Any JSON, and JSON that is nearly what we read.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Number, Value, json};

/// Any text, with what breaks readers among it.
pub(crate) fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-z ]{0,8}",
        2 => any::<String>(),
        1 => select(&["", "\u{0}", "🏔️", "\u{10FFFF}", "e\u{301}", "\\", "\"", "data: [DONE]\n\n", "\u{2028}", "__proto__"][..])
            .prop_map(str::to_owned),
    ]
}

/// Any JSON value, nested a few levels deep.
pub(crate) fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| Number::from_f64(number).map_or(Value::Null, Value::Number)),
        any_text().prop_map(Value::String),
    ];
    leaf.prop_recursive(4, 24, 5, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Value::Array),
            vec((any_text(), inner), 0..5).prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

/// An object with these fields among others, each with a likely value or any.
fn near(names: &'static [&'static str], likely: BoxedStrategy<Value>) -> impl Strategy<Value = Value> {
    let name = prop_oneof![8 => select(names).prop_map(str::to_owned), 1 => any_text()];
    let value = prop_oneof![3 => likely, 1 => any_json()];
    vec((name, value), 0..9).prop_map(|fields| Value::Object(fields.into_iter().collect::<Map<_, _>>()))
}

const PART_TYPES: [&str; 14] = [
    "text",
    "reasoning",
    "file",
    "reasoning-file",
    "source-url",
    "source-document",
    "custom",
    "step-start",
    "dynamic-tool",
    "tool-weather",
    "tool-",
    "data-chart",
    "data-",
    "hologram",
];

const PART_FIELDS: &[&str] = &[
    "text",
    "state",
    "id",
    "providerMetadata",
    "toolCallId",
    "toolName",
    "title",
    "toolMetadata",
    "providerExecuted",
    "input",
    "rawInput",
    "output",
    "errorText",
    "preliminary",
    "approval",
    "callProviderMetadata",
    "resultProviderMetadata",
    "mediaType",
    "filename",
    "url",
    "sourceId",
    "kind",
    "data",
];

fn likely_value() -> BoxedStrategy<Value> {
    prop_oneof![
        select(&["done", "streaming", "output-available", "output-error", "input-available", "approval-requested"][..])
            .prop_map(Value::from),
        Just(json!({"id": "a", "approved": true})),
        any_text().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
    ]
    .boxed()
}

/// Something that looks like a part of a message: the fields that its type needs, and others that it does not.
pub(crate) fn near_part() -> impl Strategy<Value = Value> {
    let kind = prop_oneof![9 => select(&PART_TYPES[..]).prop_map(Value::from), 1 => any_json()];
    let needed = Just(json!({
        "text": "x", "toolCallId": "c", "state": "output-available", "toolName": "t", "mediaType": "text/plain",
        "url": "https://a.example", "sourceId": "s", "title": "T", "kind": "a.b", "data": 1,
    }));
    let base = prop_oneof![2 => needed, 1 => Just(json!({}))];
    let state = select(&["done", "streaming", "output-error", "approval-responded", "teleported"][..]);
    (kind, base, near(PART_FIELDS, likely_value()), proptest::option::of(state)).prop_map(
        |(kind, base, fields, state)| {
            let mut part = Map::new();
            part.insert("type".to_owned(), kind);
            for object in [base, fields] {
                part.extend(object.as_object().cloned().unwrap_or_default());
            }
            if let Some(state) = state {
                part.insert("state".to_owned(), state.into());
            }
            Value::Object(part)
        },
    )
}

/// Something that looks like a message.
pub(crate) fn near_message() -> impl Strategy<Value = Value> {
    let role = prop_oneof![9 => select(&["user", "assistant", "system"][..]).prop_map(Value::from), 1 => any_json()];
    let extra = near(&["metadata", "createdAt", "content"], any_json().boxed());
    (any_text(), role, vec(near_part(), 0..4), extra).prop_map(|(id, role, parts, extra)| {
        let mut message = extra.as_object().cloned().unwrap_or_default();
        message.extend([("id".to_owned(), id.into()), ("role".to_owned(), role), ("parts".to_owned(), parts.into())]);
        Value::Object(message)
    })
}

/// Something that looks like the body of a chat request.
pub(crate) fn near_body() -> impl Strategy<Value = Value> {
    let message = prop_oneof![4 => near_message(), 1 => any_json()];
    let messages = vec(message, 0..5).prop_map(Value::Array);
    let field = prop_oneof![messages, any_text().prop_map(Value::from), "[a-zA-Z0-9_-]{0,130}".prop_map(Value::from)];
    near(&["messages", "message", "id", "stateKey", "model", "graphName", "trigger", "system", "tools"], field.boxed())
}
