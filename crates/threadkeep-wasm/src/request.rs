//! What is read of a chat request.

use crate::error::throw;
use crate::random::nanoid;
use crate::value::give;
use threadkeep_core::ChatRequest;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// The user message that a request's body brings, as a `UIMessage`. It keeps the client's id when that is well-formed,
/// else it gets a new one.
///
/// # Errors
/// `no_user_message`, `message_too_long`, `invalid_state_key`, `invalid_request`, or `invalid_json` for a body that has
/// none.
#[wasm_bindgen(js_name = lastUserMessage)]
pub fn last_user_message(body_json: &str) -> Result<JsValue, JsValue> {
    let request = ChatRequest::from_json(body_json.as_bytes()).map_err(throw)?;
    give(&request.user_message(&nanoid().map_err(throw)?))
}
