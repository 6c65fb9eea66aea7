//! Context: documents as one system message.

use crate::error::throw;
use crate::value::{give, read};
use threadkeep_core::context::{self, read_documents};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// The system message of `[{name, text}]`; `undefined` for an empty list.
///
/// # Errors
/// `invalid_request` when it is no such list.
#[wasm_bindgen(js_name = contextMessage)]
pub fn context_message(documents_json: &str) -> Result<JsValue, JsValue> {
    let documents = read_documents(read(documents_json)?).map_err(throw)?;
    context::context_message(&documents).map_or(Ok(JsValue::UNDEFINED), |message| give(&message))
}
