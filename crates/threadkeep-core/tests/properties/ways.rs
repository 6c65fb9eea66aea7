//! Every way into an accumulator gives the same end: events one by one, bytes cut anywhere, deltas put together.

use crate::run::{Line, any_run};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::Value;
use threadkeep_core::bridge::BlockKind;
use threadkeep_core::frame::Framing;
use threadkeep_core::{Accumulator, AiEvent, Finished};

/// What a caller has in the end: the message, how it ended, what was wrong, the usage facts.
fn end(finished: &Finished, mut usage: Vec<Value>) -> Value {
    usage.extend(finished.usage.iter().cloned());
    serde_json::json!([finished.message, finished.ending, finished.problems, usage])
}

fn one_by_one(texts: &[String]) -> Value {
    let mut run = Accumulator::new("m", None);
    let usage = texts.iter().filter_map(|text| run.push_json(text.as_bytes()).usage).collect();
    end(&run.finish(), usage)
}

fn as_bytes(texts: &[String], framing: Framing, frame: impl Fn(&str) -> String, cuts: &[Index]) -> Value {
    let bytes: Vec<u8> = texts.iter().flat_map(|text| frame(text).into_bytes()).collect();
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
    cuts.sort_unstable();
    let mut run = Accumulator::new("m", None).framed(framing);
    let mut usage = Vec::new();
    let mut from = 0;
    for cut in cuts.into_iter().chain([bytes.len()]) {
        usage.extend(run.push_bytes(&bytes[from..cut]));
        from = cut;
    }
    end(&run.finish(), usage)
}

/// Successive deltas of one kind as one, as long as there is room for them.
fn together(texts: &[String]) -> Value {
    let mut run = Accumulator::new("m", None);
    let mut usage = Vec::new();
    let mut waiting: Option<(BlockKind, String, u64)> = None;
    for text in texts {
        let delta = match AiEvent::from_json(text.as_bytes()) {
            Ok(AiEvent::TextDelta { delta }) => Some((BlockKind::Text, delta)),
            Ok(AiEvent::ReasoningDelta { delta }) => Some((BlockKind::Reasoning, delta)),
            _ => None,
        };
        if let (Some((kind, delta)), Some((open, text, events))) = (&delta, &mut waiting)
            && kind == open
        {
            text.push_str(delta);
            *events += 1;
            continue;
        }
        if let Some((kind, text, events)) = waiting.take() {
            run.push_deltas(kind, &text, events);
        }
        match delta {
            Some((kind, delta)) if run.room() > 0 => waiting = Some((kind, delta, 1)),
            _ => usage.extend(run.push_json(text.as_bytes()).usage),
        }
    }
    if let Some((kind, text, events)) = waiting {
        run.push_deltas(kind, &text, events);
    }
    end(&run.finish(), usage)
}

/// The lines as an executor writes them, in the manner of JavaScript or of Python; none is empty or more than one.
fn texts(lines: &[Line], python: bool) -> Vec<String> {
    let text = |line: &Line| match line {
        Line::Event(AiEvent::TextDelta { delta }) if python => {
            format!(r#"{{"type": "text_delta", "delta": {}}}"#, Value::from(delta.as_str()))
        }
        Line::Event(event) => serde_json::to_string(event).unwrap(),
        Line::Raw(text) => text.replace(['\n', '\r'], " "),
    };
    lines.iter().map(text).filter(|text| !text.trim().is_empty()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn bytes_give_what_events_give_wherever_they_are_cut(
        lines in any_run(),
        python in any::<bool>(),
        cuts in vec(any::<Index>(), 0..8),
    ) {
        let texts = texts(&lines, python);
        let expected = one_by_one(&texts);
        let ndjson = |text: &str| format!("{text}\n");
        let sse = |text: &str| format!("data: {text}\n\n");
        let with_returns = |text: &str| format!("data: {text}\r\n\r\n");
        prop_assert_eq!(&as_bytes(&texts, Framing::Ndjson, ndjson, &cuts), &expected);
        prop_assert_eq!(&as_bytes(&texts, Framing::Sse, sse, &cuts), &expected);
        prop_assert_eq!(&as_bytes(&texts, Framing::Sse, with_returns, &cuts), &expected);
    }

    #[test]
    fn deltas_put_together_give_what_each_alone_gives(lines in any_run()) {
        let texts = texts(&lines, false);
        prop_assert_eq!(&together(&texts), &one_by_one(&texts));
    }
}
