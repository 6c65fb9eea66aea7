//! The JavaScript class `Accumulator`.

use crate::value::{give, read};
use serde_json::Value;
use threadkeep_core as core;
use threadkeep_core::bridge::BlockKind;
use threadkeep_core::frame::Framing;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// Folds one run's events into chunks and a message.
///
/// Two ways in: `push` gives each event's chunks, for a stream; `fold…` gives usage facts only, for who wants the message.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Accumulator {
    inner: core::Accumulator,
}

#[wasm_bindgen]
impl Accumulator {
    /// Starts a run. `metadata_json` goes into the `start` chunk and so into the message. `sse` says that bytes come as
    /// server-sent events, else they come as lines.
    ///
    /// # Errors
    /// `invalid_request` when the metadata is no JSON.
    #[wasm_bindgen(constructor)]
    pub fn new(message_id: &str, metadata_json: Option<String>, sse: bool) -> Result<Self, JsValue> {
        let metadata = metadata_json.as_deref().map(read).transpose()?;
        let framing = if sse { Framing::Sse } else { Framing::Ndjson };
        Ok(Self { inner: core::Accumulator::new(message_id, metadata).framed(framing) })
    }

    /// The chunks that open the stream, the first time.
    ///
    /// # Errors
    /// None.
    pub fn start(&mut self) -> Result<JsValue, JsValue> {
        give(&self.inner.start())
    }

    /// Takes one event as JSON text: `{chunks, usage?, problem?}`. What is no event is a problem, not an error.
    ///
    /// # Errors
    /// None.
    pub fn push(&mut self, event_json: &str) -> Result<JsValue, JsValue> {
        give(&self.inner.push_json(event_json.as_bytes()))
    }

    /// As `push`, but gives the fact of a `usage_report` only, in an array; else `undefined`.
    ///
    /// # Errors
    /// None.
    pub fn fold(&mut self, event_json: &str) -> Result<JsValue, JsValue> {
        give_some(self.inner.push_json(event_json.as_bytes()).usage.as_slice())
    }

    /// Takes successive text or reasoning deltas as one, in UTF-8, as `events` events. They have to be within `room`.
    #[wasm_bindgen(js_name = foldDeltas)]
    pub fn fold_deltas(&mut self, reasoning: bool, text: &[u8], events: u32) {
        let kind = if reasoning { BlockKind::Reasoning } else { BlockKind::Text };
        self.inner.push_deltas(kind, &String::from_utf8_lossy(text), events.into());
    }

    /// Takes bytes as they come and gives the facts of the `usage_report`s in them; `undefined` when there are none.
    ///
    /// # Errors
    /// None.
    #[wasm_bindgen(js_name = foldBytes)]
    pub fn fold_bytes(&mut self, bytes: &[u8]) -> Result<JsValue, JsValue> {
        give_some(&self.inner.push_bytes(bytes))
    }

    /// How many bytes of deltas `foldDeltas` may be given now.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn room(&self) -> usize {
        self.inner.room()
    }

    /// The message so far.
    ///
    /// # Errors
    /// None.
    #[wasm_bindgen(getter)]
    pub fn message(&self) -> Result<JsValue, JsValue> {
        give(self.inner.message())
    }

    /// What was wrong so far: `{code, event}` each.
    ///
    /// # Errors
    /// None.
    #[wasm_bindgen(getter)]
    pub fn problems(&self) -> Result<JsValue, JsValue> {
        give(&self.inner.problems())
    }

    /// Ends the run: `{chunks, message?, ending, usage?, problems}`. The object cannot be used after.
    ///
    /// # Errors
    /// None.
    pub fn finish(self) -> Result<JsValue, JsValue> {
        give(&self.inner.finish())
    }
}

/// Most events and most bytes bring no usage fact: then nothing crosses.
fn give_some(facts: &[Value]) -> Result<JsValue, JsValue> {
    if facts.is_empty() { Ok(JsValue::UNDEFINED) } else { give(&facts) }
}
