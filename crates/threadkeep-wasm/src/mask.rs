//! The masker, with every rule that is on by default.

use crate::value::{give, read_messages};
use serde::Serialize;
use threadkeep_core::mask::Masker;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// The text without secrets and personal data.
#[wasm_bindgen(js_name = maskText)]
#[must_use]
pub fn mask_text(text: &str) -> String {
    Masker::default().mask_text(text).into_owned()
}

/// Where [`mask_text`] hits: `{kind, rule, start, length}` each, in UTF-16 units of the text. Never the value.
///
/// # Errors
/// None.
#[wasm_bindgen(js_name = findSecrets)]
pub fn find_secrets(text: &str) -> Result<JsValue, JsValue> {
    #[derive(Serialize)]
    struct Finding<'r> {
        kind: &'static str,
        rule: &'r str,
        start: usize,
        length: usize,
    }
    let masker = Masker::default();
    let (mut byte, mut unit) = (0, 0);
    let mut advance = |to: usize| {
        unit += text.get(byte..to).unwrap_or_default().encode_utf16().count();
        byte = to;
        unit
    };
    let findings = masker.find(text).into_iter().map(|found| {
        let start = advance(found.start);
        let length = advance(found.start + found.len) - start;
        Finding { kind: found.rule.kind.name(), rule: &found.rule.name, start, length }
    });
    give(&findings.collect::<Vec<_>>())
}

/// Copies of `UIMessage[]` without secrets and personal data.
///
/// # Errors
/// `invalid_request` when it is no array of `UIMessage`s.
#[wasm_bindgen(js_name = maskMessages)]
pub fn mask_messages(messages_json: &str) -> Result<JsValue, JsValue> {
    let mut messages = read_messages(messages_json)?;
    let masker = Masker::default();
    messages.iter_mut().for_each(|message| drop(masker.mask_message(message)));
    give(&messages)
}
