//! JavaScript values as JSON.
//!
//! They cross as JSON text: one copy each way, exactly what `JSON.stringify` and `JSON.parse` do with a value (no
//! `Map`, no `undefined` in the place of `null`), and no glue of our own.

use crate::error::throw;
use js_sys::JSON;
use serde::Serialize;
use serde_json::Value;
use threadkeep_core::half_letters::replace_half_letters;
use threadkeep_core::{ErrorCode, UiMessage};
use wasm_bindgen::JsValue;

/// Reads a value.
///
/// # Errors
/// `invalid_request` when the text is no JSON.
pub(crate) fn read(json: &str) -> Result<Value, JsValue> {
    // JavaScript strings may hold half a letter; Unicode text cannot.
    let value = serde_json::from_str(json).or_else(|_| serde_json::from_str(&replace_half_letters(json)));
    value.map_err(|_| throw(ErrorCode::InvalidRequest))
}

/// Reads `UIMessage[]`.
///
/// # Errors
/// `invalid_request` when it is none.
pub(crate) fn read_messages(json: &str) -> Result<Vec<UiMessage>, JsValue> {
    threadkeep_core::thread::read_messages(read(json)?).map_err(throw)
}

/// Gives a value to JavaScript.
///
/// # Errors
/// `internal`, which cannot happen: all that is given is JSON.
pub(crate) fn give(value: &impl Serialize) -> Result<JsValue, JsValue> {
    let json = serde_json::to_string(value).map_err(|_| throw(ErrorCode::Internal))?;
    JSON::parse(&json)
}
