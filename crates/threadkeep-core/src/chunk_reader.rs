//! Reads chunks as a client of a given major does: what it knows, and nothing else.
//!
//! Source: `uiMessageChunkSchema` in `packages/ai/src/ui-message-stream/ui-message-chunks.ts` of the newest release of
//! each major. They pass over fields that they do not know and refuse types that they do not know.

use crate::chunk::UiMessageChunk;
use crate::json::{JsonMap, is_forbidden};
use crate::target::Target;
use Kind::{Any, Bool, Citations, Encoding, FinishReason, Metadata, ProviderMetadata, Steering, Text};
use Target::{Ai5, Ai6, Ai7};
use serde_json::Value;

/// Reads a chunk for a client of `target`; `None` when it would refuse it.
#[must_use]
pub fn read_chunk(value: Value, target: Target) -> Option<UiMessageChunk> {
    if is_forbidden(&value) {
        return None;
    }
    let Value::Object(mut map) = value else { return None };
    let kind = map.get("type")?.as_str()?.to_owned();
    if kind.starts_with("data-") {
        let fits = DATA.iter().all(|field| field.fits(&map, target));
        return fits.then(|| UiMessageChunk::from_map(map)).flatten();
    }
    let (_, _, fields) = SHAPES.iter().find(|(name, since, _)| *name == kind && *since <= target)?;
    if !fields.iter().all(|field| field.fits(&map, target)) {
        return None;
    }
    let known: Vec<_> = fields.iter().filter(|field| field.since <= target).map(|field| field.name).collect();
    map.retain(|name, _| name == "type" || known.contains(&name.as_str()));
    UiMessageChunk::from_map(map)
}

/// A field of a chunk, and the first major that looks at it.
struct Field {
    name: &'static str,
    kind: Kind,
    is_required: bool,
    since: Target,
}

#[derive(Clone, Copy)]
enum Kind {
    Any,
    Text,
    Bool,
    /// An object.
    Metadata,
    /// An object of objects.
    ProviderMetadata,
    Encoding,
    FinishReason,
    Citations,
    Steering,
}

const fn must(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, is_required: true, since: Ai5 }
}

const fn may(name: &'static str, kind: Kind, since: Target) -> Field {
    Field { name, kind, is_required: false, since }
}

impl Field {
    fn fits(&self, map: &JsonMap, target: Target) -> bool {
        match map.get(self.name) {
            _ if target < self.since => true,
            None => !self.is_required,
            Some(value) => self.kind.fits(value, target),
        }
    }
}

impl Kind {
    fn fits(self, value: &Value, target: Target) -> bool {
        match self {
            Any => true,
            Text => value.is_string(),
            Bool => value.is_boolean(),
            Metadata => value.is_object(),
            ProviderMetadata => is_provider_metadata(value),
            Encoding => matches!(value.as_str(), Some("json" | "text")),
            FinishReason => value.as_str().is_some_and(|reason| is_finish_reason(reason, target)),
            Citations => value.as_array().is_some_and(|items| items.iter().all(is_citation)),
            Steering => value.as_array().is_some_and(|items| items.iter().all(is_steering_part)),
        }
    }
}

const ID: Field = must("id", Text);
const CALL: Field = must("toolCallId", Text);
const NAME: Field = must("toolName", Text);
const META: Field = may("providerMetadata", ProviderMetadata, Ai5);
const EXECUTED: Field = may("providerExecuted", Bool, Ai5);
const DYNAMIC: Field = may("dynamic", Bool, Ai5);
const TITLE: Field = may("title", Text, Ai6);
const TOOL_META: Field = may("toolMetadata", Metadata, Ai6);
const RESULT_META: Field = may("providerMetadata", ProviderMetadata, Ai6);
const INPUT: Field = must("input", Any);
const ERROR: Field = must("errorText", Text);
const APPROVAL: Field = must("approvalId", Text);
const MESSAGE_META: Field = may("messageMetadata", Any, Ai5);

const DATA: &[Field] = &[may("id", Text, Ai5), must("data", Any), may("transient", Bool, Ai5)];

/// Each type of chunk but `data-*`, the first major that knows it, and its fields.
const SHAPES: &[(&str, Target, &[Field])] = &[
    ("start", Ai5, &[may("messageId", Text, Ai5), MESSAGE_META]),
    ("finish", Ai5, &[may("finishReason", FinishReason, Ai5), MESSAGE_META]),
    ("abort", Ai5, &[may("reason", Text, Ai6)]),
    ("error", Ai5, &[ERROR]),
    ("message-metadata", Ai5, &[must("messageMetadata", Any)]),
    ("start-step", Ai5, &[]),
    ("finish-step", Ai5, &[]),
    ("reset-step", Ai7, &[]),
    ("text-start", Ai5, &[ID, META]),
    ("text-delta", Ai5, &[ID, must("delta", Text), META]),
    ("text-end", Ai5, &[ID, may("citations", Citations, Ai7), META]),
    ("reasoning-start", Ai5, &[ID, META]),
    ("reasoning-delta", Ai5, &[ID, must("delta", Text), META]),
    ("reasoning-end", Ai5, &[ID, META]),
    (
        "tool-input-start",
        Ai5,
        &[CALL, NAME, EXECUTED, RESULT_META, DYNAMIC, TITLE, TOOL_META, may("inputEncoding", Encoding, Ai6)],
    ),
    ("tool-input-delta", Ai5, &[CALL, must("inputTextDelta", Text)]),
    ("tool-input-available", Ai5, &[CALL, NAME, INPUT, EXECUTED, META, DYNAMIC, TITLE, TOOL_META]),
    ("tool-input-error", Ai5, &[CALL, NAME, INPUT, ERROR, EXECUTED, META, DYNAMIC, TITLE, TOOL_META]),
    (
        "tool-approval-request",
        Ai6,
        &[
            APPROVAL,
            CALL,
            may("approvalDescriptor", Any, Ai6),
            may("inputSchemaInput", Any, Ai6),
            may("signature", Text, Ai6),
            may("reason", Text, Ai7),
            may("isAutomatic", Bool, Ai7),
        ],
    ),
    ("tool-approval-response", Ai7, &[APPROVAL, must("approved", Bool), may("reason", Text, Ai7), EXECUTED, META]),
    (
        "tool-output-available",
        Ai5,
        &[CALL, must("output", Any), EXECUTED, RESULT_META, DYNAMIC, TOOL_META, may("preliminary", Bool, Ai5)],
    ),
    ("tool-output-error", Ai5, &[CALL, ERROR, EXECUTED, RESULT_META, DYNAMIC, TOOL_META]),
    ("tool-output-denied", Ai6, &[CALL]),
    ("source-url", Ai5, &[must("sourceId", Text), must("url", Text), may("title", Text, Ai5), META]),
    (
        "source-document",
        Ai5,
        &[must("sourceId", Text), must("mediaType", Text), must("title", Text), may("filename", Text, Ai5), META],
    ),
    ("file", Ai5, &[must("url", Text), must("mediaType", Text), META]),
    ("reasoning-file", Ai7, &[must("url", Text), must("mediaType", Text), META]),
    ("custom", Ai7, &[must("kind", Text), META]),
    ("steering-message", Ai7, &[ID, must("parts", Steering)]),
];

fn is_finish_reason(reason: &str, target: Target) -> bool {
    match reason {
        "stop" | "length" | "content-filter" | "tool-calls" | "error" | "other" => true,
        "unknown" => target == Ai5,
        "interrupted" => target >= Ai7,
        _ => false,
    }
}

/// An object of objects: metadata by provider.
pub(crate) fn is_provider_metadata(value: &Value) -> bool {
    // The SDK's schema passes over that one key.
    value.as_object().is_some_and(|map| map.iter().all(|(name, value)| name == "__proto__" || value.is_object()))
}

/// An object of texts: a file's name by provider.
pub(crate) fn is_provider_reference(value: &Value) -> bool {
    value.as_object().is_some_and(|map| map.iter().all(|(name, value)| name == "__proto__" || value.is_string()))
}

/// A reference that supports a text (`packages/ai/src/types/citation.ts`).
pub(crate) fn is_citation(value: &Value) -> bool {
    let Some(map) = value.as_object() else { return false };
    let Some(source) = map.get("source").and_then(Value::as_object) else { return false };
    let fits = |fields: &[Field]| fields.iter().all(|field| field.fits(source, Ai7));
    let is_source = source.get("type").and_then(Value::as_str) == Some("source")
        && match source.get("sourceType").and_then(Value::as_str) {
            Some("url") => fits(&[ID, must("url", Text), may("title", Text, Ai5), META]),
            Some("document") => {
                fits(&[ID, must("mediaType", Text), must("title", Text), may("filename", Text, Ai5), META])
            }
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

/// A text or file part of a steering message.
pub(crate) fn is_steering_part(value: &Value) -> bool {
    let Some(map) = value.as_object() else { return false };
    let fits = |fields: &[Field]| fields.iter().all(|field| field.fits(map, Ai7));
    match map.get("type").and_then(Value::as_str) {
        Some("text") => fits(&[must("text", Text), META]),
        Some("file") => {
            let reference = map.get("providerReference").is_none_or(is_provider_reference);
            reference && fits(&[must("mediaType", Text), must("url", Text), may("filename", Text, Ai5), META])
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(value: &Value, readers: &[Target]) {
        for target in Target::ALL {
            assert_eq!(read_chunk(value.clone(), target).is_some(), readers.contains(&target), "{target:?} {value}");
        }
    }

    #[test]
    fn a_major_refuses_types_that_it_does_not_know_and_passes_over_fields() {
        check(&json!({"type": "start", "future": 1}), &Target::ALL);
        check(&json!({"type": "hologram"}), &[]);
        check(&json!({"type": "tool-output-denied", "toolCallId": "c"}), &[Ai6, Ai7]);
        check(&json!({"type": "reset-step"}), &[Ai7]);
    }

    #[test]
    fn a_known_field_must_be_what_the_schema_says() {
        check(&json!({"type": "text-delta", "id": "0"}), &[]);
        check(&json!({"type": "text-start", "id": "0", "providerMetadata": {"p": 1}}), &[]);
        check(&json!({"type": "text-start", "id": "0", "providerMetadata": null}), &[]);
        check(&json!({"type": "tool-input-start", "toolCallId": "c", "toolName": "t", "title": 5}), &[Ai5]);
        check(&json!({"type": "finish", "finishReason": "unknown"}), &[Ai5]);
        check(&json!({"type": "finish", "finishReason": "interrupted"}), &[Ai7]);
    }

    #[test]
    fn a_prototype_key_is_refused_wherever_it_stands() {
        check(&json!({"type": "data-x", "data": {"__proto__": 1}}), &[]);
        check(&json!({"type": "start", "messageMetadata": {"constructor": {"prototype": 1}}}), &[]);
    }
}
