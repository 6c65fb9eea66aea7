//! The reducer: folds chunks into the message that an AI SDK client builds from the same stream.
//!
//! Source: `packages/ai/src/ui/process-ui-message-stream.ts` in vercel/ai (v7), followed rule by rule.

use crate::bridge::BlockKind;
use crate::chunk::{BlockChunk, DataChunk, DeltaChunk, ToolCallChunk, ToolOutputChunk, UiMessageChunk};
use crate::json::{JsonMap, merge};
use crate::message::{Role, UiMessage};
use crate::part::{DataPart, Part, ReasoningPart, StreamState, TextPart, Tool, ToolPart, ToolState};
use crate::partial_json;
use serde_json::Value;
use std::fmt;

/// A message under construction. Chunks go in by [`Reducer::apply`]; the message can be read at any time.
#[derive(Debug, Clone)]
pub struct Reducer {
    message: UiMessage,
    /// Open text blocks: chunk id and index of the part. Seldom more than one.
    active_texts: Vec<(String, usize)>,
    active_reasonings: Vec<(String, usize)>,
    partial_calls: Vec<PartialCall>,
}

/// A tool call whose input still streams.
#[derive(Debug, Clone)]
struct PartialCall {
    text: String,
    call: ToolCallChunk,
}

/// A chunk that refers to something that is not there. The AI SDK throws a `UIMessageStreamError` for each of these;
/// the message is left as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReduceError {
    /// A delta or end for a text block that is not open.
    UnknownText,
    /// A delta or end for a reasoning block that is not open.
    UnknownReasoning,
    /// An output, approval request or denial for a call that is not in the message.
    UnknownToolCall,
    /// An input delta for a call that was not started.
    UnknownToolInput,
    /// A response to an approval that was not requested.
    UnknownApproval,
}

impl fmt::Display for ReduceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnknownText => "no text block with that id is open",
            Self::UnknownReasoning => "no reasoning block with that id is open",
            Self::UnknownToolCall => "no tool call with that id",
            Self::UnknownToolInput => "no tool input with that id is streaming",
            Self::UnknownApproval => "no approval with that id",
        })
    }
}

impl std::error::Error for ReduceError {}

impl Reducer {
    /// Starts from an empty assistant message.
    #[must_use]
    pub fn new(message_id: impl Into<String>) -> Self {
        Self::continuing(UiMessage::new(message_id, Role::Assistant))
    }

    /// Goes on with a message that is already there.
    #[must_use]
    pub fn continuing(message: UiMessage) -> Self {
        Self { message, active_texts: Vec::new(), active_reasonings: Vec::new(), partial_calls: Vec::new() }
    }

    #[must_use]
    pub fn message(&self) -> &UiMessage {
        &self.message
    }

    #[must_use]
    pub fn into_message(self) -> UiMessage {
        self.message
    }

    /// Applies one chunk.
    ///
    /// # Errors
    /// [`ReduceError`] when the chunk refers to a block, call or approval that is not there; nothing is changed then.
    pub fn apply(&mut self, chunk: &UiMessageChunk) -> Result<(), ReduceError> {
        match chunk {
            UiMessageChunk::Start { message_id, message_metadata } => {
                if let Some(id) = message_id {
                    id.clone_into(&mut self.message.id);
                }
                self.merge_metadata(message_metadata.as_ref());
            }
            UiMessageChunk::Finish { message_metadata, .. } => self.merge_metadata(message_metadata.as_ref()),
            UiMessageChunk::MessageMetadata { message_metadata } => self.merge_metadata(Some(message_metadata)),
            UiMessageChunk::Abort { .. } | UiMessageChunk::Error { .. } => {}
            UiMessageChunk::StartStep => self.message.parts.push(Part::StepStart(JsonMap::new())),
            UiMessageChunk::FinishStep => self.close_blocks(),
            UiMessageChunk::ResetStep => self.reset_step(),
            UiMessageChunk::TextStart(block) => self.start_text(block),
            UiMessageChunk::TextDelta(delta) => self.append_text(delta)?,
            UiMessageChunk::TextEnd(block) => self.end_text(block)?,
            UiMessageChunk::ReasoningStart(block) => self.start_reasoning(block),
            UiMessageChunk::ReasoningDelta(delta) => self.append_reasoning(delta)?,
            UiMessageChunk::ReasoningEnd(block) => self.end_reasoning(block)?,
            UiMessageChunk::ToolInputStart(call) => self.start_tool_input(call),
            UiMessageChunk::ToolInputDelta { tool_call_id, input_text_delta } => {
                self.append_tool_input(tool_call_id, input_text_delta)?;
            }
            UiMessageChunk::ToolInputAvailable(call) => {
                let dynamic = call.dynamic == Some(true);
                self.put_tool(call, dynamic, ToolState::InputAvailable, call.input.clone(), None);
            }
            UiMessageChunk::ToolInputError(call) => self.fail_tool_input(call),
            UiMessageChunk::ToolApprovalRequest { approval_id, tool_call_id, is_automatic, signature } => {
                let part = self.find_tool(tool_call_id).ok_or(ReduceError::UnknownToolCall)?;
                part.state = ToolState::ApprovalRequested;
                part.approval = Some(approval(approval_id, None, None, *is_automatic, signature.as_deref()));
            }
            UiMessageChunk::ToolApprovalResponse {
                approval_id,
                approved,
                reason,
                provider_executed,
                provider_metadata,
            } => {
                let part = self.find_approval(approval_id).ok_or(ReduceError::UnknownApproval)?;
                let old = part.approval.take().unwrap_or_default();
                part.state = ToolState::ApprovalResponded;
                part.approval = Some(approval(
                    approval_id,
                    Some(*approved),
                    reason.as_deref(),
                    old.get("isAutomatic").and_then(Value::as_bool),
                    old.get("signature").and_then(Value::as_str),
                ));
                part.provider_executed = provider_executed.or(part.provider_executed);
                replace_if_given(&mut part.call_provider_metadata, provider_metadata.as_ref());
            }
            UiMessageChunk::ToolOutputAvailable(output) => self.end_tool(output, ToolState::OutputAvailable)?,
            UiMessageChunk::ToolOutputError(output) => self.end_tool(output, ToolState::OutputError)?,
            UiMessageChunk::ToolOutputDenied { tool_call_id } => {
                self.find_tool(tool_call_id).ok_or(ReduceError::UnknownToolCall)?.state = ToolState::OutputDenied;
            }
            UiMessageChunk::SourceUrl(body) => self.push_as("source-url", body),
            UiMessageChunk::SourceDocument(body) => self.push_as("source-document", body),
            UiMessageChunk::File(body) => self.push_as("file", body),
            UiMessageChunk::ReasoningFile(body) => self.push_as("reasoning-file", body),
            UiMessageChunk::Custom(body) => self.push_as("custom", body),
            UiMessageChunk::Data(data) => self.put_data(data),
        }
        Ok(())
    }

    /// Applies a delta without provider metadata; nothing happens when the block is not open.
    pub(crate) fn extend(&mut self, kind: BlockKind, id: &str, delta: &str) {
        let text = match kind {
            BlockKind::Text => self.active_text(id).map(|part| &mut part.text),
            BlockKind::Reasoning => self.active_reasoning(id).map(|part| &mut part.text),
        };
        if let Some(text) = text {
            text.push_str(delta);
        }
    }

    fn merge_metadata(&mut self, metadata: Option<&Value>) {
        if let Some(metadata) = metadata.filter(|metadata| !metadata.is_null()) {
            merge(&mut self.message.metadata, metadata);
        }
    }

    fn close_blocks(&mut self) {
        self.active_texts.clear();
        self.active_reasonings.clear();
    }

    fn reset_step(&mut self) {
        self.close_blocks();
        self.partial_calls.clear();
        self.message.parts.truncate(self.step_start());
    }

    /// Index of the first part of the current step.
    fn step_start(&self) -> usize {
        self.message.parts.iter().rposition(|part| matches!(part, Part::StepStart(_))).map_or(0, |at| at + 1)
    }

    fn start_text(&mut self, block: &BlockChunk) {
        open(&mut self.active_texts, &block.id, self.message.parts.len());
        self.message.parts.push(Part::Text(TextPart {
            state: Some(StreamState::Streaming),
            provider_metadata: given(block.provider_metadata.as_ref()),
            ..TextPart::default()
        }));
    }

    fn active_text(&mut self, id: &str) -> Option<&mut TextPart> {
        let (_, at) = self.active_texts.iter().find(|(open, _)| open == id)?;
        match self.message.parts.get_mut(*at) {
            Some(Part::Text(part)) => Some(part),
            _ => None,
        }
    }

    fn append_text(&mut self, delta: &DeltaChunk) -> Result<(), ReduceError> {
        let part = self.active_text(&delta.id).ok_or(ReduceError::UnknownText)?;
        part.text.push_str(&delta.delta);
        replace_if_given(&mut part.provider_metadata, delta.provider_metadata.as_ref());
        Ok(())
    }

    fn end_text(&mut self, block: &BlockChunk) -> Result<(), ReduceError> {
        let part = self.active_text(&block.id).ok_or(ReduceError::UnknownText)?;
        part.state = Some(StreamState::Done);
        replace_if_given(&mut part.provider_metadata, block.provider_metadata.as_ref());
        self.active_texts.retain(|(open, _)| *open != block.id);
        Ok(())
    }

    fn start_reasoning(&mut self, block: &BlockChunk) {
        open(&mut self.active_reasonings, &block.id, self.message.parts.len());
        self.message.parts.push(Part::Reasoning(ReasoningPart {
            id: Some(block.id.clone()),
            state: Some(StreamState::Streaming),
            provider_metadata: given(block.provider_metadata.as_ref()),
            ..ReasoningPart::default()
        }));
    }

    fn active_reasoning(&mut self, id: &str) -> Option<&mut ReasoningPart> {
        let (_, at) = self.active_reasonings.iter().find(|(open, _)| open == id)?;
        match self.message.parts.get_mut(*at) {
            Some(Part::Reasoning(part)) => Some(part),
            _ => None,
        }
    }

    fn append_reasoning(&mut self, delta: &DeltaChunk) -> Result<(), ReduceError> {
        let part = self.active_reasoning(&delta.id).ok_or(ReduceError::UnknownReasoning)?;
        part.text.push_str(&delta.delta);
        replace_if_given(&mut part.provider_metadata, delta.provider_metadata.as_ref());
        Ok(())
    }

    fn end_reasoning(&mut self, block: &BlockChunk) -> Result<(), ReduceError> {
        let part = self.active_reasoning(&block.id).ok_or(ReduceError::UnknownReasoning)?;
        part.state = Some(StreamState::Done);
        replace_if_given(&mut part.provider_metadata, block.provider_metadata.as_ref());
        self.active_reasonings.retain(|(open, _)| *open != block.id);
        Ok(())
    }

    fn start_tool_input(&mut self, call: &ToolCallChunk) {
        self.partial_calls.retain(|partial| partial.call.tool_call_id != call.tool_call_id);
        self.put_tool(call, call.dynamic == Some(true), ToolState::InputStreaming, None, None);
        let call = ToolCallChunk { input: None, provider_executed: None, provider_metadata: None, ..call.clone() };
        self.partial_calls.push(PartialCall { text: String::new(), call });
    }

    fn append_tool_input(&mut self, tool_call_id: &str, delta: &str) -> Result<(), ReduceError> {
        let partial = self
            .partial_calls
            .iter_mut()
            .find(|partial| partial.call.tool_call_id == tool_call_id)
            .ok_or(ReduceError::UnknownToolInput)?;
        partial.text.push_str(delta);
        let input = partial_json::parse(&partial.text);
        let call = partial.call.clone();
        self.put_tool(&call, call.dynamic == Some(true), ToolState::InputStreaming, input, None);
        Ok(())
    }

    /// An input that is no valid input: the call has failed before it ran. A part that is there keeps its kind.
    fn fail_tool_input(&mut self, call: &ToolCallChunk) {
        let start = self.step_start();
        let existing = self.message.parts.iter().skip(start).find_map(|part| match part {
            Part::Tool(tool) if tool.tool_call_id == call.tool_call_id => Some(tool.tool.is_dynamic()),
            _ => None,
        });
        if existing.unwrap_or(call.dynamic == Some(true)) {
            self.put_tool(call, true, ToolState::OutputError, call.input.clone(), None);
        } else {
            self.put_tool(call, false, ToolState::OutputError, None, call.input.clone());
        }
    }

    /// Updates the part of this call and kind in the current step, or adds one.
    fn put_tool(
        &mut self,
        call: &ToolCallChunk,
        dynamic: bool,
        state: ToolState,
        input: Option<Value>,
        raw_input: Option<Value>,
    ) {
        let start = self.step_start();
        let existing = self.message.parts.iter().enumerate().skip(start).find_map(|(at, part)| match part {
            Part::Tool(tool) if tool.tool_call_id == call.tool_call_id && tool.tool.is_dynamic() == dynamic => Some(at),
            _ => None,
        });
        let at = existing.unwrap_or_else(|| {
            self.message.parts.push(Part::Tool(Box::new(new_tool(call, dynamic, state))));
            self.message.parts.len() - 1
        });
        let Some(Part::Tool(part)) = self.message.parts.get_mut(at) else { return };
        if dynamic {
            part.tool = Tool::new(&call.tool_name, true);
            part.raw_input = raw_input.or(part.raw_input.take());
        } else {
            part.raw_input = raw_input;
        }
        part.state = state;
        part.input = input;
        part.output = None;
        part.error_text.clone_from(&call.error_text);
        part.preliminary = None;
        if call.title.is_some() {
            part.title.clone_from(&call.title);
        }
        replace_if_given(&mut part.tool_metadata, call.tool_metadata.as_ref());
        part.provider_executed = call.provider_executed.or(part.provider_executed);
        let slot = if state == ToolState::OutputError {
            &mut part.result_provider_metadata
        } else {
            &mut part.call_provider_metadata
        };
        replace_if_given(slot, call.provider_metadata.as_ref());
    }

    fn end_tool(&mut self, output: &ToolOutputChunk, state: ToolState) -> Result<(), ReduceError> {
        let part = self.find_tool(&output.tool_call_id).ok_or(ReduceError::UnknownToolCall)?;
        if state == ToolState::OutputAvailable && !part.tool.is_dynamic() {
            part.raw_input = None;
        }
        part.state = state;
        part.output.clone_from(&output.output);
        part.error_text.clone_from(&output.error_text);
        part.preliminary = output.preliminary;
        part.provider_executed = output.provider_executed.or(part.provider_executed);
        replace_if_given(&mut part.result_provider_metadata, output.provider_metadata.as_ref());
        Ok(())
    }

    /// The call in the current step, else the newest of that id in the message.
    fn find_tool(&mut self, tool_call_id: &str) -> Option<&mut ToolPart> {
        let is_call = |part: &Part| matches!(part, Part::Tool(tool) if tool.tool_call_id == tool_call_id);
        let start = self.step_start();
        let parts = &self.message.parts;
        let in_step = parts.iter().enumerate().skip(start).find(|(_, part)| is_call(part)).map(|(at, _)| at);
        let at = in_step.or_else(|| parts.iter().rposition(is_call))?;
        match self.message.parts.get_mut(at) {
            Some(Part::Tool(tool)) => Some(tool),
            _ => None,
        }
    }

    fn find_approval(&mut self, approval_id: &str) -> Option<&mut ToolPart> {
        self.message.parts.iter_mut().find_map(|part| match part {
            Part::Tool(tool) => {
                let id = tool.approval.as_ref().and_then(|approval| approval.get("id"));
                (id.and_then(Value::as_str) == Some(approval_id)).then_some(&mut **tool)
            }
            _ => None,
        })
    }

    fn push_as(&mut self, kind: &str, body: &JsonMap) {
        let mut map = body.clone();
        map.shift_insert(0, "type".to_owned(), Value::String(kind.to_owned()));
        self.message.parts.push(Part::from_map(map));
    }

    fn put_data(&mut self, chunk: &DataChunk) {
        if chunk.transient == Some(true) {
            return;
        }
        let name = chunk.r#type.name();
        let same = self.message.parts.iter_mut().find_map(|part| match part {
            Part::Data(data) if data.name == name && data.id.is_some() && data.id == chunk.id => Some(data),
            _ => None,
        });
        if let Some(part) = same {
            part.data.clone_from(&chunk.data);
            return;
        }
        let mut extra = chunk.extra.clone();
        if let Some(transient) = chunk.transient {
            extra.insert("transient".to_owned(), Value::Bool(transient));
        }
        let part = DataPart { name: name.to_owned(), id: chunk.id.clone(), data: chunk.data.clone(), extra };
        self.message.parts.push(Part::Data(part));
    }
}

/// Opens a block; a block of the same id that is still open is lost to later deltas, as in the SDK.
fn open(active: &mut Vec<(String, usize)>, id: &str, at: usize) {
    active.retain(|(open, _)| open != id);
    active.push((id.to_owned(), at));
}

/// Provider metadata that is there and not `null`.
fn given(metadata: Option<&Value>) -> Option<Value> {
    metadata.filter(|metadata| !metadata.is_null()).cloned()
}

fn replace_if_given(slot: &mut Option<Value>, metadata: Option<&Value>) {
    if let Some(metadata) = given(metadata) {
        *slot = Some(metadata);
    }
}

fn new_tool(call: &ToolCallChunk, dynamic: bool, state: ToolState) -> ToolPart {
    ToolPart {
        tool: Tool::new(&call.tool_name, dynamic),
        tool_call_id: call.tool_call_id.clone(),
        state,
        title: None,
        tool_metadata: None,
        provider_executed: None,
        input: None,
        raw_input: None,
        output: None,
        error_text: None,
        preliminary: None,
        approval: None,
        call_provider_metadata: None,
        result_provider_metadata: None,
        extra: JsonMap::new(),
    }
}

fn approval(
    id: &str,
    approved: Option<bool>,
    reason: Option<&str>,
    is_automatic: Option<bool>,
    signature: Option<&str>,
) -> JsonMap {
    let mut map = JsonMap::new();
    map.insert("id".to_owned(), id.into());
    if let Some(approved) = approved {
        map.insert("approved".to_owned(), approved.into());
    }
    if let Some(reason) = reason {
        map.insert("reason".to_owned(), reason.into());
    }
    if is_automatic == Some(true) {
        map.insert("isAutomatic".to_owned(), true.into());
    }
    if let Some(signature) = signature {
        map.insert("signature".to_owned(), signature.into());
    }
    map
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(chunks: &[Value], expected_parts: &Value) {
        let mut reducer = Reducer::new("m");
        for chunk in chunks {
            reducer.apply(&serde_json::from_value(chunk.clone()).expect("a chunk")).expect("accepted");
        }
        assert_eq!(&serde_json::to_value(&reducer.message().parts).unwrap(), expected_parts);
    }

    #[track_caller]
    fn check_refused(chunks: &[Value], error: ReduceError) {
        let mut reducer = Reducer::new("m");
        let results: Vec<_> =
            chunks.iter().map(|chunk| reducer.apply(&serde_json::from_value(chunk.clone()).unwrap())).collect();
        assert_eq!(results.last(), Some(&Err(error)));
    }

    #[test]
    fn a_text_block_grows_and_is_done_at_its_end() {
        check(
            &[
                json!({"type": "text-start", "id": "0"}),
                json!({"type": "text-delta", "id": "0", "delta": "a"}),
                json!({"type": "text-delta", "id": "0", "delta": "b", "providerMetadata": {"p": {"k": 1}}}),
                json!({"type": "text-end", "id": "0"}),
            ],
            &json!([{"type": "text", "text": "ab", "state": "done", "providerMetadata": {"p": {"k": 1}}}]),
        );
    }

    #[test]
    fn finish_step_forgets_open_blocks_but_does_not_close_them() {
        check(
            &[json!({"type": "text-start", "id": "0"}), json!({"type": "finish-step"}), json!({"type": "finish"})],
            &json!([{"type": "text", "text": "", "state": "streaming"}]),
        );
        check_refused(
            &[
                json!({"type": "text-start", "id": "0"}),
                json!({"type": "finish-step"}),
                json!({"type": "text-delta", "id": "0", "delta": "x"}),
            ],
            ReduceError::UnknownText,
        );
    }

    #[test]
    fn tool_input_streams_as_partial_json() {
        check(
            &[
                json!({"type": "tool-input-start", "toolCallId": "c", "toolName": "w"}),
                json!({"type": "tool-input-delta", "toolCallId": "c", "inputTextDelta": "{\"city\":\"Os"}),
            ],
            &json!([{"type": "tool-w", "toolCallId": "c", "state": "input-streaming", "input": {"city": "Os"}}]),
        );
    }

    #[test]
    fn an_output_finds_its_call_in_the_current_step_first() {
        check(
            &[
                json!({"type": "start-step"}),
                json!({"type": "tool-input-available", "toolCallId": "c", "toolName": "w", "input": 1, "dynamic": true}),
                json!({"type": "start-step"}),
                json!({"type": "tool-input-available", "toolCallId": "c", "toolName": "w", "input": 2, "dynamic": true}),
                json!({"type": "tool-output-available", "toolCallId": "c", "output": "two"}),
            ],
            &json!([
                {"type": "step-start"},
                {"type": "dynamic-tool", "toolName": "w", "toolCallId": "c", "state": "input-available", "input": 1},
                {"type": "step-start"},
                {"type": "dynamic-tool", "toolName": "w", "toolCallId": "c", "state": "output-available", "input": 2, "output": "two"},
            ]),
        );
    }

    #[test]
    fn reset_step_drops_the_current_step_only() {
        check(
            &[
                json!({"type": "start-step"}),
                json!({"type": "text-start", "id": "0"}),
                json!({"type": "start-step"}),
                json!({"type": "text-start", "id": "1"}),
                json!({"type": "reset-step"}),
            ],
            &json!([{"type": "step-start"}, {"type": "text", "text": "", "state": "streaming"}, {"type": "step-start"}]),
        );
    }

    #[test]
    fn approval_keeps_its_signature_through_the_response() {
        check(
            &[
                json!({"type": "tool-input-available", "toolCallId": "c", "toolName": "w", "input": {}}),
                json!({"type": "tool-approval-request", "approvalId": "a", "toolCallId": "c", "signature": "s"}),
                json!({"type": "tool-approval-response", "approvalId": "a", "approved": true}),
            ],
            &json!([{"type": "tool-w", "toolCallId": "c", "state": "approval-responded", "input": {},
                     "approval": {"id": "a", "approved": true, "signature": "s"}}]),
        );
    }

    #[test]
    fn data_with_an_id_is_replaced_and_transient_data_is_not_kept() {
        check(
            &[
                json!({"type": "data-x", "id": "1", "data": 1}),
                json!({"type": "data-x", "id": "1", "data": 2}),
                json!({"type": "data-x", "data": 3}),
                json!({"type": "data-x", "data": 4, "transient": true}),
            ],
            &json!([{"type": "data-x", "id": "1", "data": 2}, {"type": "data-x", "data": 3}]),
        );
    }

    #[test]
    fn a_reference_to_nothing_is_refused_and_changes_nothing() {
        check_refused(&[json!({"type": "text-delta", "id": "9", "delta": "x"})], ReduceError::UnknownText);
        check_refused(&[json!({"type": "reasoning-end", "id": "9"})], ReduceError::UnknownReasoning);
        check_refused(
            &[json!({"type": "tool-output-available", "toolCallId": "9", "output": 1})],
            ReduceError::UnknownToolCall,
        );
        check_refused(
            &[json!({"type": "tool-input-delta", "toolCallId": "9", "inputTextDelta": "x"})],
            ReduceError::UnknownToolInput,
        );
        check_refused(
            &[json!({"type": "tool-approval-response", "approvalId": "9", "approved": true})],
            ReduceError::UnknownApproval,
        );
    }
}
