//! Random text, from the platform's `crypto.getRandomValues`.

use nanoid::alphabet::SAFE;
use threadkeep_core::ErrorCode;
use threadkeep_core::state_key::GENERATED_STATE_KEY_LENGTH;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

// Not through `getrandom`: its glue looks for Node's `require` first, which bundlers warn about. Every runtime of the
// package has a global `crypto`.
#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues, catch)]
    fn get_random_values(bytes: &mut [u8]) -> Result<(), JsValue>;
}

/// What `nanoid(21)` gives.
///
/// # Errors
/// [`ErrorCode::Internal`] when the platform has no randomness.
pub(crate) fn nanoid() -> Result<String, ErrorCode> {
    // nanoid asks in steps and cannot be told of a failure, so one is noticed here first.
    get_random_values(&mut [0; 1]).map_err(|_| ErrorCode::Internal)?;
    Ok(nanoid::format(random_bytes, &SAFE, GENERATED_STATE_KEY_LENGTH))
}

fn random_bytes(count: usize) -> Vec<u8> {
    let mut bytes = vec![0; count];
    // Checked just before: it does not fail for one byte and then for more.
    let filled = get_random_values(&mut bytes);
    debug_assert!(filled.is_ok(), "randomness is there or not");
    bytes
}
