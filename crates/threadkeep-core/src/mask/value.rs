//! Masking of JSON: every string leaf, nothing else.

use serde_json::Value;

use super::counts::MaskCounts;
use super::detect::card;
use super::detect::pem::cut;
use super::masker::Masker;
use super::rule::Rule;
use crate::json::JsonMap;

/// What one text of a message leaves to the next.
#[derive(Debug, Default)]
pub struct Pass {
    pub(super) counts: MaskCounts,
    /// A private key was cut at the end of a text: what looks like the rest of one is.
    pub(super) key_is_open: bool,
}

/// A string from this length on is looked at for being a base64 payload as a whole, in bytes. Longer than any token.
const PAYLOAD_BYTES: usize = 1024;

/// Longest value that its field's name is asked about, in bytes: as in text, longer ones are documents.
const MAX_FIELD_BYTES: usize = 1024;

/// Longest name that is asked, in bytes.
const MAX_NAME_BYTES: usize = 128;

/// Fields that hold the value whose name stands in the field beside it.
const VALUES: [&str; 2] = ["value", "Value"];

/// Where the head of a data URL must have ended, in bytes.
const DATA_URL_HEAD_BYTES: usize = 128;

impl Masker {
    /// Masks every string leaf in place; keys, order and shape stay.
    ///
    /// A string is also masked when the name of its field says what it is (`"password"`).
    /// Left alone: data URLs and strings that are one base64 payload of 1 KB or more. Replaced although no string: an
    /// integer that is a payment card number becomes the card's placeholder, a string.
    pub fn mask_value(&self, value: &mut Value) -> MaskCounts {
        let mut pass = Pass::default();
        self.mask_value_in(value, &mut pass);
        pass.counts
    }

    /// The same for a value that stands between other texts of a message.
    pub fn mask_value_in(&self, value: &mut Value, pass: &mut Pass) {
        self.mask_leaves(value, pass);
    }

    pub(super) fn mask_leaves(&self, value: &mut Value, pass: &mut Pass) {
        match value {
            Value::String(text) => self.mask_string(text, pass),
            Value::Number(number) => {
                if let Some(masked) = self.mask_number(number, pass) {
                    *value = Value::String(masked);
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.mask_leaves(item, pass)),
            Value::Object(fields) => {
                let told = told(fields);
                for (name, field) in fields {
                    match &told {
                        Some(told) if VALUES.contains(&name.as_str()) => self.mask_field(told, field, pass),
                        _ => self.mask_field(name, field, pass),
                    }
                }
            }
            Value::Null | Value::Bool(_) => {}
        }
    }

    /// A field whose name says that its value is a secret (`"password": "…"`) is masked by the rules for such
    /// assignments, as it would be in JSON text; so is each of a list. Its name is asked first: `"password": "jo@…,x9…"`.
    pub(super) fn mask_field(&self, name: &str, field: &mut Value, pass: &mut Pass) {
        match field {
            Value::String(text) => match self.named(name, text) {
                Some(rule) => {
                    pass.counts.hit(rule);
                    *text = rule.placeholder();
                }
                None => self.mask_string(text, pass),
            },
            Value::Array(items) => {
                for item in items {
                    match item {
                        Value::String(_) => self.mask_field(name, item, pass),
                        _ => self.mask_leaves(item, pass),
                    }
                }
            }
            Value::Object(_) | Value::Number(_) | Value::Null | Value::Bool(_) => self.mask_leaves(field, pass),
        }
    }

    /// Whether a text as a whole is a secret because it stands in a field of this name.
    pub fn is_told(&self, name: &str, text: &str) -> bool {
        self.named(name, text).is_some()
    }

    /// Whether a text is left alone as a whole: see [`Masker::mask_value`].
    pub fn is_payload(&self, text: &str) -> bool {
        is_payload(text) && !self.is_value(text)
    }

    /// The rule by which a text as a whole is a secret under this name.
    fn named(&self, name: &str, text: &str) -> Option<&Rule> {
        if text.is_empty() || text.len() > MAX_FIELD_BYTES || text.contains('\n') || text.ends_with('\\') {
            return None;
        }
        let quote =
            ['"', '\'', '`'].into_iter().find(|quote| !text.contains(*quote)).filter(|_| self.may_tell(name))?;
        let assignment = format!("{name}={quote}{text}{quote}");
        let found = self.find_bytes(assignment.as_bytes()).find(|found| found.start > name.len())?;
        (found.start == name.len() + 2 && found.len == text.len()).then_some(found.rule)
    }

    /// Whether a name may tell that the text in its field is a secret. Cheap: most names hold no anchor.
    pub fn may_tell(&self, name: &str) -> bool {
        name.len() <= MAX_NAME_BYTES && self.compiled.index.starts_literal(format!("{name}=").as_bytes())
    }

    /// Masks a leaf in place, unless it is a payload.
    pub(super) fn mask_string(&self, text: &mut String, pass: &mut Pass) {
        if !self.is_payload(text) {
            self.mask_prose(text, pass);
        }
    }

    /// Masks what people and models write, whatever it looks like: a column of tokens is no picture.
    pub(super) fn mask_prose(&self, text: &mut String, pass: &mut Pass) {
        if let Some(rule) = self.rules().find(|rule| pass.key_is_open && rule.name == "private-key") {
            let placeholder = rule.placeholder();
            if let Some((len, closed)) = cut::rest(text) {
                pass.key_is_open = !closed;
                pass.counts.hit(rule);
                *text = placeholder + &self.mask_counting(text.get(len..).unwrap_or_default(), &mut pass.counts);
                return;
            }
            // It was masked before, and what follows was judged then.
            pass.key_is_open &= !text.starts_with(&placeholder);
        }
        let opens = cut::opens(text);
        if let std::borrow::Cow::Owned(masked) = self.mask_counting(text, &mut pass.counts) {
            *text = masked;
        }
        pass.key_is_open |= opens;
    }

    /// Only a card is masked; any other number stays a number.
    fn mask_number(&self, number: &serde_json::Number, pass: &mut Pass) -> Option<String> {
        // JavaScript knows no difference between `4e15` and its digits.
        let whole = || number.as_f64().filter(|value| value.fract() == 0.0).map(|value| value as u64);
        let digits = number.as_u64().or_else(whole).filter(|value| *value >= card::SMALLEST)?.to_string();
        let findings = self.find(&digits);
        let finding = findings.first().filter(|finding| finding.rule.name == "card" && finding.len == digits.len())?;
        pass.counts.hit(finding.rule);
        Some(finding.rule.placeholder())
    }
}

/// What an object calls the value beside it: `{"name": "DB_PASSWORD", "value": "…"}`, as environments and headers are
/// written.
fn told(fields: &JsonMap) -> Option<String> {
    let is_pair = VALUES.iter().any(|name| fields.contains_key(*name));
    let name = ["name", "key", "Name", "Key"].into_iter().find_map(|name| fields.get(name)).filter(|_| is_pair)?;
    name.as_str().map(str::to_owned)
}

/// A data URL, or one long base64 string: images and files, megabytes of them.
fn is_payload(text: &str) -> bool {
    let bytes = text.as_bytes();
    let Some(url) = bytes.strip_prefix(b"data:") else {
        return bytes.len() >= PAYLOAD_BYTES && bytes.iter().all(|byte| is_base64(*byte));
    };
    let head = url.get(..DATA_URL_HEAD_BYTES).unwrap_or(url);
    let Some(end) = head.windows(8).position(|part| part.eq_ignore_ascii_case(b";base64,")) else { return false };
    let (media_type, data) = url.split_at(end);
    let is_head = |byte: &u8| byte.is_ascii_alphanumeric() || b"/+-._;=".contains(byte);
    media_type.iter().all(is_head) && data.iter().skip(8).all(|byte| is_base64(*byte) || *byte == b'%')
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_')
}

#[cfg(test)]
mod tests;
