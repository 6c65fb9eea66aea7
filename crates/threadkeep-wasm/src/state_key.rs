//! State keys.

use threadkeep_core::StateKey;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// Whether a value is a state key. Any value can be asked for.
#[wasm_bindgen(js_name = isStateKey)]
#[must_use]
pub fn is_state_key(value: &JsValue) -> bool {
    value.as_string().is_some_and(|text| StateKey::parse(&text).is_some())
}
