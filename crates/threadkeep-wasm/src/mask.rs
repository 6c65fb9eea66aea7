//! The JavaScript class `Masker`: a selection of rules, applied to texts and messages.

use crate::error::{invalid_rule, throw};
use crate::value::{give, read, read_messages};
use serde::Serialize;
use serde_json::Value;
use threadkeep_core::ErrorCode;
use threadkeep_core::mask::utf16_len;
use threadkeep_core::mask::{self, MaskerOptionsError, Rule};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// Replaces secrets and personal data.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Masker {
    inner: mask::Masker,
}

#[wasm_bindgen]
impl Masker {
    /// With every rule that is on by default, or with those of
    /// `{only?, with?, without?, locales?, allow?, rules?: {name, literals, pattern, label?, kind?, anyCase?, inside?}[]}`.
    ///
    /// # Errors
    /// `invalid_request` when the options have another shape; `invalid_rule` when a rule, a kind or a locale is not there, or a
    /// rule of the caller's own breaks what rules have to keep.
    #[wasm_bindgen(constructor)]
    pub fn new(options_json: Option<String>) -> Result<Self, JsValue> {
        let inner = match options_json {
            None => mask::Masker::default(),
            Some(json) => build(&read(&json)?)?,
        };
        Ok(Self { inner })
    }

    /// What has to be replaced in a text, in UTF-8: start and end of each place in UTF-16 units, and the number of its
    /// rule, one after the other. `undefined` when there is nothing. Bytes, because a string crosses far slower; places,
    /// because most texts have none, and the caller has the text.
    #[wasm_bindgen(js_name = findSecrets)]
    #[must_use]
    pub fn find_secrets(&self, text: &[u8]) -> Option<Vec<u32>> {
        let mut places = Vec::new();
        let (mut byte, mut unit) = (0, 0);
        let mut advance = |to: usize| {
            unit += utf16_len(text.get(byte..to).unwrap_or_default()) as u32;
            byte = to;
            unit
        };
        for found in self.inner.find_bytes(text) {
            places.extend([advance(found.start), advance(found.start + found.len), found.number as u32]);
        }
        (!places.is_empty()).then_some(places)
    }

    /// The texts in which there may be something, among `count` that are joined by NUL: where they start, in UTF-16 units.
    /// `undefined` when any may hold something, because one holds a NUL.
    #[must_use]
    pub fn suspects(&self, texts: &[u8], count: usize) -> Option<Vec<u32>> {
        Some(self.inner.suspects(texts, count)?.into_iter().map(|start| start as u32).collect())
    }

    /// Whether a name may tell that the text in its field is a secret.
    #[wasm_bindgen(js_name = mayTell)]
    #[must_use]
    pub fn may_tell(&self, name: &str) -> bool {
        self.inner.may_tell(name)
    }

    /// Whether a text is a secret because of the name of its field.
    #[wasm_bindgen(js_name = isTold)]
    #[must_use]
    pub fn is_told(&self, name: &str, text: &str) -> bool {
        self.inner.is_told(name, text)
    }

    /// Whether a text, in UTF-8, is left alone as a whole: a data URL, a long payload of base64. Bytes, because these are the
    /// longest of all.
    #[wasm_bindgen(js_name = isPayload)]
    #[must_use]
    pub fn is_payload(&self, text: &[u8]) -> bool {
        std::str::from_utf8(text).is_ok_and(|text| self.inner.is_payload(text))
    }

    /// How many places of the text the first pass does not rule out: the floor that a benchmark compares with.
    #[wasm_bindgen(js_name = countPlaces)]
    #[must_use]
    pub fn count_places(&self, text: &[u8]) -> usize {
        self.inner.count_places(text)
    }

    /// The rules in force, by their numbers: `{kind, rule, placeholder}[]`.
    ///
    /// # Errors
    /// None.
    pub fn rules(&self) -> Result<JsValue, JsValue> {
        #[derive(Serialize)]
        struct About<'r> {
            kind: &'static str,
            rule: &'r str,
            placeholder: String,
        }
        fn about(rule: &Rule) -> About<'_> {
            About { kind: rule.kind.name(), rule: &rule.name, placeholder: rule.placeholder() }
        }
        give(&self.inner.rules().map(about).collect::<Vec<_>>())
    }

    /// Copies of `UIMessage[]` without secrets and personal data.
    ///
    /// # Errors
    /// `invalid_request` when it is no array of `UIMessage`s.
    #[wasm_bindgen(js_name = maskMessages)]
    pub fn mask_messages(&self, messages_json: &str) -> Result<JsValue, JsValue> {
        let mut messages = read_messages(messages_json)?;
        messages.iter_mut().for_each(|message| drop(self.inner.mask_message(message)));
        give(&messages)
    }
}

fn build(options: &Value) -> Result<mask::Masker, JsValue> {
    mask::Masker::from_options(options).map_err(|error| match error {
        MaskerOptionsError::Shape => throw(ErrorCode::InvalidRequest),
        MaskerOptionsError::Rule(_) => invalid_rule(),
    })
}
