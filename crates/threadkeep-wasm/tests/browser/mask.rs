//! The class `Masker`.

use crate::js::{code, json};
use serde_json::{Value, json};
use threadkeep_wasm::Masker;
use wasm_bindgen_test::wasm_bindgen_test;

fn by_default() -> Masker {
    Masker::new(None).unwrap()
}

fn with(options: Value) -> Masker {
    Masker::new(Some(options.to_string())).unwrap()
}

fn user(text: &str) -> Value {
    json!({"id": "u1", "role": "user", "parts": [{"type": "text", "text": text}]})
}

fn finds(masker: &Masker, text: &str) -> bool {
    masker.find_secrets(text.as_bytes()).is_some()
}

#[wasm_bindgen_test]
fn messages_are_masked() {
    let mut unknown = user(concat!("jo@", "example.org"));
    unknown["future"] = json!({"keep": [1.5, null]});
    let mut expected = unknown.clone();
    expected["parts"][0]["text"] = "[REDACTED_EMAIL]".into();
    assert_eq!(json(&by_default().mask_messages(&json!([unknown]).to_string()).unwrap()), json!([expected]));
    assert_eq!(code(by_default().mask_messages("{}")), "invalid_request");
}

#[wasm_bindgen_test]
fn half_a_letter_does_not_cost_the_messages() {
    let messages = r#"[{"id": "u1", "role": "user", "parts": [{"type": "text", "text": "x\ud83dy"}]}]"#;
    assert_eq!(json(&by_default().mask_messages(messages).unwrap())[0], user("x\u{fffd}y"));
}

#[wasm_bindgen_test]
fn findings_are_counted_in_utf_16_units_and_hold_no_value() {
    let found = by_default().find_secrets(concat!("é 🏔 jo@", "example.org, 🏔 al@", "example.org").as_bytes()).unwrap();
    let [first, second] = found.chunks(3).collect::<Vec<_>>()[..] else { panic!("{found:?}") };
    assert_eq!((&first[..2], &second[..2]), (&[5, 19][..], &[24, 38][..]));
    assert_eq!(
        json(&by_default().rules().unwrap())[first[2] as usize],
        json!({"kind": "personal", "rule": "email", "placeholder": "[REDACTED_EMAIL]"})
    );
    assert_eq!(by_default().find_secrets(b"nothing"), None);
}

#[wasm_bindgen_test]
fn places_that_the_first_pass_leaves_are_counted_and_the_masked_ones_are_among_them() {
    assert_eq!(by_default().count_places(b""), 0);
    let text = concat!("jo@", "example.org, al@", "example.org").as_bytes();
    assert!(by_default().count_places(text) >= by_default().find_secrets(text).unwrap().len() / 3);
}

#[wasm_bindgen_test]
fn rules_are_chosen_added_and_allowed() {
    let number = "44051401458";
    assert!(!finds(&by_default(), number) && finds(&with(json!({"locales": ["pl"]})), number));
    assert!(finds(&with(json!({"with": ["pl-pesel"]})), number));
    let mail = concat!("jo@", "example.org");
    assert!(!finds(&with(json!({"without": ["email"]})), mail) && !finds(&with(json!({"only": ["secret"]})), mail));
    assert!(!finds(&with(json!({"allow": [mail]})), mail) && finds(&with(json!({"only": ["email"]})), mail));
    let own = json!({"rules": [{"name": "employee-id", "literals": ["EMP "], "pattern": "d{6}", "kind": "personal"}]});
    assert!(finds(&with(own), "EMP 123456"));
}

#[wasm_bindgen_test]
fn wrong_options_are_told() {
    let refused = |options: Value| code(Masker::new(Some(options.to_string())));
    for options in [
        json!({"with": ["e-mail"]}),
        json!({"locales": ["PL"]}),
        json!({"rules": [{"name": "x", "literals": ["a"], "pattern": "d{6}"}]}),
        json!({"rules": [{"name": "x", "literals": ["EMP-"], "pattern": "?"}]}),
        json!({"rules": [{"name": "x", "literals": ["EMP-"], "pattern": "d{6}", "kind": "odd"}]}),
    ] {
        assert_eq!(refused(options), "invalid_rule");
    }
    assert_eq!(refused(json!({"with": "email"})), "invalid_request");
    assert_eq!(refused(json!({"rules": [{"name": 5}]})), "invalid_request");
}
