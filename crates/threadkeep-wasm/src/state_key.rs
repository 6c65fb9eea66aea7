//! State keys.

use crate::error::throw;
use crate::random::nanoid;
use threadkeep_core::StateKey;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// Whether a text is a state key.
#[wasm_bindgen(js_name = isStateKey)]
#[must_use]
pub fn is_state_key(text: &str) -> bool {
    StateKey::parse(text).is_some()
}

/// A new state key: `nanoid(21)`.
///
/// # Errors
/// `internal` when the platform has no randomness.
#[wasm_bindgen(js_name = createStateKey)]
pub fn create_state_key() -> Result<String, JsValue> {
    nanoid().map_err(throw)
}
