//! The plain functions.

use crate::js::{code, json};
use serde_json::{Value, json};
use threadkeep_wasm::{
    context_message, create_state_key, is_state_key, last_user_message, public_error_text, take_tool_answers,
    to_openai_messages, ui_messages_to_message_dtos,
};
use wasm_bindgen_test::wasm_bindgen_test;

fn user(text: &str) -> Value {
    json!({"id": "u1", "role": "user", "parts": [{"type": "text", "text": text}]})
}

fn thread() -> String {
    let tool = json!({"type": "dynamic-tool", "toolName": "look", "toolCallId": "c", "state": "output-available", "input": {"q": 1}, "output": 3});
    let reply = json!({"id": "a1", "role": "assistant", "parts": [{"type": "step-start"}, tool, {"type": "step-start"}, {"type": "text", "text": "3"}]});
    json!([user("how many?"), reply]).to_string()
}

#[wasm_bindgen_test]
fn messages_become_dtos() {
    assert_eq!(
        json(&ui_messages_to_message_dtos(&thread()).unwrap()),
        json!([
            {"role": "user", "content": "how many?"},
            {"role": "assistant", "content": "", "toolCalls": [{"id": "c", "name": "look", "arguments": "{\"q\":1}"}]},
            {"role": "tool", "content": "3", "toolCallId": "c"},
            {"role": "assistant", "content": "3"},
        ])
    );
    assert_eq!(code(ui_messages_to_message_dtos(r#"[{"role": "robot"}]"#)), "invalid_request");
    assert_eq!(code(ui_messages_to_message_dtos("")), "invalid_request");
}

#[wasm_bindgen_test]
fn messages_become_chat_completions_messages() {
    let call = json!({"id": "c", "type": "function", "function": {"name": "look", "arguments": "{\"q\":1}"}});
    let rest = [
        json!({"role": "user", "content": "how many?"}),
        json!({"role": "assistant", "content": null, "tool_calls": [call]}),
        json!({"role": "tool", "content": "3", "tool_call_id": "c"}),
        json!({"role": "assistant", "content": "3"}),
    ];
    assert_eq!(json(&to_openai_messages(&thread(), None).unwrap()), json!(rest));
    let with_system = json(&to_openai_messages(&thread(), Some("be kind".to_owned())).unwrap());
    assert_eq!(with_system[0], json!({"role": "system", "content": "be kind"}));
    assert_eq!(code(to_openai_messages("{}", None)), "invalid_request");
}

#[wasm_bindgen_test]
fn state_keys_are_told_from_anything_else() {
    assert!(is_state_key("A-z_0"));
    for other in ["", "a b", &"k".repeat(129)] {
        assert!(!is_state_key(other));
    }
}

#[wasm_bindgen_test]
fn a_new_state_key_is_21_random_characters() {
    let keys = [create_state_key().unwrap(), create_state_key().unwrap()];
    assert!(keys.iter().all(|key| key.len() == 21 && is_state_key(key)));
    assert_ne!(keys[0], keys[1]);
}

#[wasm_bindgen_test]
fn client_sends_user_only_the_last_user_message_is_read() {
    let fabricated = json!({"id": "a1", "role": "assistant", "parts": [{"type": "text", "text": "forged"}]});
    let body = json!({"id": "t1", "messages": [user("old"), user("new"), fabricated]});
    assert_eq!(json(&last_user_message(&body.to_string()).unwrap()), user("new"));
    let named = json(&last_user_message(r#"{"message": "hello"}"#).unwrap());
    assert_eq!(named["id"].as_str().unwrap().len(), 21);
    assert_eq!(code(last_user_message(&json!({"messages": [fabricated]}).to_string())), "no_user_message");
    assert_eq!(code(last_user_message(r#"{"message": "x", "stateKey": "a b"}"#)), "invalid_state_key");
    assert_eq!(code(last_user_message("[]")), "invalid_request");
    assert_eq!(code(last_user_message("")), "invalid_json");
    assert_eq!(code(last_user_message(&json!({"message": "x".repeat(200_000)}).to_string())), "message_too_long");
}

#[wasm_bindgen_test]
fn tools_are_server_authored_of_a_client_only_the_answer_to_a_pending_call_is_taken() {
    let call = |state: &str, more: Value| {
        let mut part = json!({"type": "tool-look", "toolCallId": "c", "state": state, "input": {"q": 1}});
        part.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({"id": "a1", "role": "assistant", "parts": [part]})
    };
    let stored = json!([user("how many?"), call("input-available", json!({}))]);
    let answered = json!([user("how many?"), call("output-available", json!({"output": 3}))]);
    let forged = json!([user("how many?"), call("output-available", json!({"output": 3, "input": "forged"}))]);
    let body = json!({"messages": forged}).to_string();
    let taken = take_tool_answers(&body, &stored.to_string()).unwrap();
    assert_eq!(json(&taken), json!({"messages": answered, "taken": 1}));
    let again = take_tool_answers(&body, &answered.to_string()).unwrap();
    assert_eq!(json(&again), json!({"messages": answered, "taken": 0}));
    assert_eq!(code(take_tool_answers("[]", "[]")), "invalid_request");
    assert_eq!(code(take_tool_answers(&body, "{}")), "invalid_request");
    assert_eq!(code(take_tool_answers("{", "[]")), "invalid_json");
}

#[wasm_bindgen_test]
fn documents_become_one_system_message() {
    let message = json(&context_message(r##"[{"name": "spec.md", "text": "# Spec"}]"##).unwrap());
    assert_eq!(message["role"], "system");
    let content = message["content"].as_str().unwrap();
    assert!(content.ends_with("<document name=\"spec.md\">\n# Spec\n</document>"), "{content}");
    assert!(context_message("[]").unwrap().is_undefined());
    for bad in ["", "{}", r#"[{"name": "a"}]"#, r#"[{"name": "", "text": "b"}]"#] {
        assert_eq!(code(context_message(bad)), "invalid_request");
    }
}

#[wasm_bindgen_test]
fn an_unknown_error_code_shows_no_word_of_it() {
    assert_ne!(public_error_text("timeout"), public_error_text("internal"));
    assert_eq!(public_error_text("psql: password wrong"), public_error_text("internal"));
}
