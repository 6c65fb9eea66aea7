//! The rules of a thread, for stores written in TypeScript.

use crate::js::{code, json};
use serde_json::{Value, json};
use threadkeep_wasm::{decide_append, decide_save, mask_metadata, same, title_of_messages};
use wasm_bindgen_test::wasm_bindgen_test;

fn list(texts: &[&str]) -> String {
    let message = |text: &&str| json!({"id": *text, "role": "user", "parts": [{"type": "text", "text": *text}]});
    Value::Array(texts.iter().map(message).collect()).to_string()
}

#[wasm_bindgen_test]
fn a_save_appends_what_is_new_and_says_what_is_wrong() {
    assert_eq!(decide_save(&list(&["a"]), &list(&["a", "b", "c"]), 1.0, 200.0), Ok(2));
    let save = |stored, saved, expected, max| decide_save(&list(stored), &list(saved), expected, max);
    assert_eq!(code(save(&["a"], &["a", "b"], 0.0, 200.0)), "thread_conflict");
    assert_eq!(code(save(&["a"], &["x", "b"], 1.0, 200.0)), "thread_diverged");
    assert_eq!(code(save(&["a"], &["a", "b"], 1.0, 1.0)), "thread_full");
    assert_eq!(code(decide_save("{}", "[]", 0.0, 200.0)), "invalid_request");
}

#[wasm_bindgen_test]
fn an_append_needs_its_count_and_its_room() {
    assert_eq!(decide_append(3.0, 1.0, None, 1.0, 5.0), Ok(()));
    assert_eq!(decide_append(3.0, 1.0, Some(3.0), 0.0, 4.0), Ok(()));
    assert_eq!(code(decide_append(3.0, 1.0, Some(2.0), 0.0, 5.0)), "thread_conflict");
    assert_eq!(code(decide_append(3.0, 1.0, None, 2.0, 5.0)), "thread_full");
    assert_eq!(code(decide_append(3.0, f64::INFINITY, None, 0.0, 5.0)), "thread_full");
}

#[wasm_bindgen_test]
fn a_title_is_the_first_user_text_on_one_line_and_masked() {
    assert_eq!(title_of_messages(&list(&["one\n two", "x"])), Ok(Some("one two".to_owned())));
    assert_eq!(title_of_messages(&list(&["I am jo@example.org"])), Ok(Some("I am [REDACTED_EMAIL]".to_owned())));
    assert_eq!(title_of_messages("[]"), Ok(None));
    assert_eq!(code(title_of_messages("{}")), "invalid_request");
}

#[wasm_bindgen_test]
fn metadata_is_an_object_and_masked() {
    let masked = mask_metadata(r#"{"by": "jo@example.org", "n": [1]}"#).unwrap();
    assert_eq!(json(&masked), json!({"by": "[REDACTED_EMAIL]", "n": [1]}));
    assert_eq!(code(mask_metadata("[]")), "invalid_request");
    assert_eq!(code(mask_metadata(&json!({"a": "x".repeat(20_000)}).to_string())), "invalid_request");
}

#[wasm_bindgen_test]
fn messages_are_the_same_to_a_javascript_reader() {
    assert_eq!(same(r#"[{"a": 1.0, "b": [2]}]"#, r#"[{"b": [2], "a": 1}]"#), Ok(true));
    assert_eq!(same(r#"[{"a": 1}]"#, r#"[{"a": "1"}]"#), Ok(false));
    assert_eq!(code(same("[]", "")), "invalid_request");
}
