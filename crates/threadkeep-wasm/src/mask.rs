//! The masker, with every rule that is on by default.

use crate::value::{give, read_messages};
use serde::Serialize;
use threadkeep_core::mask::Masker;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// What has to be replaced in a text, in UTF-8: start and end of each place in UTF-16 units, and the number of its rule,
/// one after the other. `undefined` when there is nothing. Bytes, because a string crosses far slower; places, because
/// most texts have none, and the caller has the text.
#[wasm_bindgen(js_name = findSecrets)]
#[must_use]
pub fn find_secrets(text: &[u8]) -> Option<Vec<u32>> {
    let masker = Masker::default();
    let mut places = Vec::new();
    let (mut byte, mut unit) = (0, 0);
    let mut advance = |to: usize| {
        unit += text.get(byte..to).unwrap_or_default().iter().map(|byte| units(*byte)).sum::<u32>();
        byte = to;
        unit
    };
    for found in masker.find_bytes(text) {
        places.extend([advance(found.start), advance(found.start + found.len), found.number as u32]);
    }
    (!places.is_empty()).then_some(places)
}

/// UTF-16 units that start with a byte of UTF-8.
fn units(byte: u8) -> u32 {
    match byte {
        0x80..=0xbf => 0,
        0xf0.. => 2,
        _ => 1,
    }
}

/// How many places of the text the masker's first pass does not rule out: the floor that a benchmark compares with.
#[wasm_bindgen(js_name = countPlaces)]
#[must_use]
pub fn count_places(text: &[u8]) -> usize {
    Masker::default().count_places(text)
}

/// The rule of a number: `{kind, rule, placeholder}`.
///
/// # Errors
/// None.
#[wasm_bindgen(js_name = maskRule)]
pub fn mask_rule(number: usize) -> Result<JsValue, JsValue> {
    #[derive(Serialize)]
    struct About<'r> {
        kind: &'static str,
        rule: &'r str,
        placeholder: String,
    }
    let masker = Masker::default();
    let about = masker.rules().nth(number).map(|rule| About {
        kind: rule.kind.name(),
        rule: &rule.name,
        placeholder: rule.placeholder(),
    });
    give(&about)
}

/// Copies of `UIMessage[]` without secrets and personal data.
///
/// # Errors
/// `invalid_request` when it is no array of `UIMessage`s.
#[wasm_bindgen(js_name = maskMessages)]
pub fn mask_messages(messages_json: &str) -> Result<JsValue, JsValue> {
    let mut messages = read_messages(messages_json)?;
    let masker = Masker::default();
    messages.iter_mut().for_each(|message| drop(masker.mask_message(message)));
    give(&messages)
}
