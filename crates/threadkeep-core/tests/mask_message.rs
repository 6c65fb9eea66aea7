//! Every string of a message is masked, and nothing that makes the message work.
#![expect(clippy::expect_used, reason = "helpers of tests stand outside of test functions")]

use serde_json::{Value, json};
use threadkeep_core::UiMessage;
use threadkeep_core::mask::Masker;

/// Stands for a text that must be masked, and for a name, an id or a seal that must stay.
const TEXT: &str = "@text";
const STAYS: &str = "@stays";

/// A message with every part type and every field of each, as `ai` v5 to v7 write them.
fn catalogue() -> Value {
    let seals = || {
        json!({"anthropic": {"signature": STAYS, "redactedData": STAYS, "cited": TEXT},
            "openai": {"itemId": STAYS, "reasoningEncryptedContent": STAYS, "id": STAYS, "list": [TEXT, {"note": TEXT}]},
            "google": {"thoughtSignature": STAYS}})
    };
    let approval = |approved: bool| json!({"id": STAYS, "approved": approved, "reason": TEXT, "signature": STAYS});
    json!({"id": STAYS, "role": "assistant", "metadata": {"title": TEXT, "deep": [{"list": [TEXT, 1, null, true]}]}, "parts": [
        {"type": "step-start"},
        {"type": "text", "text": TEXT, "state": "done", "providerMetadata": seals()},
        {"type": "reasoning", "id": STAYS, "text": TEXT, "state": "done", "providerMetadata": seals()},
        {"type": "custom", "kind": STAYS, "providerMetadata": seals()},
        {"type": "source-url", "sourceId": STAYS, "url": TEXT, "title": TEXT, "providerMetadata": seals()},
        {"type": "source-document", "sourceId": STAYS, "mediaType": STAYS, "title": TEXT, "filename": TEXT, "providerMetadata": seals()},
        {"type": "file", "mediaType": STAYS, "filename": TEXT, "url": TEXT, "providerReference": {"openai": STAYS}, "providerMetadata": seals()},
        {"type": "reasoning-file", "mediaType": STAYS, "url": TEXT, "providerMetadata": seals()},
        {"type": "data-card", "id": STAYS, "data": {"a": TEXT, "b": [TEXT, 2.5, {"c": TEXT}], "d": false}},
        {"type": "tool-send", "toolCallId": STAYS, "state": "input-streaming", "input": {"to": TEXT}},
        {"type": "tool-send", "toolCallId": STAYS, "state": "input-available", "title": TEXT, "toolMetadata": {"hint": TEXT},
            "input": [TEXT], "callProviderMetadata": seals()},
        {"type": "tool-send", "toolCallId": STAYS, "state": "approval-requested", "input": TEXT, "approval": {"id": STAYS, "signature": STAYS}},
        {"type": "tool-send", "toolCallId": STAYS, "state": "approval-responded", "input": {}, "approval": approval(true)},
        {"type": "tool-send", "toolCallId": STAYS, "state": "output-available", "input": {}, "output": {"rows": [TEXT, 7]},
            "preliminary": true, "resultProviderMetadata": seals(), "approval": approval(true)},
        {"type": "tool-send", "toolCallId": STAYS, "state": "output-error", "rawInput": {"cut": TEXT}, "errorText": TEXT},
        {"type": "tool-send", "toolCallId": STAYS, "state": "output-denied", "input": {}, "approval": approval(false)},
        {"type": "dynamic-tool", "toolName": STAYS, "toolCallId": STAYS, "state": "output-available", "input": TEXT, "output": TEXT},
        {"type": "a-part-of-tomorrow", "id": STAYS, "text": TEXT, "light": [{"deep": TEXT}], "weight": 3},
    ], "aFieldOfTomorrow": [TEXT]})
}

/// The catalogue with these two strings in its places.
fn filled(value: &Value, text: &str, stays: &str) -> Value {
    match value {
        Value::String(own) if own == TEXT => json!(text),
        Value::String(own) if own == STAYS => json!(stays),
        Value::Array(items) => items.iter().map(|item| filled(item, text, stays)).collect(),
        Value::Object(fields) => {
            Value::Object(fields.iter().map(|(name, field)| (name.clone(), filled(field, text, stays))).collect())
        }
        other => other.clone(),
    }
}

fn check(text: &str, masked: &str) {
    let mut message: UiMessage = serde_json::from_value(filled(&catalogue(), text, text)).expect("a message");
    let counts = Masker::default().mask_message(&mut message);
    let expected = filled(&catalogue(), masked, text);
    assert_eq!(serde_json::to_value(&message).expect("JSON"), expected);
    let places = catalogue().to_string().matches(TEXT).count() as u64;
    assert_eq!(counts.total(), places);
}

#[test]
fn every_text_is_masked_and_what_works_stays() {
    let key = concat!("AK", "IA7XKWO886VOMPZOM7");
    check(key, "[REDACTED_AWS_KEY]");
    check(&format!("https://jo:{}@db.example/x?y=1", "s3cr3t-pw"), "https://jo:[REDACTED_PASSWORD]@db.example/x?y=1");
    check(&format!("write to {}", concat!("jo@", "example.org")), "write to [REDACTED_EMAIL]");
}

#[test]
fn keys_of_objects_stay() {
    let mail = concat!("jo@", "example.org");
    let message = json!({"id": "m", "role": "user", "parts": [{"type": "data-x", "data": {mail: 1}}]});
    let mut masked: UiMessage = serde_json::from_value(message.clone()).expect("a message");
    Masker::default().mask_message(&mut masked);
    assert_eq!(serde_json::to_value(&masked).expect("JSON"), message);
}
