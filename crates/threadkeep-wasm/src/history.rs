//! Stored messages: checked, upgraded, repaired.

use crate::error::throw;
use crate::target::read_target;
use crate::value::{give, read, read_messages};
use serde_json::Value;
use threadkeep_core as core;
use threadkeep_core::ErrorCode;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// Where messages are not what `validateUIMessages` of `target` accepts, `{message?, part?}`; `null` when they are.
///
/// # Errors
/// `invalid_request` when `target` is none.
#[wasm_bindgen(js_name = findInvalidMessage)]
pub fn find_invalid_message(messages_json: &str, target: Option<String>) -> Result<JsValue, JsValue> {
    // What has no JSON at all is no list of messages either.
    let messages = read(messages_json).unwrap_or_default();
    give(&core::validate_messages(&messages, read_target(target)?).err())
}

/// Stored values as messages of today: `{messages, aside, upgraded}`.
///
/// # Errors
/// `invalid_request` when it is no array.
#[wasm_bindgen(js_name = upgradeMessages)]
pub fn upgrade_messages(values_json: &str) -> Result<JsValue, JsValue> {
    match read(values_json)? {
        Value::Array(values) => give(&core::upgrade_messages(values)),
        _ => Err(throw(ErrorCode::InvalidRequest)),
    }
}

/// Messages that a provider accepts: `{messages, repairs}`.
///
/// # Errors
/// `invalid_request` when it is no array of `UIMessage`s, or `target` is none.
#[wasm_bindgen(js_name = repairMessages)]
pub fn repair_messages(messages_json: &str, target: Option<String>) -> Result<JsValue, JsValue> {
    give(&core::repair_messages(read_messages(messages_json)?, read_target(target)?))
}
