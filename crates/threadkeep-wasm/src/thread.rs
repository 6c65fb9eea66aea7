//! The rules of a thread, for the stores that are written in TypeScript: the core decides, they store.

use crate::error::throw;
use crate::value::{give, read, read_messages};
use serde_json::Value;
use threadkeep_core::ErrorCode;
use threadkeep_core::mask::Masker;
use threadkeep_core::thread::{Command, ThreadState, decide, read_metadata, same_messages, title_of};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// The title that masked messages give a thread which has none yet.
///
/// # Errors
/// `invalid_request` when it is no array of `UIMessage`s.
#[wasm_bindgen(js_name = titleOf)]
pub fn title_of_messages(messages_json: &str) -> Result<Option<String>, JsValue> {
    let masker = Masker::default();
    Ok(read_messages(messages_json)?.iter().find_map(|message| title_of(message, &masker)))
}

/// A thread's metadata, checked and masked.
///
/// # Errors
/// `invalid_request` when it is no object or too large.
#[wasm_bindgen(js_name = maskMetadata)]
pub fn mask_metadata(metadata_json: &str) -> Result<JsValue, JsValue> {
    let mut metadata = Value::Object(read_metadata(read(metadata_json)?).map_err(throw)?);
    Masker::default().mask_value(&mut metadata);
    give(&metadata)
}

/// Whether two lists of messages are the same to a JavaScript reader.
///
/// # Errors
/// `invalid_request` when one is no JSON array.
#[wasm_bindgen(js_name = sameMessages)]
pub fn same(a_json: &str, b_json: &str) -> Result<bool, JsValue> {
    Ok(same_messages(&read_array(a_json)?, &read_array(b_json)?))
}

/// Decides a save: how many of the saved messages, counted from the end, are to be appended.
///
/// # Errors
/// `thread_conflict`, `thread_diverged`, `thread_full`; `invalid_request` when a list is no JSON array.
#[wasm_bindgen(js_name = decideSave)]
pub fn decide_save(stored_json: &str, saved_json: &str, expected: f64, max_messages: f64) -> Result<usize, JsValue> {
    let (stored, saved) = (read_array(stored_json)?, read_array(saved_json)?);
    let state = state(stored.len(), max_messages);
    let command = Command::Save { stored: &stored, saved: &saved, expected: count(expected) };
    Ok(decide(&state, &command).map_err(throw)?.append)
}

/// Decides an append.
///
/// # Errors
/// `thread_conflict`, `thread_full`.
#[wasm_bindgen(js_name = decideAppend)]
pub fn decide_append(
    message_count: f64,
    added: f64,
    expected: Option<f64>,
    reserve: f64,
    max_messages: f64,
) -> Result<(), JsValue> {
    let state = state(count(message_count), max_messages);
    let command = Command::Append { count: count(added), expected: expected.map(count), reserve: count(reserve) };
    decide(&state, &command).map(drop).map_err(throw)
}

fn state(message_count: usize, max_messages: f64) -> ThreadState {
    ThreadState { message_count, reserved: 0, waiting_turns: 0, max_messages: count(max_messages) }
}

fn read_array(json: &str) -> Result<Vec<Value>, JsValue> {
    match read(json)? {
        Value::Array(items) => Ok(items),
        _ => Err(throw(ErrorCode::InvalidRequest)),
    }
}

/// A count as JavaScript has it; one beyond 32 bits is as good as the largest.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates, which is what is wanted"
)]
fn count(number: f64) -> usize {
    number as usize
}
