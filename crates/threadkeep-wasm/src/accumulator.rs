//! The JavaScript class `Accumulator`.

use crate::error::already_finished;
use crate::value::{give, read, to_json};
use threadkeep_core as core;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// Folds one run's events into chunks and a message.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Accumulator {
    /// `None` after `finish()`.
    inner: Option<core::Accumulator>,
}

#[wasm_bindgen]
impl Accumulator {
    /// Starts a run. `metadata` goes into the `start` chunk and so into the message.
    ///
    /// # Errors
    /// `invalid_request` when `metadata` is neither `undefined` nor JSON.
    #[wasm_bindgen(constructor)]
    pub fn new(message_id: &str, metadata: &JsValue) -> Result<Self, JsValue> {
        let metadata = if metadata.is_undefined() { None } else { Some(read(metadata)?) };
        Ok(Self { inner: Some(core::Accumulator::new(message_id, metadata)) })
    }

    /// The chunks that open the stream, the first time.
    ///
    /// # Errors
    /// `already_finished`.
    pub fn start(&mut self) -> Result<JsValue, JsValue> {
        give(&self.running()?.start())
    }

    /// Takes one event: `{chunks, usage?, problem?}`. What is no event is a problem, not an error.
    ///
    /// # Errors
    /// `already_finished`.
    pub fn push(&mut self, event: &JsValue) -> Result<JsValue, JsValue> {
        self.push_json(&to_json(event))
    }

    /// Takes one event as JSON text, such as a line of NDJSON or the data of a server-sent event.
    ///
    /// # Errors
    /// `already_finished`.
    #[wasm_bindgen(js_name = pushJson)]
    pub fn push_json(&mut self, json: &str) -> Result<JsValue, JsValue> {
        give(&self.running()?.push_json(json.as_bytes()))
    }

    /// The message so far.
    ///
    /// # Errors
    /// `already_finished`.
    #[wasm_bindgen(getter)]
    pub fn message(&mut self) -> Result<JsValue, JsValue> {
        give(self.running()?.message())
    }

    /// What was wrong so far: `{code, event}` each.
    ///
    /// # Errors
    /// `already_finished`.
    #[wasm_bindgen(getter)]
    pub fn problems(&mut self) -> Result<JsValue, JsValue> {
        give(&self.running()?.problems())
    }

    /// Ends the run: `{chunks, message?, ending, problems}`.
    ///
    /// # Errors
    /// `already_finished`.
    pub fn finish(&mut self) -> Result<JsValue, JsValue> {
        give(&self.inner.take().ok_or_else(already_finished)?.finish())
    }

    fn running(&mut self) -> Result<&mut core::Accumulator, JsValue> {
        self.inner.as_mut().ok_or_else(already_finished)
    }
}
