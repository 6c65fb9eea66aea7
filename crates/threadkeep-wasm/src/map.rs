//! Stored messages as what executors take.

use crate::error::throw;
use crate::value::{give, read};
use threadkeep_core as core;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// Maps `UIMessage[]` to `MessageDto[]`.
///
/// # Errors
/// `invalid_request` when `messages` is no array of `UIMessage`s.
#[wasm_bindgen(js_name = uiMessagesToMessageDtos)]
pub fn ui_messages_to_message_dtos(messages: &JsValue) -> Result<JsValue, JsValue> {
    let messages = core::thread::read_messages(read(messages)?).map_err(throw)?;
    give(&core::map::ui_messages_to_message_dtos(&messages))
}
