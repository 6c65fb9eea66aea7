//! The accumulator: bridge and reducer in one. What it gives in the end is, by construction, the message that a stock
//! AI SDK client built from the chunks it gave on the way.

use crate::bridge::{BlockKind, Bridge, Ended};
use crate::chunk::UiMessageChunk;
use crate::event::AiEvent;
use crate::event_reader::EventReader;
use crate::frame::{self, FrameDecoder, FrameRef, Framing};
use crate::json::digestible;
use crate::message::UiMessage;
use crate::part::{Part, StreamState, TextPart};
use crate::problem::{Problem, ProblemCode};
use crate::reduce::Reducer;
use serde::Serialize;
use serde_json::Value;
use std::borrow::Cow;

/// Folds one run's events into chunks and a message.
///
/// ```
/// use threadkeep_core::{Accumulator, AiEvent};
///
/// let mut run = Accumulator::new("msg_1", None);
/// let opening = run.start(); // `start` and `start-step`, to be sent first
/// let pushed = run.push(AiEvent::TextDelta { delta: "Hello".into() });
/// assert_eq!(pushed.chunks.len(), 2); // `text-start`, `text-delta`
/// run.push(AiEvent::Done { usage: None, finish_reason: Some("stop".into()) });
/// let message = run.finish().message.expect("there was text");
/// assert_eq!(message.texts().collect::<String>(), "Hello");
/// # assert_eq!(opening.len(), 2);
/// ```
#[derive(Debug)]
pub struct Accumulator {
    frames: FrameDecoder,
    reader: EventReader,
    bridge: Bridge,
    reducer: Reducer,
    opening: Option<[UiMessageChunk; 2]>,
    events: u64,
    problems: Vec<Problem>,
}

/// Most problems that are kept of one run: a broken executor can make one per event, and the first ones tell why.
pub const MAX_PROBLEMS: usize = 100;

/// What became of one event.
#[derive(Debug, Default, PartialEq, Serialize)]
pub struct Pushed {
    /// To be sent, in this order.
    pub chunks: Vec<UiMessageChunk>,
    /// The fact of a `usage_report`, for the usage hook.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
}

/// How a run that did not say so itself has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Ending {
    Done,
    Failed,
    Aborted,
}

/// A run at its end.
#[derive(Debug, Serialize)]
pub struct Finished {
    /// The last chunks, to be sent; none when the run had ended by an event.
    pub chunks: Vec<UiMessageChunk>,
    /// The message to store; `None` when the run said nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<UiMessage>,
    pub ending: Ending,
    /// Facts of `usage_report`s in bytes that came by [`Accumulator::push_bytes`] without an end of line behind them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub usage: Vec<Value>,
    pub problems: Vec<Problem>,
}

impl Accumulator {
    /// Starts a run. `metadata` goes into the `start` chunk and so into the message. Only an object does: a client could
    /// not merge the metadata of the end into anything else, and would fail.
    #[must_use]
    pub fn new(message_id: &str, metadata: Option<Value>) -> Self {
        let metadata = metadata.map(digestible).filter(Value::is_object);
        Self {
            frames: FrameDecoder::new(Framing::Ndjson),
            reader: EventReader::default(),
            bridge: Bridge::default(),
            reducer: Reducer::of_run(message_id),
            opening: Some(Bridge::start(message_id, metadata)),
            events: 0,
            problems: Vec::new(),
        }
    }

    /// How the bytes that come by [`Accumulator::push_bytes`] are framed, when not by lines.
    #[must_use]
    pub fn framed(mut self, framing: Framing) -> Self {
        self.frames = FrameDecoder::new(framing);
        self
    }

    /// The chunks that open the stream, the first time; [`Accumulator::push`] gives them when nobody asked before.
    pub fn start(&mut self) -> Vec<UiMessageChunk> {
        let opening: Vec<_> = self.opening.take().into_iter().flatten().collect();
        self.reduce(&opening);
        opening
    }

    /// Takes one event.
    pub fn push(&mut self, event: AiEvent) -> Pushed {
        let mut chunks = self.start();
        let bridged = self.bridge.push(event);
        self.reduce(&bridged.chunks);
        chunks.extend(bridged.chunks);
        let problem = bridged.problem.map(|code| self.report(code));
        self.events += 1;
        Pushed { chunks, usage: bridged.usage, problem }
    }

    /// Takes one event as JSON text; what is no event is a problem. A letter cut between two deltas is whole again.
    pub fn push_json(&mut self, json: &[u8]) -> Pushed {
        let text = std::str::from_utf8(json).map_err(|_| ProblemCode::MalformedEvent);
        match text.and_then(|text| self.reader.read(text)) {
            Ok(event) => self.push(event),
            Err(code) => Pushed { problem: Some(self.skip(code)), ..Pushed::default() },
        }
    }

    /// Takes bytes of the executor's stream as they come, for a caller that only wants what comes of them in the end.
    /// Gives the facts of the `usage_report`s in them.
    pub fn push_bytes(&mut self, bytes: &[u8]) -> Vec<Value> {
        let mut usage = Vec::new();
        let mut frames = std::mem::replace(&mut self.frames, FrameDecoder::new(Framing::Ndjson));
        let mut rest = bytes;
        loop {
            while let Some((kind, delta, behind)) = plain_delta(&frames, rest) {
                rest = behind;
                self.push_deltas(kind, &delta, 1);
            }
            match frames.next(&mut rest) {
                None => break,
                Some(FrameRef::Text(json)) => usage.extend(self.push_json(json.as_bytes()).usage),
                Some(FrameRef::Unreadable) => drop(self.skip(ProblemCode::MalformedEvent)),
            }
        }
        self.frames = frames;
        usage
    }

    /// Takes successive deltas of one kind as one, as `events` events. Nothing else comes of it than of each alone, as
    /// long as they are within [`Accumulator::room`].
    pub fn push_deltas(&mut self, kind: BlockKind, text: &str, events: u64) {
        self.reader.whole_delta();
        if self.opening.is_none()
            && let Some(id) = self.bridge.extend(kind, text)
        {
            self.reducer.extend(kind, id, text);
            self.events += 1;
        } else {
            drop(self.push(AiEvent::delta(kind, text.to_owned())));
        }
        self.events += events.saturating_sub(1);
    }

    /// How many bytes of deltas can come before one of them could be anything but text.
    #[must_use]
    pub fn room(&self) -> usize {
        self.bridge.room()
    }

    /// Counts an event that could not be read, and notes why.
    pub fn skip(&mut self, code: ProblemCode) -> Problem {
        let problem = self.report(code);
        self.events += 1;
        problem
    }

    /// The message so far.
    #[must_use]
    pub fn message(&self) -> &UiMessage {
        self.reducer.message()
    }

    /// What was wrong so far, at most [`MAX_PROBLEMS`].
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Whether the run has ended by an event (`done` or `error`).
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.bridge.ended().is_some()
    }

    /// Ends the run. One that stopped without `done` or `error` is closed as aborted: open blocks closed, pending tool
    /// calls failed as interrupted, metadata `status: "aborted"`.
    #[must_use]
    pub fn finish(mut self) -> Finished {
        let usage = self.push_bytes(frame::END);
        let mut chunks = if self.has_ended() { Vec::new() } else { self.start() };
        let last = self.bridge.abort();
        self.reduce(&last);
        chunks.extend(last);
        let ending = match self.bridge.ended() {
            Some(Ended::Done) => Ending::Done,
            Some(Ended::Failed) => Ending::Failed,
            Some(Ended::Aborted) | None => Ending::Aborted,
        };
        let mut message = self.reducer.into_message();
        if let Some((text, blocks)) = self.bridge.replacement() {
            replace_text(&mut message, text, blocks);
        }
        let message = message.has_content().then_some(message);
        Finished { chunks, message, ending, usage, problems: self.problems }
    }

    fn report(&mut self, code: ProblemCode) -> Problem {
        let problem = Problem { code, event: self.events };
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(problem);
        }
        problem
    }

    fn reduce(&mut self, chunks: &[UiMessageChunk]) {
        for chunk in chunks {
            // The bridge opens what it refers to: a refusal here is a bug that the property tests look for.
            let applied = self.reducer.apply(chunk);
            debug_assert!(applied.is_ok(), "the bridge emitted a chunk that the reducer refuses");
        }
    }
}

/// The delta that stands whole at the head of the bytes: framed and read without a copy, because nearly every event is
/// one.
#[inline(always)]
fn plain_delta<'b>(frames: &FrameDecoder, bytes: &'b [u8]) -> Option<(BlockKind, Cow<'b, str>, &'b [u8])> {
    let (kind, delta, behind) = EventReader::plain_delta(frames.open(bytes)?)?;
    Some((kind, delta, frames.close(behind)?))
}

/// Puts `text` where the last text part of the first `blocks` blocks stands and takes the others of them out: the
/// executor says that what was streamed is not what it meant, so none of it may stay.
fn replace_text(message: &mut UiMessage, text: &str, blocks: usize) {
    let is_block = |part: &Part| matches!(part, Part::Text(_) | Part::Reasoning(_));
    let end = message.parts.iter().enumerate().filter(|(_, part)| is_block(part)).nth(blocks).map(|(at, _)| at);
    let behind = end.map(|end| message.parts.split_off(end)).unwrap_or_default();
    let is_text = |part: &Part| matches!(part, Part::Text(_));
    if let Some(Part::Text(last)) = message.parts.iter_mut().rfind(|part| is_text(part)) {
        *last = TextPart { text: text.to_owned(), state: Some(StreamState::Done), ..TextPart::default() };
    }
    let last = message.parts.iter().rposition(is_text);
    let mut at = 0..;
    message.parts.retain(|part| at.next() == last || !is_text(part));
    message.parts.extend(behind);
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn text(delta: &str) -> AiEvent {
        AiEvent::TextDelta { delta: delta.to_owned() }
    }

    fn run(events: impl IntoIterator<Item = AiEvent>) -> Finished {
        let mut run = Accumulator::new("m", None);
        events.into_iter().for_each(|event| drop(run.push(event)));
        run.finish()
    }

    fn kinds(chunks: &[UiMessageChunk]) -> Vec<String> {
        chunks.iter().map(|chunk| serde_json::to_value(chunk).unwrap()["type"].as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn the_opening_is_given_once_by_start_or_by_the_first_event() {
        let mut run = Accumulator::new("m", Some(json!({"runId": "r"})));
        assert_eq!(
            serde_json::to_value(run.start()).unwrap(),
            json!([{"type": "start", "messageId": "m", "messageMetadata": {"runId": "r"}}, {"type": "start-step"}])
        );
        assert_eq!(run.start(), []);
        assert_eq!(kinds(&run.push(text("a")).chunks), ["text-start", "text-delta"]);

        let mut run = Accumulator::new("m", None);
        assert_eq!(run.push_json(b"no event").chunks, [], "what is no event opens nothing");
        assert_eq!(kinds(&run.push(text("a")).chunks), ["start", "start-step", "text-start", "text-delta"]);
    }

    #[test]
    fn the_message_so_far_can_be_read_at_any_time() {
        let mut run = Accumulator::new("m", None);
        assert!(!run.message().has_content());
        run.push(text("a"));
        run.push(text("b"));
        assert_eq!(run.message().texts().collect::<String>(), "ab");
        assert!(!run.has_ended());
        run.push(AiEvent::Done { usage: None, finish_reason: None });
        assert!(run.has_ended());
    }

    #[test]
    fn a_run_that_said_nothing_has_no_message_but_an_end() {
        let finished = run([]);
        assert_eq!(finished.message, None);
        assert_eq!(finished.ending, Ending::Aborted);
        assert_eq!(kinds(&finished.chunks), ["start", "start-step", "finish-step", "message-metadata", "abort"]);
    }

    #[test]
    fn a_run_that_ended_has_no_more_chunks() {
        let finished = run([text("a"), AiEvent::Done { usage: None, finish_reason: None }]);
        assert_eq!(finished.chunks, []);
        assert_eq!(finished.ending, Ending::Done);
        assert_eq!(run([AiEvent::Error { error: "x".into() }]).ending, Ending::Failed);
    }

    #[test]
    fn the_metadata_of_the_start_and_of_the_end_are_one() {
        let mut run = Accumulator::new("m", Some(json!({"runId": "r"})));
        run.push(text("a"));
        assert_eq!(run.finish().message.unwrap().metadata, Some(json!({"runId": "r", "status": "aborted"})));
    }

    #[test]
    fn metadata_that_is_no_object_is_left_out() {
        let mut run = Accumulator::new("m", Some(json!("x")));
        run.push(text("a"));
        assert_eq!(run.finish().message.unwrap().metadata, Some(json!({"status": "aborted"})));
    }

    #[test]
    fn a_problem_names_the_event_it_was_seen_at() {
        let mut run = Accumulator::new("m", None);
        run.push(text("a"));
        let problem = run.push_json(b"{}").problem;
        assert_eq!(problem, Some(Problem { code: ProblemCode::MalformedEvent, event: 1 }));
        run.push_json(br#"{"type":"hologram"}"#);
        let codes: Vec<_> = run.finish().problems.iter().map(|problem| (problem.code, problem.event)).collect();
        assert_eq!(codes, [(ProblemCode::MalformedEvent, 1), (ProblemCode::UnknownEvent, 2)]);
    }

    #[test]
    fn a_final_that_differs_takes_the_place_of_the_last_text_and_keeps_what_is_no_text() {
        let finished = run([
            text("a"),
            AiEvent::ReasoningDelta { delta: "hm".into() },
            text("b"),
            AiEvent::AssistantFinal { content: "x".into() },
            text("y"),
        ]);
        assert_eq!(
            serde_json::to_value(finished.message.unwrap().parts).unwrap(),
            json!([
                {"type": "step-start"},
                {"type": "reasoning", "id": "1", "text": "hm", "state": "done"},
                {"type": "text", "text": "x", "state": "done"},
                {"type": "text", "text": "y", "state": "done"},
            ])
        );
    }
}
