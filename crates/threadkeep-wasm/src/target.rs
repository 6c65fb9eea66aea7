//! Majors of the AI SDK.

use crate::error::throw;
use threadkeep_core::{ErrorCode, Target};
use wasm_bindgen::JsValue;

/// Reads a target; the newest when none is given.
///
/// # Errors
/// `invalid_request` when it is none of `ai@5`, `ai@6`, `ai@7`.
pub(crate) fn read_target(target: Option<String>) -> Result<Target, JsValue> {
    match target {
        Some(target) => Target::parse(&target).ok_or_else(|| throw(ErrorCode::InvalidRequest)),
        None => Ok(Target::default()),
    }
}
