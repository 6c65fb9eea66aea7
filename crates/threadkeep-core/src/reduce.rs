//! The reducer: folds chunks into the message that an AI SDK client builds from the same stream.
//!
//! Source: `packages/ai/src/ui/process-ui-message-stream.ts` in vercel/ai, followed rule by rule as
//! `readUIMessageStream` of each major uses it.

mod metadata;
mod tool;

use crate::bridge::BlockKind;
use crate::chunk::{BlockChunk, DataChunk, DeltaChunk, ToolCallChunk, UiMessageChunk};
use crate::json::JsonMap;
use crate::message::{Role, UiMessage};
use crate::part::{DataPart, Part, ReasoningPart, StreamState, TextPart};
use crate::target::Target;
use serde_json::Value;
use std::fmt;

/// A message under construction. Chunks go in by [`Reducer::apply`]; the message can be read at any time.
#[derive(Debug, Clone)]
pub struct Reducer {
    target: Target,
    message: UiMessage,
    /// Open text blocks: chunk id and index of the part. Seldom more than one.
    active_texts: Vec<(String, usize)>,
    active_reasonings: Vec<(String, usize)>,
    partial_calls: Vec<PartialCall>,
    apply_other: ApplyOther,
}

/// Applies the chunks that the bridge never sends.
type ApplyOther = fn(&mut Reducer, &UiMessageChunk) -> Result<(), ReduceError>;

/// A tool call whose input still streams.
#[derive(Debug, Clone)]
struct PartialCall {
    text: String,
    call: ToolCallChunk,
}

/// A chunk that refers to something that is not there, or cannot be applied. The AI SDK throws for each of these; the
/// message is left as it was.
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
    /// Metadata for a message whose metadata is a plain value: there is nothing to merge into.
    InvalidMetadata,
}

impl ReduceError {
    /// `invalid_reference` or `invalid_metadata`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::UnknownText
            | Self::UnknownReasoning
            | Self::UnknownToolCall
            | Self::UnknownToolInput
            | Self::UnknownApproval => "invalid_reference",
            Self::InvalidMetadata => "invalid_metadata",
        }
    }
}

impl fmt::Display for ReduceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnknownText => "no text block with that id is open",
            Self::UnknownReasoning => "no reasoning block with that id is open",
            Self::UnknownToolCall => "no tool call with that id",
            Self::UnknownToolInput => "no tool input with that id is streaming",
            Self::UnknownApproval => "no approval with that id",
            Self::InvalidMetadata => "the metadata so far is no object",
        })
    }
}

impl std::error::Error for ReduceError {}

impl Reducer {
    /// Starts from an empty assistant message.
    #[must_use]
    pub fn new(message_id: impl Into<String>) -> Self {
        Self::continuing(UiMessage::new(message_id, Role::Assistant), Target::default())
    }

    /// For the bridge's chunks alone: what no run sends need not be in a program that folds runs.
    pub(crate) fn of_run(message_id: &str) -> Self {
        Self::with(UiMessage::new(message_id, Role::Assistant), Target::default(), |_, _| Ok(()))
    }

    /// Goes on with an assistant message that is already there, as a client of `target` does. From a message of another
    /// role only the id is taken.
    #[must_use]
    pub fn continuing(message: UiMessage, target: Target) -> Self {
        let message =
            if message.role == Role::Assistant { message } else { UiMessage::new(message.id, Role::Assistant) };
        let partial_calls = tool::partial_calls(&message, target);
        Self { partial_calls, ..Self::with(message, target, Self::apply_other) }
    }

    fn with(message: UiMessage, target: Target, apply_other: ApplyOther) -> Self {
        Self {
            target,
            message,
            active_texts: Vec::new(),
            active_reasonings: Vec::new(),
            partial_calls: Vec::new(),
            apply_other,
        }
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
                self.start(message_id.as_deref());
                self.merge_metadata(message_metadata.as_ref())?;
            }
            UiMessageChunk::Finish { message_metadata, .. } => self.merge_metadata(message_metadata.as_ref())?,
            UiMessageChunk::MessageMetadata { message_metadata } => self.merge_metadata(message_metadata.as_ref())?,
            UiMessageChunk::Abort { .. } | UiMessageChunk::Error { .. } => {}
            UiMessageChunk::StartStep => self.message.parts.push(Part::StepStart(JsonMap::new())),
            UiMessageChunk::FinishStep => self.finish_step(),
            UiMessageChunk::TextStart(block) => self.start_text(block),
            UiMessageChunk::TextDelta(delta) => self.append_text(delta)?,
            UiMessageChunk::TextEnd(block) => self.end_text(block)?,
            UiMessageChunk::ReasoningStart(block) => self.start_reasoning(block),
            UiMessageChunk::ReasoningDelta(delta) => self.append_reasoning(delta)?,
            UiMessageChunk::ReasoningEnd(block) => self.end_reasoning(block)?,
            UiMessageChunk::ToolInputStart(call) => self.start_tool_input(call),
            UiMessageChunk::ToolInputAvailable(call) => self.end_tool_input(call),
            UiMessageChunk::ToolOutputAvailable(output) => self.end_tool(output)?,
            UiMessageChunk::ToolOutputError(output) => self.fail_tool(output)?,
            // Transient, as all data of the bridge: not kept.
            UiMessageChunk::Data(data) if data.transient == Some(true) => {}
            UiMessageChunk::Data(_)
            | UiMessageChunk::ResetStep
            | UiMessageChunk::ToolInputDelta { .. }
            | UiMessageChunk::ToolInputError(_)
            | UiMessageChunk::ToolApprovalRequest(_)
            | UiMessageChunk::ToolApprovalResponse(_)
            | UiMessageChunk::ToolOutputDenied { .. }
            | UiMessageChunk::SourceUrl(_)
            | UiMessageChunk::SourceDocument(_)
            | UiMessageChunk::File(_)
            | UiMessageChunk::ReasoningFile(_)
            | UiMessageChunk::Custom(_)
            | UiMessageChunk::SteeringMessage(_) => (self.apply_other)(self, chunk)?,
        }
        Ok(())
    }

    fn apply_other(&mut self, chunk: &UiMessageChunk) -> Result<(), ReduceError> {
        match chunk {
            UiMessageChunk::ResetStep => self.reset_step(),
            UiMessageChunk::ToolInputDelta { tool_call_id, input_text_delta } => {
                self.append_tool_input(tool_call_id, input_text_delta)?;
            }
            UiMessageChunk::ToolInputError(call) => self.fail_tool_input(call),
            UiMessageChunk::ToolApprovalRequest(request) => self.request_approval(request)?,
            UiMessageChunk::ToolApprovalResponse(response) => self.respond_to_approval(response)?,
            UiMessageChunk::ToolOutputDenied { tool_call_id } => self.deny_tool(tool_call_id)?,
            UiMessageChunk::SourceUrl(body) => self.push_as("source-url", body),
            UiMessageChunk::SourceDocument(body) => self.push_as("source-document", body),
            UiMessageChunk::File(body) => self.push_as("file", body),
            UiMessageChunk::ReasoningFile(body) => self.push_as("reasoning-file", body),
            UiMessageChunk::Custom(body) => self.push_as("custom", body),
            UiMessageChunk::SteeringMessage(body) => self.push_as("steering-message", body),
            UiMessageChunk::Data(data) => self.put_data(data),
            // Applied by `apply` itself.
            _ => {}
        }
        Ok(())
    }

    /// Applies a delta without provider metadata; nothing happens when the block is not open.
    #[inline(always)]
    pub(crate) fn extend(&mut self, kind: BlockKind, id: &str, delta: &str) {
        let text = match kind {
            BlockKind::Text => self.active_text(id).map(|part| &mut part.text),
            BlockKind::Reasoning => self.active_reasoning(id).map(|part| &mut part.text),
        };
        if let Some(text) = text {
            text.push_str(delta);
        }
    }

    /// Another id is another message: what was built so far belonged to the one before.
    fn start(&mut self, message_id: Option<&str>) {
        if let Some(id) = message_id.filter(|id| *id != self.message.id) {
            *self = Self::with(UiMessage::new(id, Role::Assistant), self.target, self.apply_other);
        }
    }

    fn merge_metadata(&mut self, metadata: Option<&Value>) -> Result<(), ReduceError> {
        let Some(metadata) = metadata.filter(|metadata| !metadata.is_null()) else { return Ok(()) };
        metadata::merge(&mut self.message.metadata, metadata)
    }

    /// Since v7 a step may end while a block of another stream is open.
    fn finish_step(&mut self) {
        if self.target < Target::Ai7 {
            self.close_blocks();
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
        step_start(&self.message)
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
        if let Some(citations) = given(block.citations.as_ref()) {
            part.extra.insert("citations".to_owned(), citations);
        }
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

    fn push_as(&mut self, kind: &str, body: &JsonMap) {
        let mut map = body.clone();
        map.shift_insert(0, "type".to_owned(), Value::String(kind.to_owned()));
        let mut part = Part::from_map(map);
        // v5 keeps no metadata of a file.
        if let (Part::File(file), Target::Ai5) = (&mut part, self.target) {
            file.provider_metadata = None;
        }
        self.message.parts.push(part);
    }

    fn put_data(&mut self, chunk: &DataChunk) {
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

/// Index of the first part of the current step.
fn step_start(message: &UiMessage) -> usize {
    message.parts.iter().rposition(|part| matches!(part, Part::StepStart(_))).map_or(0, |at| at + 1)
}

/// Opens a block; a block of the same id that is still open is lost to later deltas, as in the SDK.
fn open(active: &mut Vec<(String, usize)>, id: &str, at: usize) {
    active.retain(|(open, _)| open != id);
    active.push((id.to_owned(), at));
}

/// A value that is there and not `null`.
fn given(value: Option<&Value>) -> Option<Value> {
    value.filter(|value| !value.is_null()).cloned()
}

fn replace_if_given(slot: &mut Option<Value>, value: Option<&Value>) {
    if let Some(value) = given(value) {
        *slot = Some(value);
    }
}

#[cfg(test)]
mod tests;
