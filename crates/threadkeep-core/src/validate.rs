//! Whether messages have the shape that a major of the AI SDK accepts.
//!
//! Source: `packages/ai/src/ui/validate-ui-messages.ts` in vercel/ai, without schemas for metadata, data and tools.

use crate::json::JsonMap;
use crate::shape::{Field, ID, Kind, META, fits, may, must, never};
use crate::target::Target;
use Kind::{Any, Bool, Citations, Is, Object, OneOf, ProviderMetadata, ProviderReference, Shape, SteeringParts, Text};
use Target::{Ai5, Ai6, Ai7};
use serde::{Serialize, Serializer};
use serde_json::Value;

/// Where messages are not what `validateUIMessages` accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvalidMessages {
    /// Not an array, or an empty one.
    NoMessages,
    /// No message: no object, no id, an unknown role, no list of parts, or no part in a message that needs one.
    Message(usize),
    /// A part that is none, in the message of the first index.
    Part(usize, usize),
}

impl Serialize for InvalidMessages {
    /// `{message?, part?}`: the indexes.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let place = match *self {
            Self::NoMessages => Vec::new(),
            Self::Message(message) => vec![("message", message)],
            Self::Part(message, part) => vec![("message", message), ("part", part)],
        };
        serializer.collect_map(place)
    }
}

/// Checks messages as `validateUIMessages` of `target` does. Fields that it does not know are passed over.
///
/// # Errors
/// [`InvalidMessages`]: the first place that is wrong.
pub fn validate_messages(messages: &Value, target: Target) -> Result<(), InvalidMessages> {
    let messages = messages.as_array().filter(|messages| !messages.is_empty());
    for (at, message) in messages.ok_or(InvalidMessages::NoMessages)?.iter().enumerate() {
        let parts = message.as_object().and_then(parts_of).ok_or(InvalidMessages::Message(at))?;
        if let Some(part) = parts.iter().position(|part| !is_valid_part(part, target)) {
            return Err(InvalidMessages::Part(at, part));
        }
    }
    Ok(())
}

/// The parts of a message that is one. Only an assistant message may have none: its reply may not have begun.
fn parts_of(message: &JsonMap) -> Option<&[Value]> {
    const MESSAGE: &[Field] = &[ID, must("role", OneOf(&["system", "user", "assistant"]))];
    let parts = message.get("parts")?.as_array()?;
    let may_be_empty = message.get("role").and_then(Value::as_str) == Some("assistant");
    (fits(message, MESSAGE, Target::default()) && (may_be_empty || !parts.is_empty())).then_some(parts)
}

/// Whether a part has the shape that `target` accepts.
pub(crate) fn is_valid_part(part: &Value, target: Target) -> bool {
    let Some(map) = part.as_object() else { return false };
    let Some(kind) = map.get("type").and_then(Value::as_str) else { return false };
    if kind == "dynamic-tool" || kind.starts_with("tool-") {
        return is_valid_tool(map, kind == "dynamic-tool", target);
    }
    if kind.starts_with("data-") {
        return fits(map, DATA, target);
    }
    PARTS.iter().any(|(name, since, fields)| *name == kind && *since <= target && fits(map, fields, target))
}

const STATE: Field = may("state", OneOf(&["streaming", "done"]), Ai5);
const DATA: &[Field] = &[may("id", Text, Ai5), must("data", Any)];

/// Each type of part but tools and data, the first major that knows it, and its fields.
const PARTS: &[(&str, Target, &[Field])] = &[
    ("text", Ai5, &[must("text", Text), may("citations", Citations, Ai7), STATE, META]),
    ("reasoning", Ai5, &[may("id", Text, Ai5), must("text", Text), STATE, META]),
    ("custom", Ai7, &[must("kind", Text), META]),
    ("source-url", Ai5, &[must("sourceId", Text), must("url", Text), may("title", Text, Ai5), META]),
    (
        "source-document",
        Ai5,
        &[must("sourceId", Text), must("mediaType", Text), must("title", Text), may("filename", Text, Ai5), META],
    ),
    (
        "file",
        Ai5,
        &[
            must("mediaType", Text),
            may("filename", Text, Ai5),
            must("url", Text),
            may("providerReference", ProviderReference, Ai7),
            META,
        ],
    ),
    ("reasoning-file", Ai7, &[must("mediaType", Text), must("url", Text), META]),
    ("steering-message", Ai7, &[ID, must("parts", SteeringParts)]),
    ("step-start", Ai5, &[]),
];

const TOOL: &[Field] = &[
    must("toolCallId", Text),
    may("title", Text, Ai7),
    may("toolMetadata", Object, Ai6),
    may("providerExecuted", Bool, Ai5),
];
const DYNAMIC: &[Field] = &[must("toolName", Text), may("dynamic", Is(false), Ai5)];
const CALL_META: Field = may("callProviderMetadata", ProviderMetadata, Ai5);
const RESULT_META: Field = may("resultProviderMetadata", ProviderMetadata, Ai6);
const INPUT: Field = must("input", Any);
const NO_OUTPUT: Field = never("output", Ai5);
const NO_ERROR: Field = never("errorText", Ai5);

/// What each state of a tool part has, beside its approval.
const STATES: &[(&str, &[Field])] = &[
    (
        "input-streaming",
        &[
            may("rawInput", Text, Ai5),
            may("inputEncoding", OneOf(&["json", "text"]), Ai6),
            may("callProviderMetadata", ProviderMetadata, Ai6),
            NO_OUTPUT,
            NO_ERROR,
        ],
    ),
    ("input-available", &[INPUT, CALL_META, NO_OUTPUT, NO_ERROR]),
    ("approval-requested", &[INPUT, CALL_META, NO_OUTPUT, NO_ERROR]),
    ("approval-responded", &[INPUT, CALL_META, NO_OUTPUT, NO_ERROR]),
    (
        "output-available",
        &[INPUT, must("output", Any), may("preliminary", Bool, Ai5), CALL_META, RESULT_META, NO_ERROR],
    ),
    ("output-error", &[must("errorText", Text), CALL_META, RESULT_META, NO_OUTPUT]),
    ("output-denied", &[INPUT, CALL_META, NO_OUTPUT, NO_ERROR]),
];

const REASON: Field = may("reason", Text, Ai5);
const REQUEST_REASON: Field = may("requestReason", Text, Ai7);
const IS_AUTOMATIC: Field = may("isAutomatic", Bool, Ai7);
const SIGNATURE: Field = may("signature", Text, Ai6);
const REQUESTED: Kind =
    Shape(&[ID, never("approved", Ai5), never("reason", Ai5), REQUEST_REASON, IS_AUTOMATIC, SIGNATURE]);
const RESPONDED: Kind = Shape(&[ID, must("approved", Bool), REASON, REQUEST_REASON, IS_AUTOMATIC, SIGNATURE]);
const GRANTED: Kind = Shape(&[ID, must("approved", Is(true)), REASON, REQUEST_REASON, IS_AUTOMATIC, SIGNATURE]);
const DENIED: Kind = Shape(&[ID, must("approved", Is(false)), REASON, REQUEST_REASON, IS_AUTOMATIC, SIGNATURE]);

fn is_valid_tool(map: &JsonMap, dynamic: bool, target: Target) -> bool {
    let Some((state, fields)) =
        map.get("state").and_then(Value::as_str).and_then(|state| STATES.iter().find(|(name, _)| *name == state))
    else {
        return false;
    };
    // v5 knows no approval of a dynamic tool.
    let knows_approvals = target >= Ai6 || !dynamic;
    let approval = match *state {
        "input-streaming" | "input-available" => never("approval", Ai5),
        "output-available" | "output-error" => may("approval", GRANTED, Ai5),
        "approval-requested" => must("approval", REQUESTED),
        "approval-responded" => must("approval", RESPONDED),
        _ => must("approval", DENIED),
    };
    let is_known = knows_approvals || !matches!(*state, "approval-requested" | "approval-responded" | "output-denied");
    is_known
        && fits(map, TOOL, target)
        && (!dynamic || fits(map, DYNAMIC, target))
        && fits(map, fields, target)
        && (!knows_approvals || fits(map, &[approval], target))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(part: &Value, accepted_by: &[Target]) {
        let messages = json!([{"id": "m", "role": "assistant", "parts": [part]}]);
        for target in Target::ALL {
            let expected = if accepted_by.contains(&target) { Ok(()) } else { Err(InvalidMessages::Part(0, 0)) };
            assert_eq!(validate_messages(&messages, target), expected, "{target:?} {part}");
        }
    }

    #[test]
    fn a_part_must_be_of_a_known_type_with_its_fields() {
        check(&json!({"type": "text", "text": "x", "future": 1}), &Target::ALL);
        check(&json!({"type": "text", "text": 5}), &[]);
        check(&json!({"type": "hologram"}), &[]);
        check(&json!({"type": "custom", "kind": "p.t"}), &[Ai7]);
    }

    #[test]
    fn a_tool_part_has_what_its_state_asks_for_and_nothing_else() {
        let tool = |state: &str, more: Value| {
            let mut part = json!({"type": "tool-w", "toolCallId": "c", "state": state});
            part.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            part
        };
        check(&tool("input-available", json!({"input": null})), &Target::ALL);
        check(&tool("input-available", json!({})), &[]);
        check(&tool("input-available", json!({"input": 1, "output": 1})), &[]);
        check(&tool("output-denied", json!({"input": 1, "approval": {"id": "a", "approved": true}})), &[]);
        let dynamic = json!({"type": "dynamic-tool", "toolName": "w", "toolCallId": "c", "state": "approval-requested", "input": 1, "approval": {"id": "a"}});
        check(&dynamic, &[Ai6, Ai7]);
    }

    #[test]
    fn only_an_assistant_message_may_be_empty() {
        let message = |role: &str| json!([{"id": "m", "role": role, "parts": []}]);
        assert_eq!(validate_messages(&message("assistant"), Ai7), Ok(()));
        assert_eq!(validate_messages(&message("user"), Ai7), Err(InvalidMessages::Message(0)));
        assert_eq!(validate_messages(&json!([]), Ai7), Err(InvalidMessages::NoMessages));
    }
}
