//! A stream of chunks as a message.

use crate::error::throw;
use crate::target::read_target;
use crate::value::{give, read};
use threadkeep_core::{ErrorCode, UiMessage, fold_chunks, read_chunks};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// Folds `UIMessageChunk[]` as a client of `target` does: `{message, refusal?: {code, at}}`. An assistant `message` is
/// continued.
///
/// # Errors
/// `invalid_request` when `chunks` is no array, `message` no `UIMessage`, or `target` none of `ai@5`, `ai@6`, `ai@7`.
#[wasm_bindgen(js_name = foldChunks)]
pub fn fold(chunks_json: &str, message_json: Option<String>, target: Option<String>) -> Result<JsValue, JsValue> {
    let invalid = || throw(ErrorCode::InvalidRequest);
    let chunks = read_chunks(chunks_json).ok_or_else(invalid)?;
    let message = match message_json {
        Some(json) => Some(UiMessage::from_value(read(&json)?).ok_or_else(invalid)?),
        None => None,
    };
    give(&fold_chunks(chunks, message, read_target(target)?))
}
