//! A reply has limits, whatever the executor says.

use crate::run::{Line, Run, fold, run};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};
use threadkeep_core::bridge::{MAX_REPLY_BYTES, MAX_REPLY_PARTS};
use threadkeep_core::problem::ProblemCode;
use threadkeep_core::{AiEvent, MAX_PROBLEMS};

const MIB: usize = 1024 * 1024;

/// A reply as JSON may be larger than its text by quotes, commas and field names, not by a multiple. (Escapes can
/// make it six times as large; these texts have none.)
const MAX_JSON_BYTES: usize = 2 * MAX_REPLY_BYTES;

fn text(delta: String) -> Line {
    Line::Event(AiEvent::TextDelta { delta })
}

fn start(id: usize, name: &str, args: Value) -> Line {
    Line::Event(AiEvent::ToolCallStart { tool_call_id: id.to_string(), tool_name: name.to_owned(), args })
}

fn result(id: usize, result: Value) -> Line {
    Line::Event(AiEvent::ToolCallResult { tool_call_id: id.to_string(), result, is_error: None })
}

#[track_caller]
fn check_limits(run: &Run) {
    let message = run.finished.message.as_ref().expect("something fits");
    assert!(message.parts.len() <= MAX_REPLY_PARTS, "{} parts", message.parts.len());
    let json = serde_json::to_vec(message).unwrap();
    assert!(json.len() <= MAX_JSON_BYTES, "{} bytes", json.len());
    assert!(run.finished.problems.len() <= MAX_PROBLEMS);
    if !run.is_reconciled() {
        assert_eq!(&fold(&run.sent()), message);
    }
}

#[track_caller]
fn check_cut(lines: &[Line]) {
    let run = run(lines);
    check_limits(&run);
    let reports = run.finished.problems.iter().filter(|problem| problem.code == ProblemCode::ReplyTooLarge);
    assert_eq!(reports.count(), 1, "reported once");
}

/// One event of about so many bytes, in one of the places where bytes can be.
fn large(kind: usize, at: usize, bytes: usize) -> Vec<Line> {
    let filler = "x".repeat(bytes);
    match kind {
        0 => vec![text(filler)],
        1 => vec![Line::Event(AiEvent::ReasoningDelta { delta: filler })],
        2 => vec![start(at, "t", json!({"q": filler}))],
        3 => vec![start(at, "t", json!({})), result(at, json!([filler]))],
        4 => vec![start(at, &filler, json!({}))],
        5 => vec![Line::Event(AiEvent::AssistantFinal { content: format!("{at}{filler}") })],
        _ => vec![Line::Event(AiEvent::Done { usage: Some(json!({"note": filler})), finish_reason: None })],
    }
}

proptest! {
    // Few: a case is up to 80 MB.
    #![proptest_config(ProptestConfig { max_shrink_iters: 16, ..ProptestConfig::with_cases(12) })]

    #[test]
    fn a_reply_of_large_events_stays_within_its_limits(
        events in vec((0..7_usize, select(&[10, MIB, 6 * MIB, 15 * MIB, 17 * MIB][..])), 1..6)
    ) {
        let mut lines = vec![text("first".into())];
        lines.extend(events.into_iter().enumerate().flat_map(|(at, (kind, bytes))| large(kind, at, bytes)));
        check_limits(&run(&lines));
    }
}

/// So many parts of text and reasoning in turn.
fn alternating(parts: usize) -> Vec<Line> {
    let delta = |at| match at % 2 {
        0 => text("a".into()),
        _ => Line::Event(AiEvent::ReasoningDelta { delta: "b".into() }),
    };
    (0..parts).map(delta).collect()
}

#[test]
fn text_is_cut_at_the_limit_and_reported_once() {
    check_cut(&vec![text("x".repeat(MIB)); MAX_REPLY_BYTES / MIB + 2]);
}

#[test]
fn a_reply_fills_its_limit_to_the_last_byte() {
    let run = run(&vec![text("x".repeat(MIB)); MAX_REPLY_BYTES / MIB]);
    assert!(run.finished.problems.is_empty());
    assert_eq!(run.finished.message.unwrap().texts().map(str::len).sum::<usize>(), MAX_REPLY_BYTES);
}

#[test]
fn a_final_text_that_differs_counts_too() {
    check_cut(&[text("a".into()), Line::Event(AiEvent::AssistantFinal { content: "b".repeat(MAX_REPLY_BYTES + 1) })]);
}

#[test]
fn a_run_that_loops_over_tools_is_cut() {
    let turn = |at| [text("look".into()), start(at, "t", json!({})), result(at, json!(1))];
    check_cut(&(0..MAX_REPLY_PARTS / 2).flat_map(turn).collect::<Vec<_>>());
}

#[test]
fn a_run_that_alternates_between_text_and_reasoning_is_cut() {
    check_cut(&alternating(MAX_REPLY_PARTS));
}

#[test]
fn what_needs_no_new_part_fits_when_the_parts_are_used_up() {
    let mut lines = alternating(MAX_REPLY_PARTS - 2);
    lines.extend([start(0, "t", json!({})), result(0, json!(1))]);
    let run = run(&lines);
    assert!(run.finished.problems.is_empty());
    assert_eq!(run.finished.message.unwrap().parts.len(), MAX_REPLY_PARTS);
}

#[test]
fn a_broken_executor_leaves_a_bounded_list_of_problems() {
    let run = run(&vec![Line::Raw("no event".into()); 5 * MAX_PROBLEMS]);
    assert_eq!(run.finished.problems.len(), MAX_PROBLEMS);
    assert_eq!(run.finished.message, None);
}
