//! The bridge: turns an executor's events into the AI SDK's chunks.
//!
//! It emits what every client since `ai@5.0.0` accepts and nothing else: no unknown field on a known chunk, no unknown
//! type; `finishReason` therefore travels in the message metadata. Its own words never leave the server.

use crate::chunk::{BlockChunk, DataChunk, DataType, DeltaChunk, ToolCallChunk, ToolOutputChunk, UiMessageChunk};
use crate::error::public_error_text;
use crate::event::AiEvent;
use crate::json::{JsonMap, digestible};
use crate::problem::ProblemCode;
use serde_json::{Value, json};

/// Most parts that one reply may have: a run that loops must end somewhere, and clients render every part.
pub const MAX_REPLY_PARTS: usize = 10_000;

/// Most bytes of text, tool calls and tool output in one reply. An isolate has 128 MB, and the reply is held in it as
/// a message, as JSON to store and as JSON to send.
pub const MAX_REPLY_BYTES: usize = 16 * 1024 * 1024;

/// Most bytes of the `usage` of a `done` event: a handful of counters that travels with every message.
pub const MAX_USAGE_BYTES: usize = 16 * 1024;

/// What a tool call that never got its result is given when the run ends.
pub const INTERRUPTED: &str = "interrupted";

/// Turns events into chunks, one at a time.
#[derive(Debug, Default)]
pub struct Bridge {
    open: Option<Block>,
    blocks: usize,
    calls: Vec<Call>,
    /// A result has come back in the open step: the next thing that the model says belongs to a new one.
    results_in_step: bool,
    ended: Option<Ended>,
    /// Text of the whole reply, and where the text of its last step with text starts: for reconciliation.
    text: String,
    step_text_start: usize,
    /// Text has come since the last result.
    step_has_text: bool,
    replacement: Option<Replacement>,
    bytes: usize,
    /// Parts beside the first step mark, which is there from the start.
    parts: usize,
    full: bool,
}

/// How far an `assistant_final` that differed reaches.
#[derive(Debug)]
struct Replacement {
    /// Its text is the first so many bytes of the reply's.
    bytes: usize,
    /// It stands for the text of the first so many blocks.
    blocks: usize,
}

#[derive(Debug)]
struct Block {
    kind: BlockKind,
    id: String,
}

/// What a block, and so a delta, is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockKind {
    Text,
    Reasoning,
}

#[derive(Debug)]
struct Call {
    id: String,
    pending: bool,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    Done,
    Failed,
    Aborted,
}

/// What became of one event.
#[derive(Debug, Default, PartialEq)]
pub struct Bridged {
    pub chunks: Vec<UiMessageChunk>,
    /// The fact of a `usage_report`: for the caller's usage hook, never for the client.
    pub usage: Option<Value>,
    pub problem: Option<ProblemCode>,
}

impl Bridge {
    /// The chunks that open the stream.
    #[must_use]
    pub fn start(message_id: &str, metadata: Option<Value>) -> [UiMessageChunk; 2] {
        [
            UiMessageChunk::Start { message_id: Some(message_id.to_owned()), message_metadata: metadata },
            UiMessageChunk::StartStep,
        ]
    }

    /// Turns one event into chunks; what does not fit is a problem, never the end of the stream.
    pub fn push(&mut self, event: AiEvent) -> Bridged {
        let mut out = Bridged::default();
        if let AiEvent::UsageReport { fact } = event {
            out.usage = Some(fact);
            return out;
        }
        if self.ended.is_some() {
            out.problem = Some(ProblemCode::EventAfterEnd);
            return out;
        }
        match event {
            AiEvent::TextDelta { delta } => self.delta(BlockKind::Text, delta, &mut out),
            AiEvent::ReasoningDelta { delta } => self.delta(BlockKind::Reasoning, delta, &mut out),
            AiEvent::ToolCallStart { tool_call_id, tool_name, args } => {
                self.start_call(tool_call_id, tool_name, digestible(args), &mut out);
            }
            AiEvent::ToolCallResult { tool_call_id, result, is_error } => {
                self.end_call(tool_call_id, digestible(result), is_error == Some(true), &mut out);
            }
            AiEvent::AssistantFinal { content } => self.reconcile(content, &mut out),
            AiEvent::Status { phase, label } => out.chunks.push(status(&phase, label)),
            AiEvent::Done { usage, finish_reason } => self.finish(usage, finish_reason, &mut out),
            AiEvent::Error { error } => self.fail(&error, &mut out.chunks),
            AiEvent::UsageReport { .. } => {}
        }
        out
    }

    /// Adds a delta to the open block and gives the block's id, when one chunk is all that would come of it; `None`, and
    /// nothing is done, when [`Bridge::push`] has more to say.
    #[inline(always)]
    pub(crate) fn extend(&mut self, kind: BlockKind, delta: &str) -> Option<&str> {
        let block = self.open.as_ref().filter(|block| block.kind == kind)?;
        if self.results_in_step || delta.is_empty() || delta.len() > self.room() {
            return None;
        }
        self.bytes += delta.len();
        if kind == BlockKind::Text {
            self.text.push_str(delta);
        }
        Some(&block.id)
    }

    /// How many bytes of text can come with no other result than that text. 0 when the run has ended, or is about to
    /// meet another limit.
    #[inline(always)]
    pub(crate) fn room(&self) -> usize {
        // A delta opens a step and a block at most.
        let closed = self.ended.is_some() || self.full || self.parts + 2 >= MAX_REPLY_PARTS;
        if closed { 0 } else { MAX_REPLY_BYTES - self.bytes }
    }

    /// Ends a run that stopped without `done` or `error`; nothing when it had ended.
    pub fn abort(&mut self) -> Vec<UiMessageChunk> {
        let mut chunks = Vec::new();
        if self.ended.is_none() {
            self.ended = Some(Ended::Aborted);
            self.settle(&mut chunks);
            chunks.push(UiMessageChunk::FinishStep);
            // Status before `abort`: a client may stop reading there.
            chunks.push(UiMessageChunk::MessageMetadata { message_metadata: Some(json!({"status": "aborted"})) });
            chunks.push(UiMessageChunk::Abort { reason: None });
        }
        chunks
    }

    /// How the run ended, once it has.
    #[must_use]
    pub fn ended(&self) -> Option<Ended> {
        self.ended
    }

    /// When an `assistant_final` differed from what was streamed: the text to store, and how many blocks (text and
    /// reasoning, from the first) it stands for. Text that came after it is not among them.
    #[must_use]
    pub fn replacement(&self) -> Option<(&str, usize)> {
        let Replacement { bytes, blocks } = self.replacement.as_ref()?;
        Some((self.text.get(..*bytes)?, *blocks))
    }

    fn delta(&mut self, kind: BlockKind, delta: String, out: &mut Bridged) {
        let opens = self.open.as_ref().is_none_or(|block| block.kind != kind);
        let parts = usize::from(opens) + usize::from(self.results_in_step);
        if delta.is_empty() || !self.admit(delta.len(), parts, out) {
            return;
        }
        self.open_step_after_results(&mut out.chunks);
        let id = self.open_block(kind, &mut out.chunks);
        if kind == BlockKind::Text {
            if !self.step_has_text {
                self.step_has_text = true;
                self.step_text_start = self.text.len();
            }
            self.text.push_str(&delta);
        }
        out.chunks.push(kind.delta(DeltaChunk { id, delta, provider_metadata: None }));
    }

    fn start_call(&mut self, id: String, name: String, args: Value, out: &mut Bridged) {
        if self.calls.iter().any(|call| call.id == id) {
            out.problem = Some(ProblemCode::DuplicateToolCall);
            return;
        }
        if !self.admit(id.len() + name.len() + size(&args), 1 + usize::from(self.results_in_step), out) {
            return;
        }
        self.close_block(&mut out.chunks);
        self.open_step_after_results(&mut out.chunks);
        self.calls.push(Call { id: id.clone(), pending: true });
        let call = ToolCallChunk { tool_call_id: id, tool_name: name, dynamic: Some(true), ..ToolCallChunk::default() };
        out.chunks.push(UiMessageChunk::ToolInputStart(call.clone()));
        out.chunks.push(UiMessageChunk::ToolInputAvailable(ToolCallChunk { input: Some(args), ..call }));
    }

    fn end_call(&mut self, id: String, result: Value, is_error: bool, out: &mut Bridged) {
        let problem = match self.calls.iter().find(|call| call.id == id) {
            None => Some(ProblemCode::UnknownToolCall),
            Some(call) if !call.pending => Some(ProblemCode::DuplicateToolResult),
            Some(_) => None,
        };
        if problem.is_some() {
            out.problem = problem;
            return;
        }
        // A result that is too large leaves its call pending: it ends as interrupted, and the model sees no torso.
        if !self.admit(size(&result), 0, out) {
            return;
        }
        self.close_block(&mut out.chunks);
        for call in &mut self.calls {
            call.pending &= call.id != id;
        }
        self.results_in_step = true;
        self.step_has_text = false;
        out.chunks.push(if is_error { output_error(id, error_text(result)) } else { output_available(id, result) });
    }

    /// Compares the streamed text with the executor's own: of the whole reply, or of its last step, since executors
    /// differ in what they call final. When nothing was said since the last result, `content` is that step's text.
    fn reconcile(&mut self, content: String, out: &mut Bridged) {
        let step_text = self.text.get(self.step_text_start..).unwrap_or_default();
        if content.is_empty() || content == self.text || content == step_text {
            return;
        }
        let said = if self.step_has_text { step_text } else { "" };
        let rest = content.strip_prefix(self.text.as_str()).or_else(|| content.strip_prefix(said));
        match rest {
            Some(rest) => self.delta(BlockKind::Text, rest.to_owned(), out),
            None => self.replace(content, out),
        }
    }

    /// Takes `content` for everything that was said so far. What is said from now on stands in blocks of its own.
    fn replace(&mut self, content: String, out: &mut Bridged) {
        if !self.admit(content.len().saturating_sub(self.text.len()), 0, out) {
            return;
        }
        out.problem = Some(ProblemCode::FinalTextDiffers);
        self.close_block(&mut out.chunks);
        self.replacement = Some(Replacement { bytes: content.len(), blocks: self.blocks });
        self.text = content;
        self.step_text_start = 0;
    }

    fn finish(&mut self, usage: Option<Value>, finish_reason: Option<String>, out: &mut Bridged) {
        self.ended = Some(Ended::Done);
        self.settle(&mut out.chunks);
        let mut metadata = JsonMap::new();
        if let Some(reason) = finish_reason {
            metadata.insert("finishReason".to_owned(), normal_finish_reason(&reason).into());
        }
        match usage.filter(|usage| !usage.is_null()) {
            Some(usage) if size(&usage) > MAX_USAGE_BYTES => out.problem = Some(ProblemCode::ReplyTooLarge),
            Some(usage) => drop(metadata.insert("usage".to_owned(), digestible(usage))),
            None => {}
        }
        let message_metadata = (!metadata.is_empty()).then_some(Value::Object(metadata));
        out.chunks.push(UiMessageChunk::FinishStep);
        out.chunks.push(UiMessageChunk::Finish { finish_reason: None, message_metadata });
    }

    /// The `error` chunk comes last: a stock client stops reading there, and must by then have built what is stored.
    fn fail(&mut self, code: &str, chunks: &mut Vec<UiMessageChunk>) {
        self.ended = Some(Ended::Failed);
        self.settle(chunks);
        chunks.push(UiMessageChunk::FinishStep);
        chunks.push(UiMessageChunk::MessageMetadata { message_metadata: Some(json!({"status": "error"})) });
        chunks.push(UiMessageChunk::Error { error_text: public_error_text(code).to_owned() });
    }

    /// Closes the open block and gives every pending call its end.
    fn settle(&mut self, chunks: &mut Vec<UiMessageChunk>) {
        self.close_block(chunks);
        for call in self.calls.iter_mut().filter(|call| call.pending) {
            call.pending = false;
            chunks.push(output_error(call.id.clone(), INTERRUPTED.to_owned()));
        }
    }

    fn open_step_after_results(&mut self, chunks: &mut Vec<UiMessageChunk>) {
        if self.results_in_step {
            self.results_in_step = false;
            chunks.extend([UiMessageChunk::FinishStep, UiMessageChunk::StartStep]);
        }
    }

    fn open_block(&mut self, kind: BlockKind, chunks: &mut Vec<UiMessageChunk>) -> String {
        if let Some(block) = self.open.as_ref().filter(|block| block.kind == kind) {
            return block.id.clone();
        }
        self.close_block(chunks);
        let id = self.blocks.to_string();
        self.blocks += 1;
        chunks.push(kind.start(BlockChunk { id: id.clone(), ..BlockChunk::default() }));
        self.open = Some(Block { kind, id: id.clone() });
        id
    }

    fn close_block(&mut self, chunks: &mut Vec<UiMessageChunk>) {
        if let Some(block) = self.open.take() {
            chunks.push(block.kind.end(BlockChunk { id: block.id, ..BlockChunk::default() }));
        }
    }

    /// Whether there is room for so many more bytes and parts; reported once when there is not.
    fn admit(&mut self, bytes: usize, parts: usize, out: &mut Bridged) -> bool {
        let fits = !self.full && self.bytes + bytes <= MAX_REPLY_BYTES && self.parts + parts < MAX_REPLY_PARTS;
        if fits {
            self.bytes += bytes;
            self.parts += parts;
        } else if !self.full {
            self.full = true;
            out.problem = Some(ProblemCode::ReplyTooLarge);
        }
        fits
    }
}

impl BlockKind {
    fn start(self, block: BlockChunk) -> UiMessageChunk {
        match self {
            Self::Text => UiMessageChunk::TextStart(block),
            Self::Reasoning => UiMessageChunk::ReasoningStart(block),
        }
    }

    fn delta(self, delta: DeltaChunk) -> UiMessageChunk {
        match self {
            Self::Text => UiMessageChunk::TextDelta(delta),
            Self::Reasoning => UiMessageChunk::ReasoningDelta(delta),
        }
    }

    fn end(self, block: BlockChunk) -> UiMessageChunk {
        match self {
            Self::Text => UiMessageChunk::TextEnd(block),
            Self::Reasoning => UiMessageChunk::ReasoningEnd(block),
        }
    }
}

fn status(phase: &str, label: Option<String>) -> UiMessageChunk {
    let mut data = JsonMap::new();
    data.insert("phase".to_owned(), phase.into());
    if let Some(label) = label {
        data.insert("label".to_owned(), label.into());
    }
    UiMessageChunk::Data(DataChunk {
        r#type: DataType::new("status"),
        id: None,
        data: Some(Value::Object(data)),
        transient: Some(true),
        extra: JsonMap::new(),
    })
}

fn output_available(tool_call_id: String, output: Value) -> UiMessageChunk {
    UiMessageChunk::ToolOutputAvailable(ToolOutputChunk {
        tool_call_id,
        output: Some(output),
        dynamic: Some(true),
        ..ToolOutputChunk::default()
    })
}

fn output_error(tool_call_id: String, error_text: String) -> UiMessageChunk {
    UiMessageChunk::ToolOutputError(ToolOutputChunk {
        tool_call_id,
        error_text: Some(error_text),
        dynamic: Some(true),
        ..ToolOutputChunk::default()
    })
}

/// A failed tool's result as text: a string as it is, anything else as JSON.
fn error_text(result: Value) -> String {
    if let Value::String(text) = result { text } else { result.to_string() }
}

/// The SDK's finish reasons; chat-completions servers write them with underscores.
fn normal_finish_reason(reason: &str) -> &'static str {
    match reason {
        "stop" => "stop",
        "length" | "max_tokens" => "length",
        "content-filter" | "content_filter" => "content-filter",
        "tool-calls" | "tool_calls" | "function_call" => "tool-calls",
        "error" => "error",
        _ => "other",
    }
}

/// Roughly the bytes of a value as JSON, and cheap. Nothing is free, not even an empty array: a limit has to hold.
fn size(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) => 4,
        // What the longest ones have: a limit is to err on the side of memory.
        Value::Number(_) => 16,
        Value::String(text) => 2 + text.len(),
        Value::Array(items) => 2 + items.iter().map(size).sum::<usize>(),
        Value::Object(map) => 2 + map.iter().map(|(key, value)| 2 + key.len() + size(value)).sum::<usize>(),
    }
}

#[cfg(test)]
mod tests;
