//! Masking of JSON: every string leaf, nothing else.

use serde_json::Value;

use super::counts::MaskCounts;
use super::masker::Masker;

/// A string from this length on is looked at for being a base64 payload as a whole, in bytes. Longer than any token.
const PAYLOAD_BYTES: usize = 1024;

/// Longest value that its field's name is asked about, in bytes: longer ones are documents.
const MAX_FIELD_BYTES: usize = 512;

/// Where the head of a data URL must have ended, in bytes.
const DATA_URL_HEAD_BYTES: usize = 128;

impl Masker {
    /// Masks every string leaf in place; keys, order and shape stay.
    ///
    /// A string is also masked when the name of its field says what it is (`"password"`).
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
            Value::Object(fields) => fields.iter_mut().for_each(|(name, field)| self.mask_field(name, field, counts)),
            Value::Null | Value::Bool(_) => {}
        }
    }

    /// A field whose name says that its value is a secret (`"password": "…"`) is masked by the rules for such
    /// assignments, as it would be in JSON text.
    fn mask_field(&self, name: &str, field: &mut Value, counts: &mut MaskCounts) {
        self.mask_leaves(field, counts);
        let Value::String(text) = field else { return };
        if text.len() > MAX_FIELD_BYTES || text.contains(['"', '\\', '\n']) || !may_tell(name) {
            return;
        }
        let assignment = format!("{name}=\"{text}\"");
        let value = name.len() + 2..name.len() + 2 + text.len();
        let findings = self.find(&assignment);
        if let Some(found) = findings.iter().find(|found| found.start == value.start && found.len == value.len()) {
            counts.hit(found.rule);
            *text = found.rule.placeholder();
        }
    }

    /// Masks a leaf in place, unless it is a payload.
    pub(super) fn mask_string(&self, text: &mut String, counts: &mut MaskCounts) {
        if !is_payload(text) {
            self.mask_prose(text, counts);
        }
    }

    /// Masks what people and models write, whatever it looks like: a column of tokens is no picture.
    pub(super) fn mask_prose(&self, text: &mut String, counts: &mut MaskCounts) {
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

/// Cheap: most names hold none of these words.
fn may_tell(name: &str) -> bool {
    const WORDS: [&str; 12] =
        ["pass", "pwd", "pw", "secret", "token", "key", "auth", "cred", "access", "private", "salt", "login"];
    let lower = name.to_ascii_lowercase();
    WORDS.iter().any(|word| lower.contains(word))
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
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(value: Value, expected: Value) {
        let mut masked = value;
        Masker::default().mask_value(&mut masked);
        assert_eq!(masked, expected);
        Masker::default().mask_value(&mut masked);
        assert_eq!(masked, expected);
    }

    #[test]
    fn the_name_of_a_field_tells() {
        check(json!({"password": concat!("hunter", "22")}), json!({"password": "[REDACTED_PASSWORD]"}));
        check(
            json!({"a": [{"apiKey": concat!("x9K2mP7q", "L4vB8nR1")}]}),
            json!({"a": [{"apiKey": "[REDACTED_SECRET]"}]}),
        );
        check(
            json!({"public_key": "x9K2mP7qL4vB8nR1", "key": "home"}),
            json!({"public_key": "x9K2mP7qL4vB8nR1", "key": "home"}),
        );
    }

    #[test]
    fn payloads_are_left_alone() {
        let image = format!("data:image/png;base64,{}", concat!("AAAA+jo@", "x.org").repeat(3));
        check(json!(image), json!(image));
        let blob = "QUtJQUlPU0ZPRE5ON0FCQ0RFRkc=".repeat(50);
        check(json!(blob), json!(blob));
    }

    #[test]
    fn numbers_stay_unless_they_are_cards() {
        check(
            json!([4012888888881881u64, 1748503543012u64, 1.5, -3]),
            json!(["[REDACTED_CARD]", 1748503543012u64, 1.5, -3]),
        );
    }
}
