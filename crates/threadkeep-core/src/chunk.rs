//! `UiMessageChunk`: what the AI SDK's clients read from the stream.
//!
//! Source: `packages/ai/src/ui-message-stream/ui-message-chunks.ts` in vercel/ai (v5 to v7).

mod read;

use crate::json::JsonMap;
use serde::Serialize;
use serde_json::Value;

/// One chunk, JSON tagged by `type`. All types of v7 are read; the bridge emits only those that every client since
/// `ai@5.0.0` accepts.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum UiMessageChunk {
    Start {
        #[serde(skip_serializing_if = "Option::is_none")]
        message_id: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        message_metadata: Option<Value>,
    },
    Finish {
        #[serde(skip_serializing_if = "Option::is_none")]
        finish_reason: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        message_metadata: Option<Value>,
    },
    Abort {
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    Error {
        error_text: String,
    },
    MessageMetadata {
        #[serde(skip_serializing_if = "Option::is_none")]
        message_metadata: Option<Value>,
    },
    StartStep,
    FinishStep,
    ResetStep,
    TextStart(BlockChunk),
    TextDelta(DeltaChunk),
    TextEnd(BlockChunk),
    ReasoningStart(BlockChunk),
    ReasoningDelta(DeltaChunk),
    ReasoningEnd(BlockChunk),
    ToolInputStart(ToolCallChunk),
    ToolInputDelta {
        tool_call_id: String,
        input_text_delta: String,
    },
    ToolInputAvailable(ToolCallChunk),
    ToolInputError(ToolCallChunk),
    ToolApprovalRequest(ApprovalRequestChunk),
    ToolApprovalResponse(ApprovalResponseChunk),
    ToolOutputAvailable(ToolOutputChunk),
    ToolOutputError(ToolOutputChunk),
    ToolOutputDenied {
        tool_call_id: String,
    },
    SourceUrl(JsonMap),
    SourceDocument(JsonMap),
    File(JsonMap),
    ReasoningFile(JsonMap),
    Custom(JsonMap),
    /// v7, experimental there.
    SteeringMessage(JsonMap),
    /// `data-{name}`: the only extension channel that every client accepts, when transient.
    #[serde(untagged)]
    Data(DataChunk),
}

/// Start or end of a text or reasoning block.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BlockChunk {
    pub id: String,
    /// Only in `text-end`, since v7.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub citations: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider_metadata: Option<Value>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeltaChunk {
    pub id: String,
    pub delta: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider_metadata: Option<Value>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ToolCallChunk {
    pub tool_call_id: String,
    pub tool_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<Value>,
    /// Only in `tool-input-error`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider_executed: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider_metadata: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_metadata: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dynamic: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// `json` or `text`, only in `tool-input-start`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_encoding: Option<String>,
}

/// Since v6.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ApprovalRequestChunk {
    pub approval_id: String,
    pub tool_call_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approval_descriptor: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_schema_input: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_automatic: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
}

/// Since v7.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ApprovalResponseChunk {
    pub approval_id: String,
    pub approved: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider_executed: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider_metadata: Option<Value>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ToolOutputChunk {
    pub tool_call_id: String,
    /// Only in `tool-output-available`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<Value>,
    /// Only in `tool-output-error`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider_executed: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider_metadata: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_metadata: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dynamic: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preliminary: Option<bool>,
}

/// A `data-*` chunk as it came: a stored data part is the whole chunk.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DataChunk {
    pub r#type: DataType,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transient: Option<bool>,
    #[serde(flatten)]
    pub extra: JsonMap,
}

/// A chunk type that starts with `data-`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(into = "String")]
pub struct DataType(String);

const DATA_PREFIX: &str = "data-";

impl DataType {
    /// The type of data called `name`.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self(format!("{DATA_PREFIX}{name}"))
    }

    /// What follows `data-`.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.strip_prefix(DATA_PREFIX).unwrap_or_default()
    }
}

impl TryFrom<String> for DataType {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text.starts_with(DATA_PREFIX) { Ok(Self(text)) } else { Err("not a data chunk") }
    }
}

impl From<DataType> for String {
    fn from(data_type: DataType) -> Self {
        data_type.0
    }
}

/// The last line of a stream; clients ignore it, proxies and tools look for it.
pub const SSE_DONE: &[u8] = b"data: [DONE]\n\n";

impl UiMessageChunk {
    /// Appends the chunk as one server-sent event: `data: {json}` and an empty line.
    pub fn write_sse(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"data: ");
        // Writing to memory does not fail, and a chunk has no map with keys other than strings.
        let written = serde_json::to_writer(&mut *out, self);
        debug_assert!(written.is_ok(), "a chunk is always JSON");
        out.extend_from_slice(b"\n\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check_round_trip(value: &Value) {
        let chunk: UiMessageChunk = serde_json::from_value(value.clone()).expect("a chunk");
        assert_eq!(&serde_json::to_value(&chunk).unwrap(), value);
    }

    #[test]
    fn every_chunk_type_of_the_sdk_survives_a_round_trip() {
        for value in [
            json!({"type": "start", "messageId": "m", "messageMetadata": {"a": 1}}),
            json!({"type": "start"}),
            json!({"type": "finish", "finishReason": "stop", "messageMetadata": {"a": 1}}),
            json!({"type": "abort", "reason": "x"}),
            json!({"type": "error", "errorText": "x"}),
            json!({"type": "message-metadata", "messageMetadata": {"a": 1}}),
            json!({"type": "start-step"}),
            json!({"type": "finish-step"}),
            json!({"type": "reset-step"}),
            json!({"type": "text-start", "id": "0", "providerMetadata": {"p": {"a": 1}}}),
            json!({"type": "text-delta", "id": "0", "delta": "x"}),
            json!({"type": "text-end", "id": "0", "citations": []}),
            json!({"type": "reasoning-start", "id": "0"}),
            json!({"type": "reasoning-delta", "id": "0", "delta": "x"}),
            json!({"type": "reasoning-end", "id": "0"}),
            json!({"type": "tool-input-start", "toolCallId": "c", "toolName": "t", "dynamic": true, "title": "T"}),
            json!({"type": "tool-input-delta", "toolCallId": "c", "inputTextDelta": "{"}),
            json!({"type": "tool-input-available", "toolCallId": "c", "toolName": "t", "input": null}),
            json!({"type": "tool-input-error", "toolCallId": "c", "toolName": "t", "input": "{", "errorText": "bad"}),
            json!({"type": "tool-approval-request", "approvalId": "a", "toolCallId": "c", "isAutomatic": true}),
            json!({"type": "tool-approval-response", "approvalId": "a", "approved": false, "reason": "no"}),
            json!({"type": "tool-output-available", "toolCallId": "c", "output": {"x": 1}, "preliminary": true}),
            json!({"type": "tool-output-error", "toolCallId": "c", "errorText": "x"}),
            json!({"type": "tool-output-denied", "toolCallId": "c"}),
            json!({"type": "source-url", "sourceId": "s", "url": "u", "title": "t"}),
            json!({"type": "source-document", "sourceId": "s", "mediaType": "m", "title": "t"}),
            json!({"type": "file", "url": "u", "mediaType": "m"}),
            json!({"type": "reasoning-file", "url": "u", "mediaType": "m"}),
            json!({"type": "custom", "kind": "p.t"}),
            json!({"type": "steering-message", "id": "s", "parts": [{"type": "text", "text": "x"}]}),
            json!({"type": "data-status", "data": {"phase": "thinking"}, "transient": true}),
        ] {
            check_round_trip(&value);
        }
    }

    #[test]
    fn an_unknown_type_is_no_chunk() {
        for value in
            [json!({"type": "hologram", "data": 1}), json!({"data": 1}), json!({"type": "text-delta", "id": "0"})]
        {
            assert!(serde_json::from_value::<UiMessageChunk>(value).is_err());
        }
    }

    #[test]
    fn sse_is_one_data_line_and_an_empty_line() {
        let mut out = Vec::new();
        UiMessageChunk::TextDelta(DeltaChunk { id: "0".into(), delta: "a\nb".into(), provider_metadata: None })
            .write_sse(&mut out);
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "data: {\"type\":\"text-delta\",\"id\":\"0\",\"delta\":\"a\\nb\"}\n\n"
        );
    }
}
