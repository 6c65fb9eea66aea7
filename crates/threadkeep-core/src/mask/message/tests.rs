use super::*;
use serde_json::json;

fn check(message: Value, expected: Value) {
    let mut message: UiMessage = serde_json::from_value(message).unwrap();
    Masker::default().mask_message(&mut message);
    assert_eq!(serde_json::to_value(&message).unwrap(), expected);
}

const MAIL: &str = concat!("jo@", "example.org");
const MASK: &str = "[REDACTED_EMAIL]";

#[test]
fn every_part_type_is_masked() {
    let message = |mail: &str| {
        json!({"id": "m", "role": "assistant", "metadata": {"note": mail}, "future": [mail], "parts": [
            {"type": "text", "text": mail, "more": mail},
            {"type": "reasoning", "text": mail},
            {"type": "tool-send", "toolCallId": "c", "state": "output-available", "input": {"to": [mail]}, "output": mail},
            {"type": "dynamic-tool", "toolName": "t", "toolCallId": "d", "state": "output-error", "rawInput": mail, "errorText": mail},
            {"type": "tool-t", "toolCallId": "e", "state": "approval-responded", "input": {}, "approval": {"id": "a", "approved": false, "reason": mail}},
            {"type": "file", "mediaType": "text/plain", "filename": mail, "url": format!("https://a.example/?to={mail}")},
            {"type": "source-url", "sourceId": "s", "url": "https://a.example/", "title": mail},
            {"type": "source-document", "sourceId": "s", "mediaType": "text/plain", "title": mail, "filename": mail},
            {"type": "data-card", "id": "x", "data": {"mail": mail}},
            {"type": "hologram", "light": {"deep": mail}},
        ]})
    };
    check(message(MAIL), message(MASK));
}

#[test]
fn a_private_key_that_spans_parts_is_masked_in_each() {
    let line = "MHcCAQEEIAa8Qn2Zx1v5Kq0dJw3RtYb7LmN9pOe4Hs6GfUiCjDkEoAoGCCqGSM49";
    let text = |text: String| json!({"type": "text", "text": text});
    let message = |parts: Value| json!({"id": "m", "role": "user", "parts": parts});
    check(
        message(json!([
            text(format!("key:\n-----BEGIN EC PRIVATE KEY-----\n{line}\n")),
            {"type": "step-start"},
            text(format!("{line}\n")),
            text(format!("{line}\n-----END EC PRIVATE KEY-----\nbye")),
            text(line.to_owned()),
        ])),
        message(json!([
            text("key:\n[REDACTED_PRIVATE_KEY]\n".to_owned()),
            {"type": "step-start"},
            text("[REDACTED_PRIVATE_KEY]\n".to_owned()),
            text("[REDACTED_PRIVATE_KEY]\nbye".to_owned()),
            text(line.to_owned()),
        ])),
    );
}

#[test]
fn names_signatures_and_data_urls_stay() {
    let message = json!({"id": MAIL, "role": "assistant", "parts": [
        {"type": "reasoning", "text": "hm", "providerMetadata": {"a": {"signature": MAIL, "itemId": MAIL, "redactedData": MAIL}}},
        {"type": format!("tool-{MAIL}"), "toolCallId": MAIL, "state": "input-available", "input": {MAIL: 1}},
        {"type": "file", "mediaType": MAIL, "url": "data:text/plain;base64,am9AZXhhbXBsZS5vcmc="},
        {"type": "data-x", "id": MAIL, "data": 4.5},
    ]});
    check(message.clone(), message);
}

#[test]
fn a_private_key_that_spans_tool_outputs_is_masked_in_each() {
    let line = "MHcCAQEEIAa8Qn2Zx1v5Kq0dJw3RtYb7LmN9pOe4Hs6GfUiCjDkEoAoGCCqGSM49";
    let call = |id: &str, output: String| json!({"type": "dynamic-tool", "toolName": "read", "toolCallId": id, "state": "output-available", "input": {"path": "id"}, "output": output});
    check(
        json!({"id": "m", "role": "assistant", "parts": [
            call("a", format!("-----BEGIN EC PRIVATE KEY-----\n{line}\n")),
            call("b", format!("{line}\n{line}\n-----END EC PRIVATE KEY-----\n")),
        ]}),
        json!({"id": "m", "role": "assistant", "parts": [
            call("a", "[REDACTED_PRIVATE_KEY]\n".to_owned()),
            call("b", "[REDACTED_PRIVATE_KEY]\n".to_owned()),
        ]}),
    );
}

#[test]
fn names_tell_in_unknown_parts_and_provider_metadata_too() {
    let message = |password: &str| {
        json!({"id": "m", "role": "assistant", "password": password, "parts": [
            {"type": "hologram", "password": password},
            {"type": "text", "text": "a", "providerMetadata": {"x": {"password": password}}},
        ]})
    };
    check(message("hunter22x"), message("[REDACTED_PASSWORD]"));
}

#[test]
fn what_a_provider_has_sealed_in_its_own_tools_output_stays() {
    let message = json!({"id": "m", "role": "assistant", "parts": [
        {"type": "tool-web_search", "toolCallId": "c", "state": "output-available", "input": {}, "providerExecuted": true,
            "output": [{"type": "web_search_result", "encryptedContent": format!("Eo8{MAIL}"), "container_id": MAIL}]},
    ]});
    check(message.clone(), message);
}

#[test]
fn a_card_stored_as_a_number_is_masked() {
    let message =
        |card: Value| json!({"id": "m", "role": "assistant", "parts": [{"type": "data-x", "data": {"n": card}}]});
    check(message(json!(4012888888881881u64)), message(json!("[REDACTED_CARD]")));
    check(message(json!(4012888888881882u64)), message(json!(4012888888881882u64)));
}

#[test]
fn a_long_column_of_values_is_no_payload() {
    let column = |value: &str| format!("{value}\n").repeat(100);
    let message = |text: String| {
        json!({"id": "m", "role": "user", "parts": [
            {"type": "text", "text": text},
            {"type": "reasoning", "text": text},
            {"type": "data-x", "data": [text]},
        ]})
    };
    check(message(column(concat!("40128888", "88881881"))), message(column("[REDACTED_CARD]")));
}
