//! Masking of JSON: every string leaf, nothing else.

use serde_json::Value;

use super::counts::MaskCounts;
use super::masker::Masker;

/// A string from this length on is looked at for being a base64 payload as a whole, in bytes. Longer than any token.
const PAYLOAD_BYTES: usize = 1024;

/// Where the head of a data URL must have ended, in bytes.
const DATA_URL_HEAD_BYTES: usize = 128;

impl Masker {
    /// Masks every string leaf in place; keys, order and shape stay.
    ///
    /// Left alone: data URLs and strings that are one base64 payload of 1 KB or more. Replaced although no string: an
    /// integer that is a payment card number becomes the card's placeholder, a string.
    pub fn mask_value(&self, value: &mut Value) -> MaskCounts {
        let mut counts = MaskCounts::default();
        self.mask_leaves(value, &mut counts);
        counts
    }

    pub(super) fn mask_leaves(&self, value: &mut Value, counts: &mut MaskCounts) {
        match value {
            Value::String(text) => self.mask_string(text, counts),
            Value::Number(number) => {
                if let Some(masked) = self.mask_number(number, counts) {
                    *value = Value::String(masked);
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.mask_leaves(item, counts)),
            Value::Object(fields) => fields.values_mut().for_each(|field| self.mask_leaves(field, counts)),
            Value::Null | Value::Bool(_) => {}
        }
    }

    /// Masks a leaf in place, unless it is a payload.
    pub(super) fn mask_string(&self, text: &mut String, counts: &mut MaskCounts) {
        if is_payload(text) {
            return;
        }
        if let std::borrow::Cow::Owned(masked) = self.mask_counting(text, counts) {
            *text = masked;
        }
    }

    /// Only 13 to 19 digits can be a card; any other number stays a number.
    fn mask_number(&self, number: &serde_json::Number, counts: &mut MaskCounts) -> Option<String> {
        const SHORTEST_CARD: u64 = 1_000_000_000_000;
        let digits = number.as_u64().filter(|value| *value >= SHORTEST_CARD)?.to_string();
        let findings = self.find(&digits);
        let finding = findings.first().filter(|finding| finding.rule.name == "card" && finding.len == digits.len())?;
        counts.hit(finding.rule);
        Some(finding.rule.placeholder())
    }
}

/// A data URL, or one long base64 string: images and files, megabytes of them.
fn is_payload(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.starts_with(b"data:") {
        let head = bytes.get(..DATA_URL_HEAD_BYTES).unwrap_or(bytes);
        return head.windows(8).any(|part| part.eq_ignore_ascii_case(b";base64,"));
    }
    bytes.len() >= PAYLOAD_BYTES && bytes.iter().all(|byte| is_base64(*byte))
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_' | b'\n' | b'\r')
}
