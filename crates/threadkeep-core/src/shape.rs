//! What a JSON object must look like, field by field and major by major: the vocabulary of the AI SDK's schemas.

use crate::json::JsonMap;
use crate::target::Target;
use Kind::{Any, Bool, Text};
use Target::{Ai5, Ai7};
use serde_json::Value;

/// A field of an object, and the first major that looks at it. Fields that are not named are passed over.
pub(crate) struct Field {
    pub(crate) name: &'static str,
    kind: Kind,
    need: Need,
    pub(crate) since: Target,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Need {
    Must,
    May,
    Never,
}

#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Any,
    Text,
    Bool,
    /// Exactly this.
    Is(bool),
    OneOf(&'static [&'static str]),
    Object,
    /// An object of objects: metadata by provider.
    ProviderMetadata,
    /// An object of texts: a file's name by provider.
    ProviderReference,
    FinishReason,
    Citations,
    /// Text and file parts.
    SteeringParts,
    Shape(&'static [Field]),
}

/// A field that must be there.
pub(crate) const fn must(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, need: Need::Must, since: Ai5 }
}

/// A field that may be absent, but not `null`.
pub(crate) const fn may(name: &'static str, kind: Kind, since: Target) -> Field {
    Field { name, kind, need: Need::May, since }
}

/// A field that must be absent.
pub(crate) const fn never(name: &'static str, since: Target) -> Field {
    Field { name, kind: Any, need: Need::Never, since }
}

/// Whether an object has this shape for `target`.
pub(crate) fn fits(map: &JsonMap, fields: &[Field], target: Target) -> bool {
    fields.iter().all(|field| field.fits(map, target))
}

impl Field {
    fn fits(&self, map: &JsonMap, target: Target) -> bool {
        match (map.get(self.name), self.need) {
            _ if target < self.since => true,
            (None, need) => need != Need::Must,
            (Some(_), Need::Never) => false,
            (Some(value), Need::Must | Need::May) => self.kind.fits(value, target),
        }
    }
}

impl Kind {
    fn fits(self, value: &Value, target: Target) -> bool {
        match self {
            Any => true,
            Text => value.is_string(),
            Bool => value.is_boolean(),
            Self::Is(wanted) => value.as_bool() == Some(wanted),
            Self::OneOf(words) => value.as_str().is_some_and(|word| words.contains(&word)),
            Self::Object => value.is_object(),
            Self::ProviderMetadata => is_record_of(value, Value::is_object),
            Self::ProviderReference => is_record_of(value, Value::is_string),
            Self::FinishReason => value.as_str().is_some_and(|reason| is_finish_reason(reason, target)),
            Self::Citations => value.as_array().is_some_and(|items| items.iter().all(is_citation)),
            Self::SteeringParts => value.as_array().is_some_and(|items| items.iter().all(is_steering_part)),
            Self::Shape(fields) => value.as_object().is_some_and(|map| fits(map, fields, target)),
        }
    }
}

fn is_record_of(value: &Value, is_right: fn(&Value) -> bool) -> bool {
    // The SDK's schema passes over that one key.
    value.as_object().is_some_and(|map| map.iter().all(|(name, value)| name == "__proto__" || is_right(value)))
}

fn is_finish_reason(reason: &str, target: Target) -> bool {
    match reason {
        "stop" | "length" | "content-filter" | "tool-calls" | "error" | "other" => true,
        "unknown" => target == Ai5,
        "interrupted" => target >= Ai7,
        _ => false,
    }
}

pub(crate) const ID: Field = must("id", Text);
pub(crate) const META: Field = may("providerMetadata", Kind::ProviderMetadata, Ai5);

const CITED_URL: &[Field] = &[ID, must("url", Text), may("title", Text, Ai5), META];
const CITED_DOCUMENT: &[Field] = &[ID, must("mediaType", Text), must("title", Text), may("filename", Text, Ai5), META];

/// A reference that supports a text (`packages/ai/src/types/citation.ts`).
fn is_citation(value: &Value) -> bool {
    let Some(map) = value.as_object() else { return false };
    let Some(source) = map.get("source").and_then(Value::as_object) else { return false };
    let is_source = source.get("type").and_then(Value::as_str) == Some("source")
        && match source.get("sourceType").and_then(Value::as_str) {
            Some("url") => fits(source, CITED_URL, Ai7),
            Some("document") => fits(source, CITED_DOCUMENT, Ai7),
            _ => false,
        };
    let is_index = |name| map.get(name).is_none_or(is_whole_number);
    let cites_text = map.get("citedText").is_none_or(Value::is_string);
    is_source && is_index("startIndex") && is_index("endIndex") && cites_text
}

/// A number that JavaScript holds exactly, and not below zero.
fn is_whole_number(value: &Value) -> bool {
    const MAX_SAFE_INTEGER: f64 = 9_007_199_254_740_991.0;
    value.as_f64().is_some_and(|number| number.fract() == 0.0 && (0.0..=MAX_SAFE_INTEGER).contains(&number))
}

const STEERING_FILE: &[Field] = &[
    must("mediaType", Text),
    must("url", Text),
    may("filename", Text, Ai5),
    may("providerReference", Kind::ProviderReference, Ai5),
    META,
];

fn is_steering_part(value: &Value) -> bool {
    let Some(map) = value.as_object() else { return false };
    match map.get("type").and_then(Value::as_str) {
        Some("text") => fits(map, &[must("text", Text), META], Ai7),
        Some("file") => fits(map, STEERING_FILE, Ai7),
        _ => false,
    }
}
