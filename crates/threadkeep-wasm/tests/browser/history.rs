//! Streams and stored messages: folded, checked, upgraded, repaired, mapped for a model.

use crate::js::{code, json};
use js_sys::{Array, Reflect};
use serde_json::{Value, json};
use threadkeep_wasm::{find_invalid_message, fold, repair_messages, ui_messages_to_model_messages, upgrade_messages};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[wasm_bindgen_test]
fn chunks_become_a_message_as_a_client_of_the_target_has_it() {
    let chunks = json!([
        {"type": "start", "messageId": "m"}, {"type": "text-start", "id": "0"},
        {"type": "text-delta", "id": "0", "delta": "Hi"}, {"type": "reset-step"}, {"type": "text-end", "id": "0"},
    ]);
    let folded = json(&fold(&chunks.to_string(), None, some("ai@6")).unwrap());
    assert_eq!(folded["message"]["parts"], json!([{"type": "text", "text": "Hi", "state": "streaming"}]));
    assert_eq!(folded["refusal"]["at"], 3, "ai@6 knows no such chunk");
    let begun = json!({"id": "m", "role": "assistant", "parts": [{"type": "text", "text": "Hi"}]}).to_string();
    let folded = json(&fold("[]", Some(begun), None).unwrap());
    assert_eq!(folded["message"]["parts"][0]["text"], "Hi");
    assert_eq!(code(fold("{}", None, None)), "invalid_request");
    assert_eq!(code(fold("[]", None, some("ai@4"))), "invalid_request");
}

#[wasm_bindgen_test]
fn what_is_no_message_is_found() {
    let messages =
        json!([{"id": "a", "role": "user", "parts": [{"type": "text", "text": "x"}, {"type": "text", "text": 5}]}]);
    assert_eq!(json(&find_invalid_message(&messages.to_string(), None).unwrap()), json!({"message": 0, "part": 1}));
    let messages = json!([{"id": "a", "role": "user", "parts": [{"type": "text", "text": "x"}]}]);
    assert!(find_invalid_message(&messages.to_string(), some("ai@5")).unwrap().is_null());
    assert_eq!(code(find_invalid_message("[]", some("ai@4"))), "invalid_request");
}

#[wasm_bindgen_test]
fn older_messages_are_upgraded_and_nonsense_is_set_aside() {
    let upgraded = json(&upgrade_messages(r#"[{"id": "a", "role": "user", "content": "hi"}, 5]"#).unwrap());
    assert_eq!(upgraded["messages"], json!([{"id": "a", "role": "user", "parts": [{"type": "text", "text": "hi"}]}]));
    assert_eq!(upgraded["upgraded"], json!([0]));
    assert_eq!(upgraded["aside"], json!([{"message": 1, "value": 5}]));
    assert_eq!(code(upgrade_messages("{}")), "invalid_request");
}

#[wasm_bindgen_test]
fn a_pending_call_is_repaired() {
    let tool =
        json!({"type": "dynamic-tool", "toolName": "t", "toolCallId": "c", "state": "input-available", "input": {}});
    let messages = json!([{"id": "a", "role": "assistant", "parts": [tool]}]).to_string();
    let repaired = json(&repair_messages(&messages, None).unwrap());
    assert_eq!(repaired["repairs"][0]["code"], "pending_call");
    assert_eq!(code(repair_messages("{}", None)), "invalid_request");
}

#[wasm_bindgen_test]
fn stored_messages_become_model_messages_with_urls_for_the_newest_major() {
    let file = |url: &str| {
        json!([{"id": "u", "role": "user", "parts": [{"type": "file", "mediaType": "image/png", "url": url}]}])
            .to_string()
    };
    let map = |json: &str, target| ui_messages_to_model_messages(json, target, true);
    let mapped = map(&file("https://a.example/x.png"), some("ai@7")).unwrap();
    let part = |mapped: &JsValue| {
        let content = Reflect::get(&Array::from(mapped).get(0), &"content".into()).unwrap();
        Array::from(&content).get(0)
    };
    let data = Reflect::get(&part(&mapped), &"data".into()).unwrap();
    let url = Reflect::get(&data, &"url".into()).unwrap();
    assert_eq!(Reflect::get(&url, &"hostname".into()).unwrap(), "a.example", "a URL, not its text");
    let older: Value = json(&map(&file("https://a.example/x.png"), some("ai@5")).unwrap());
    assert_eq!(older[0]["content"][0]["data"], "https://a.example/x.png");
    assert_eq!(code(map(&file("no url"), some("ai@7"))), "invalid_url");
    assert_eq!(code(map("{}", None)), "invalid_request");
}
