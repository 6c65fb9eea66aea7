//! Made-up runs: mostly what executors say, some of it what no executor should.

use crate::json::{any_json, any_text};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::Value;
use threadkeep_core::{Accumulator, AiEvent, Finished, Reducer, UiMessage, UiMessageChunk};

/// One line of an executor.
#[derive(Debug, Clone)]
pub(crate) enum Line {
    Event(AiEvent),
    /// As it came: no event, most of the time.
    Raw(String),
}

/// What a run gave.
pub(crate) struct Run {
    /// What each line was turned into; the opening first, the closing last.
    pub(crate) chunks: Vec<Vec<UiMessageChunk>>,
    pub(crate) usage: Vec<Value>,
    pub(crate) finished: Finished,
}

pub(crate) fn run(lines: &[Line]) -> Run {
    let mut run = Accumulator::new("m", None);
    let mut chunks = vec![run.start()];
    let mut usage = Vec::new();
    for line in lines {
        let pushed = match line {
            Line::Event(event) => run.push(event.clone()),
            Line::Raw(text) => run.push_json(text.as_bytes()),
        };
        chunks.push(pushed.chunks);
        usage.extend(pushed.usage);
    }
    let finished = run.finish();
    chunks.push(finished.chunks.clone());
    Run { chunks, usage, finished }
}

impl Run {
    /// Every chunk, as a client got it.
    pub(crate) fn sent(&self) -> Vec<UiMessageChunk> {
        self.chunks.concat()
    }

    /// Whether `assistant_final` took the place of what was streamed.
    pub(crate) fn is_reconciled(&self) -> bool {
        self.has_problem(threadkeep_core::problem::ProblemCode::FinalTextDiffers)
    }

    pub(crate) fn has_problem(&self, code: threadkeep_core::problem::ProblemCode) -> bool {
        self.finished.problems.iter().any(|problem| problem.code == code)
    }
}

/// The message that a client builds from chunks; panics when it would have thrown.
pub(crate) fn fold<'c>(chunks: impl IntoIterator<Item = &'c UiMessageChunk>) -> UiMessage {
    let mut reducer = Reducer::new("");
    for chunk in chunks {
        reducer.apply(chunk).unwrap_or_else(|error| panic!("{error}: {chunk:?}"));
    }
    reducer.into_message()
}

/// The lines up to the event that ended the run.
pub(crate) fn until_end(lines: &[Line]) -> &[Line] {
    let is_end = |line: &Line| matches!(line, Line::Event(AiEvent::Done { .. } | AiEvent::Error { .. }));
    lines.split(is_end).next().unwrap_or_default()
}

/// All text deltas of these lines in one.
pub(crate) fn text_of(lines: &[Line]) -> String {
    let delta = |line: &Line| match line {
        Line::Event(AiEvent::TextDelta { delta }) => Some(delta.clone()),
        _ => None,
    };
    lines.iter().filter_map(delta).collect()
}

/// Any run: three of four are plausible, and half of those have something odd put in.
pub(crate) fn any_run() -> impl Strategy<Value = Vec<Line>> {
    prop_oneof![2 => plausible_run(), 1 => disturbed_run(), 1 => vec(any_line(), 0..40)]
}

/// What a sound executor says: each call once, then its result once, and one end or an interruption anywhere.
pub(crate) fn plausible_run() -> impl Strategy<Value = Vec<Line>> {
    let end = prop_oneof![4 => any_end().prop_map(Some), 1 => Just(None)];
    let interrupted_at = prop_oneof![3 => Just(None), 1 => any::<Index>().prop_map(Some)];
    (vec(any_step(), 0..4), proptest::option::of(any_final()), end, vec(usage(), 0..2), interrupted_at).prop_map(
        |(steps, last, end, usage, interrupted_at)| {
            let mut lines = Vec::new();
            for (number, step) in steps.into_iter().enumerate() {
                step.write(number, &mut lines);
            }
            if let Some(kind) = last {
                let content = kind.content(&lines);
                lines.push(Line::Event(AiEvent::AssistantFinal { content }));
            }
            lines.extend(end.into_iter().chain(usage).map(Line::Event));
            if let Some(at) = interrupted_at {
                lines.truncate(at.index(lines.len() + 1));
            }
            lines
        },
    )
}

fn disturbed_run() -> impl Strategy<Value = Vec<Line>> {
    (plausible_run(), vec((any::<Index>(), any_line()), 1..6)).prop_map(|(mut lines, odd)| {
        for (at, line) in odd {
            lines.insert(at.index(lines.len() + 1), line);
        }
        lines
    })
}

/// What a model says in one step: words, then calls whose results come back in any order.
#[derive(Debug, Clone)]
struct Step {
    words: Vec<AiEvent>,
    calls: Vec<PlannedCall>,
}

#[derive(Debug, Clone)]
struct PlannedCall {
    name: String,
    args: Value,
    result: Value,
    is_error: Option<bool>,
    /// Results come back in the order of this.
    turn: u8,
}

impl Step {
    fn write(self, number: usize, lines: &mut Vec<Line>) {
        lines.extend(self.words.into_iter().map(Line::Event));
        let mut results = Vec::new();
        for (at, call) in self.calls.into_iter().enumerate() {
            let PlannedCall { name, args, result, is_error, turn } = call;
            let id = format!("c{number}-{at}");
            lines.push(Line::Event(AiEvent::ToolCallStart { tool_call_id: id.clone(), tool_name: name, args }));
            results.push((turn, AiEvent::ToolCallResult { tool_call_id: id, result, is_error }));
        }
        results.sort_by_key(|(turn, _)| *turn);
        lines.extend(results.into_iter().map(|(_, result)| Line::Event(result)));
    }
}

fn any_step() -> impl Strategy<Value = Step> {
    let call = ("[a-z]{1,6}", any_json(), any_json(), any::<Option<bool>>(), any::<u8>())
        .prop_map(|(name, args, result, is_error, turn)| PlannedCall { name, args, result, is_error, turn });
    (vec(word(), 0..6), vec(call, 0..4)).prop_map(|(words, calls)| Step { words, calls })
}

fn word() -> impl Strategy<Value = AiEvent> {
    prop_oneof![
        5 => any_text().prop_map(|delta| AiEvent::TextDelta { delta }),
        2 => any_text().prop_map(|delta| AiEvent::ReasoningDelta { delta }),
        1 => (any_text(), proptest::option::of(any_text())).prop_map(|(phase, label)| AiEvent::Status { phase, label }),
        1 => usage(),
    ]
}

fn usage() -> impl Strategy<Value = AiEvent> {
    any_json().prop_map(|fact| AiEvent::UsageReport { fact })
}

fn any_end() -> impl Strategy<Value = AiEvent> {
    let reason = proptest::option::of(prop_oneof![Just("stop".to_owned()), Just("tool_calls".to_owned()), any_text()]);
    prop_oneof![
        4 => (proptest::option::of(any_json()), reason).prop_map(|(usage, finish_reason)| AiEvent::Done { usage, finish_reason }),
        1 => prop_oneof![Just("timeout".to_owned()), any_text()].prop_map(|error| AiEvent::Error { error }),
    ]
}

/// How a final text relates to the streamed one.
#[derive(Debug, Clone)]
enum Final {
    Equal,
    Longer(String),
    LastWords(Index),
    Other(String),
}

impl Final {
    fn content(self, lines: &[Line]) -> String {
        let text = text_of(lines);
        match self {
            Self::Equal => text,
            Self::Longer(more) => text + &more,
            Self::LastWords(at) => {
                let from = at.index(text.chars().count() + 1);
                text.chars().skip(from).collect()
            }
            Self::Other(content) => content,
        }
    }
}

fn any_final() -> impl Strategy<Value = Final> {
    prop_oneof![
        Just(Final::Equal),
        any_text().prop_map(Final::Longer),
        any::<Index>().prop_map(Final::LastWords),
        any_text().prop_map(Final::Other),
    ]
}

/// Any line: ids that collide, events out of order, lines that are no event.
fn any_line() -> impl Strategy<Value = Line> {
    let id = prop_oneof![4 => select(&["c0-0", "c0-1", "c1-0", "a", ""][..]).prop_map(str::to_owned), 1 => any_text()];
    let start = (id.clone(), any_text(), any_json())
        .prop_map(|(tool_call_id, tool_name, args)| AiEvent::ToolCallStart { tool_call_id, tool_name, args });
    let result = (id, any_json(), any::<Option<bool>>())
        .prop_map(|(tool_call_id, result, is_error)| AiEvent::ToolCallResult { tool_call_id, result, is_error });
    let event = prop_oneof![
        6 => word(),
        3 => start,
        3 => result,
        1 => any_text().prop_map(|content| AiEvent::AssistantFinal { content }),
        1 => any_end(),
    ];
    let raw = prop_oneof![
        any_json().prop_map(|value| value.to_string()),
        any::<String>(),
        select(
            &[r#"{"type":"hologram"}"#, r#"{"type":"text_delta"}"#, r#"{"type":"text_delta","delta":"x""#, "{", ""][..]
        )
        .prop_map(str::to_owned),
    ];
    prop_oneof![6 => event.prop_map(Line::Event), 1 => raw.prop_map(Line::Raw)]
}
