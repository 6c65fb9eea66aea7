//! The masker, with every rule that is on by default.

use crate::error::throw;
use crate::value::{give, read};
use threadkeep_core::mask::Masker;
use threadkeep_core::thread::read_messages;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// The text without secrets and personal data.
#[wasm_bindgen(js_name = maskText)]
#[must_use]
pub fn mask_text(text: &str) -> String {
    Masker::default().mask_text(text).into_owned()
}

/// Copies of `UIMessage[]` without secrets and personal data.
///
/// # Errors
/// `invalid_request` when `messages` is no array of `UIMessage`s.
#[wasm_bindgen(js_name = maskMessages)]
pub fn mask_messages(messages: &JsValue) -> Result<JsValue, JsValue> {
    let mut messages = read_messages(read(messages)?).map_err(throw)?;
    let masker = Masker::default();
    messages.iter_mut().for_each(|message| drop(masker.mask_message(message)));
    give(&messages)
}
