//! JavaScript values as JSON.
//!
//! They cross as JSON text: one copy each way, exactly what `JSON.stringify` and `JSON.parse` do with a value (no
//! `Map`, no `undefined` in the place of `null`), and no glue of our own.

use crate::error::throw;
use js_sys::JSON;
use serde::Serialize;
use serde_json::Value;
use threadkeep_core::ErrorCode;
use wasm_bindgen::JsValue;

/// The value as JSON text; empty when it has none (`undefined`, a function, a cycle).
pub(crate) fn to_json(value: &JsValue) -> String {
    JSON::stringify(value).ok().and_then(|text| text.as_string()).unwrap_or_default()
}

/// Reads a value.
///
/// # Errors
/// `invalid_request` when it has no JSON.
pub(crate) fn read(value: &JsValue) -> Result<Value, JsValue> {
    serde_json::from_str(&to_json(value)).map_err(|_| throw(ErrorCode::InvalidRequest))
}

/// Gives a value to JavaScript.
///
/// # Errors
/// `internal`, which cannot happen: all that is given is JSON.
pub(crate) fn give(value: &impl Serialize) -> Result<JsValue, JsValue> {
    let json = serde_json::to_string(value).map_err(|_| throw(ErrorCode::Internal))?;
    JSON::parse(&json)
}
