//! Reads chunks as a client of a given major does: what it knows, and nothing else.
//!
//! Source: `uiMessageChunkSchema` in `packages/ai/src/ui-message-stream/ui-message-chunks.ts` of the newest release of
//! each major. They pass over fields that they do not know and refuse types that they do not know.

use crate::chunk::UiMessageChunk;
use crate::json::is_forbidden;
use crate::shape::{Field, ID, Kind, META, fits, may, must};
use crate::target::Target;
use Kind::{Any, Bool, Citations, FinishReason, Object, OneOf, ProviderMetadata, SteeringParts, Text};
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
        return fits(&map, DATA, target).then(|| UiMessageChunk::from_map(map)).flatten();
    }
    let (_, _, fields) = SHAPES.iter().find(|(name, since, _)| *name == kind && *since <= target)?;
    if !fits(&map, fields, target) {
        return None;
    }
    let known: Vec<_> = fields.iter().filter(|field| field.since <= target).map(|field| field.name).collect();
    map.retain(|name, _| name == "type" || known.contains(&name.as_str()));
    UiMessageChunk::from_map(map)
}

const CALL: Field = must("toolCallId", Text);
const NAME: Field = must("toolName", Text);
const EXECUTED: Field = may("providerExecuted", Bool, Ai5);
const DYNAMIC: Field = may("dynamic", Bool, Ai5);
const TITLE: Field = may("title", Text, Ai6);
const TOOL_META: Field = may("toolMetadata", Object, Ai6);
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
        &[
            CALL,
            NAME,
            EXECUTED,
            RESULT_META,
            DYNAMIC,
            TITLE,
            TOOL_META,
            may("inputEncoding", OneOf(&["json", "text"]), Ai6),
        ],
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
    ("steering-message", Ai7, &[ID, must("parts", SteeringParts)]),
];

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
