//! What is read of a chat request.

use crate::error::throw;
use crate::random::nanoid;
use crate::value::{give, read_messages};
use serde::Serialize;
use threadkeep_core::answer::{read_answers, take_answers};
use threadkeep_core::{ChatRequest, ErrorCode, UiMessage};
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
    if request.texts.is_empty() {
        return Err(throw(ErrorCode::NoUserMessage));
    }
    give(&request.user_message(&nanoid().map_err(throw)?))
}

/// Completes the pending calls of the last of `messages` by what the request's body answers: `{messages, taken}`.
///
/// # Errors
/// As [`last_user_message`]; `invalid_request` also when it is no array of `UIMessage`s.
#[wasm_bindgen(js_name = takeToolAnswers)]
pub fn take_tool_answers(body_json: &str, messages_json: &str) -> Result<JsValue, JsValue> {
    let request = ChatRequest::from_json(body_json.as_bytes()).map_err(throw)?;
    let mut messages = read_messages(messages_json)?;
    let taken = messages.last_mut().map_or(0, |message| take_answers(message, &read_answers(&request.answers)));
    give(&Answered { messages, taken })
}

#[derive(Serialize)]
struct Answered {
    messages: Vec<UiMessage>,
    taken: usize,
}
