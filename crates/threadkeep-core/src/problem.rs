//! Problems: what was wrong with an event, as data. A problem never ends a stream.

use serde::Serialize;

/// One problem of a run. It names a kind and a place, never a value: an event may hold anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Problem {
    pub code: ProblemCode,
    /// The event it was seen at, counted from 0.
    pub event: u64,
}

/// Stable codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ProblemCode {
    /// Not JSON, or not the shape of its type.
    MalformedEvent,
    /// A type that this version does not know.
    UnknownEvent,
    /// A tool result for a call that was never started.
    UnknownToolCall,
    /// A second start of one call.
    DuplicateToolCall,
    /// A second result of one call.
    DuplicateToolResult,
    /// Anything but a usage report after the run had ended.
    EventAfterEnd,
    /// The text of `assistant_final` is not what was streamed: it is stored in the place of the streamed text.
    FinalTextDiffers,
    /// The reply passed a limit; what came after was left out.
    ReplyTooLarge,
}
