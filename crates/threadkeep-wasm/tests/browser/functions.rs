//! The plain functions.

use crate::js::{code, js, json};
use serde_json::{Value, json};
use threadkeep_wasm::{is_state_key, last_user_message, mask_messages, mask_text, ui_messages_to_message_dtos};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

fn user(text: &str) -> Value {
    json!({"id": "u1", "role": "user", "parts": [{"type": "text", "text": text}]})
}

#[wasm_bindgen_test]
fn messages_become_dtos() {
    let tool = json!({"type": "dynamic-tool", "toolName": "look", "toolCallId": "c", "state": "output-available", "input": {"q": 1}, "output": 3});
    let reply = json!({"id": "a1", "role": "assistant", "parts": [{"type": "step-start"}, tool, {"type": "step-start"}, {"type": "text", "text": "3"}]});
    assert_eq!(
        json(&ui_messages_to_message_dtos(&js(&json!([user("how many?"), reply]))).unwrap()),
        json!([
            {"role": "user", "content": "how many?"},
            {"role": "assistant", "content": "", "toolCalls": [{"id": "c", "name": "look", "arguments": "{\"q\":1}"}]},
            {"role": "tool", "content": "3", "toolCallId": "c"},
            {"role": "assistant", "content": "3"},
        ])
    );
    assert_eq!(code(ui_messages_to_message_dtos(&js(&json!([{"role": "robot"}])))), "invalid_request");
    assert_eq!(code(ui_messages_to_message_dtos(&JsValue::UNDEFINED)), "invalid_request");
}

#[wasm_bindgen_test]
fn texts_and_messages_are_masked() {
    assert_eq!(mask_text("write to jo@example.org"), "write to [REDACTED_EMAIL]");
    assert_eq!(mask_text("nothing here 🏔"), "nothing here 🏔");
    let mut unknown = user("jo@example.org");
    unknown["future"] = json!({"keep": [1.5, null]});
    let mut expected = unknown.clone();
    expected["parts"][0]["text"] = "[REDACTED_EMAIL]".into();
    assert_eq!(json(&mask_messages(&js(&json!([unknown]))).unwrap()), json!([expected]));
    assert_eq!(code(mask_messages(&js(&json!({})))), "invalid_request");
}

#[wasm_bindgen_test]
fn state_keys_are_told_from_anything_else() {
    assert!(is_state_key(&"A-z_0".into()));
    for other in [JsValue::UNDEFINED, JsValue::NULL, 5.into(), "".into(), "a b".into(), "k".repeat(129).into()] {
        assert!(!is_state_key(&other));
    }
}

#[wasm_bindgen_test]
fn client_sends_user_only_the_last_user_message_is_read() {
    let fabricated = json!({"id": "a1", "role": "assistant", "parts": [{"type": "text", "text": "forged"}]});
    let body = json!({"id": "t1", "messages": [user("old"), user("new"), fabricated]});
    assert_eq!(json(&last_user_message(&js(&body), "m1").unwrap()), user("new"));
    let body = json!({"message": "hello"});
    assert_eq!(json(&last_user_message(&js(&body), "m1").unwrap())["id"], "m1");
    assert_eq!(code(last_user_message(&js(&json!({"messages": [fabricated]})), "m1")), "no_user_message");
    assert_eq!(code(last_user_message(&js(&json!({"message": "x", "stateKey": "a b"})), "m1")), "invalid_state_key");
    assert_eq!(code(last_user_message(&js(&json!([])), "m1")), "invalid_request");
    assert_eq!(code(last_user_message(&JsValue::UNDEFINED, "m1")), "invalid_json");
    assert_eq!(code(last_user_message(&js(&json!({"message": "x".repeat(200_000)})), "m1")), "message_too_long");
}
