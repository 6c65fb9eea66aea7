//! Reads a chunk from JSON. By hand: what serde derives for a tagged enum of thirty variants is 45 KB of the npm package.

use super::{
    ApprovalRequestChunk, ApprovalResponseChunk, BlockChunk, DataChunk, DataType, DeltaChunk, ToolCallChunk,
    ToolOutputChunk, UiMessageChunk,
};
use crate::json::JsonMap;
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

impl<'de> Deserialize<'de> for UiMessageChunk {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let map = JsonMap::deserialize(deserializer)?;
        Self::from_map(map).ok_or_else(|| D::Error::custom("not a UIMessageChunk"))
    }
}

impl UiMessageChunk {
    /// Reads a chunk; `None` when its type is unknown, or a field is missing or of another kind. `null` in a field that
    /// may be absent counts as absent where the field is a text or a flag. Unknown fields are passed over.
    #[must_use]
    pub fn from_map(map: JsonMap) -> Option<Self> {
        let mut fields = Fields(map);
        let kind = fields.text("type")?;
        Some(match kind.as_str() {
            "start" => Self::Start {
                message_id: fields.may_text("messageId")?,
                message_metadata: fields.value("messageMetadata"),
            },
            "finish" => Self::Finish {
                finish_reason: fields.may_text("finishReason")?,
                message_metadata: fields.value("messageMetadata"),
            },
            "abort" => Self::Abort { reason: fields.may_text("reason")? },
            "error" => Self::Error { error_text: fields.text("errorText")? },
            "message-metadata" => Self::MessageMetadata { message_metadata: fields.value("messageMetadata") },
            "start-step" => Self::StartStep,
            "finish-step" => Self::FinishStep,
            "reset-step" => Self::ResetStep,
            "text-start" => Self::TextStart(fields.block()?),
            "text-delta" => Self::TextDelta(fields.delta()?),
            "text-end" => Self::TextEnd(fields.block()?),
            "reasoning-start" => Self::ReasoningStart(fields.block()?),
            "reasoning-delta" => Self::ReasoningDelta(fields.delta()?),
            "reasoning-end" => Self::ReasoningEnd(fields.block()?),
            "tool-input-start" => Self::ToolInputStart(fields.tool_call()?),
            "tool-input-delta" => Self::ToolInputDelta {
                tool_call_id: fields.text("toolCallId")?,
                input_text_delta: fields.text("inputTextDelta")?,
            },
            "tool-input-available" => Self::ToolInputAvailable(fields.tool_call()?),
            "tool-input-error" => Self::ToolInputError(fields.tool_call()?),
            "tool-approval-request" => Self::ToolApprovalRequest(fields.approval_request()?),
            "tool-approval-response" => Self::ToolApprovalResponse(fields.approval_response()?),
            "tool-output-available" => Self::ToolOutputAvailable(fields.tool_output()?),
            "tool-output-error" => Self::ToolOutputError(fields.tool_output()?),
            "tool-output-denied" => Self::ToolOutputDenied { tool_call_id: fields.text("toolCallId")? },
            "source-url" => Self::SourceUrl(fields.0),
            "source-document" => Self::SourceDocument(fields.0),
            "file" => Self::File(fields.0),
            "reasoning-file" => Self::ReasoningFile(fields.0),
            "custom" => Self::Custom(fields.0),
            "steering-message" => Self::SteeringMessage(fields.0),
            _ => Self::Data(fields.data(kind)?),
        })
    }
}

/// Fields that have not been read yet, in their order.
struct Fields(JsonMap);

impl Fields {
    fn value(&mut self, name: &str) -> Option<Value> {
        self.0.shift_remove(name)
    }

    /// As [`Fields::value`], with `null` for nothing.
    fn given(&mut self, name: &str) -> Option<Value> {
        self.value(name).filter(|value| !value.is_null())
    }

    fn text(&mut self, name: &str) -> Option<String> {
        if let Some(Value::String(text)) = self.value(name) { Some(text) } else { None }
    }

    fn may_text(&mut self, name: &str) -> Option<Option<String>> {
        match self.given(name) {
            None => Some(None),
            Some(Value::String(text)) => Some(Some(text)),
            Some(_) => None,
        }
    }

    fn may_flag(&mut self, name: &str) -> Option<Option<bool>> {
        match self.given(name) {
            None => Some(None),
            Some(value) => value.as_bool().map(Some),
        }
    }

    fn block(&mut self) -> Option<BlockChunk> {
        Some(BlockChunk {
            id: self.text("id")?,
            citations: self.given("citations"),
            provider_metadata: self.value("providerMetadata"),
        })
    }

    fn delta(&mut self) -> Option<DeltaChunk> {
        Some(DeltaChunk {
            id: self.text("id")?,
            delta: self.text("delta")?,
            provider_metadata: self.value("providerMetadata"),
        })
    }

    fn tool_call(&mut self) -> Option<ToolCallChunk> {
        Some(ToolCallChunk {
            tool_call_id: self.text("toolCallId")?,
            tool_name: self.text("toolName")?,
            input: self.value("input"),
            error_text: self.may_text("errorText")?,
            provider_executed: self.may_flag("providerExecuted")?,
            provider_metadata: self.value("providerMetadata"),
            tool_metadata: self.value("toolMetadata"),
            dynamic: self.may_flag("dynamic")?,
            title: self.may_text("title")?,
            input_encoding: self.may_text("inputEncoding")?,
        })
    }

    fn tool_output(&mut self) -> Option<ToolOutputChunk> {
        Some(ToolOutputChunk {
            tool_call_id: self.text("toolCallId")?,
            output: self.value("output"),
            error_text: self.may_text("errorText")?,
            provider_executed: self.may_flag("providerExecuted")?,
            provider_metadata: self.value("providerMetadata"),
            tool_metadata: self.value("toolMetadata"),
            dynamic: self.may_flag("dynamic")?,
            preliminary: self.may_flag("preliminary")?,
        })
    }

    fn approval_request(&mut self) -> Option<ApprovalRequestChunk> {
        Some(ApprovalRequestChunk {
            approval_id: self.text("approvalId")?,
            tool_call_id: self.text("toolCallId")?,
            approval_descriptor: self.given("approvalDescriptor"),
            input_schema_input: self.value("inputSchemaInput"),
            reason: self.may_text("reason")?,
            is_automatic: self.may_flag("isAutomatic")?,
            signature: self.may_text("signature")?,
        })
    }

    fn approval_response(&mut self) -> Option<ApprovalResponseChunk> {
        Some(ApprovalResponseChunk {
            approval_id: self.text("approvalId")?,
            approved: self.value("approved")?.as_bool()?,
            reason: self.may_text("reason")?,
            provider_executed: self.may_flag("providerExecuted")?,
            provider_metadata: self.value("providerMetadata"),
        })
    }

    fn data(mut self, kind: String) -> Option<DataChunk> {
        Some(DataChunk {
            r#type: DataType::try_from(kind).ok()?,
            id: self.may_text("id")?,
            data: self.value("data"),
            transient: self.may_flag("transient")?,
            extra: self.0,
        })
    }
}
