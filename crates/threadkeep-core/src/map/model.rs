//! `ModelMessage`: what `streamText` and `generateText` of the AI SDK take.
//!
//! Source: `packages/provider-utils/src/types/model-message.ts` in vercel/ai (v5 to v7).

use crate::json::JsonMap;
use serde::Serialize;
use serde_json::Value;

/// One message for a model, JSON tagged by `role`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "role", rename_all = "lowercase", rename_all_fields = "camelCase")]
pub enum ModelMessage {
    System {
        content: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        provider_options: Option<Value>,
    },
    User {
        content: Vec<ModelPart>,
    },
    Assistant {
        content: Vec<ModelPart>,
    },
    Tool {
        content: Vec<ModelPart>,
    },
}

/// One part of a model message, JSON tagged by `type`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum ModelPart {
    Text {
        text: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        provider_options: Option<Value>,
    },
    Reasoning {
        text: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        provider_options: Option<Value>,
    },
    File(ModelFile),
    ReasoningFile(ModelFile),
    /// v7.
    Custom {
        kind: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        provider_options: Option<Value>,
    },
    ToolCall {
        tool_call_id: String,
        tool_name: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        input: Option<Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        provider_executed: Option<bool>,
        #[serde(skip_serializing_if = "Option::is_none")]
        provider_options: Option<Value>,
    },
    ToolResult {
        tool_call_id: String,
        tool_name: String,
        output: ModelOutput,
        #[serde(skip_serializing_if = "Option::is_none")]
        provider_options: Option<Value>,
    },
    /// Since v6.
    ToolApprovalRequest {
        approval_id: String,
        tool_call_id: String,
        /// `isAutomatic`, `reason` (v7), `inputSchemaInput` and `signature`, as far as they are there.
        #[serde(flatten)]
        details: JsonMap,
    },
    /// Since v6.
    ToolApprovalResponse {
        approval_id: String,
        approved: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        provider_executed: Option<bool>,
    },
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ModelFile {
    pub media_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
    pub data: ModelFileData,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider_options: Option<Value>,
}

/// Where a file's bytes are.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum ModelFileData {
    /// v5 and v6: the URL itself.
    Url(String),
    /// v7: `{type: "url", url}`. The SDK has a `URL` object there; JSON has its text.
    Tagged(TaggedFileData),
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum TaggedFileData {
    Url {
        url: String,
    },
    /// A file that the provider has: its name for it, by provider.
    Reference {
        reference: Value,
    },
}

/// What became of a tool call, as a model is told.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum ModelOutput {
    Text {
        value: String,
    },
    Json {
        value: Value,
    },
    ErrorText {
        value: String,
    },
    ErrorJson {
        value: Value,
    },
    ExecutionDenied {
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<Value>,
    },
}
