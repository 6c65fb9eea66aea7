//! What holds of the message of every run.

use crate::run::{Line, Run, any_run, fold, plausible_run, run, text_of, until_end};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::Value;
use threadkeep_core::frame::{Frame, FrameDecoder, Framing};
use threadkeep_core::map::{MessageDto, to_openai_messages, ui_messages_to_message_dtos};
use threadkeep_core::part::{Part, StreamState, ToolState};
use threadkeep_core::{Accumulator, AiEvent, Ending, MAX_PROBLEMS, UiMessage};

fn is_text(part: &Part) -> bool {
    matches!(part, Part::Text(_))
}

fn without_texts(message: &UiMessage) -> Vec<&Part> {
    message.parts.iter().filter(|part| !is_text(part)).collect()
}

fn facts(lines: &[Line]) -> Vec<Value> {
    let fact = |line: &Line| match line {
        Line::Event(AiEvent::UsageReport { fact }) => Some(fact.clone()),
        _ => None,
    };
    lines.iter().filter_map(fact).collect()
}

/// The content of the last `assistant_final` that says something, and the lines behind it.
fn last_final(lines: &[Line]) -> Option<(&str, &[Line])> {
    lines.iter().enumerate().rev().find_map(|(at, line)| match line {
        Line::Event(AiEvent::AssistantFinal { content }) if !content.is_empty() => {
            Some((content.as_str(), &lines[at + 1..]))
        }
        _ => None,
    })
}

/// Every call is followed by its one result before anything else is said: what providers ask of a history.
fn check_provider_accepts(dtos: &[MessageDto]) {
    let mut pending: Vec<&str> = Vec::new();
    for dto in dtos {
        match dto {
            MessageDto::Tool { content, tool_call_id } => {
                assert!(serde_json::from_str::<Value>(content).is_ok(), "a result is JSON");
                let at = pending.iter().position(|id| id == tool_call_id).expect("a result of a call");
                pending.remove(at);
            }
            MessageDto::Assistant { content, tool_calls } => {
                assert!(pending.is_empty(), "a call without its result");
                assert!(!content.is_empty() || !tool_calls.is_empty(), "an empty message");
                pending = tool_calls.iter().map(|call| call.id.as_str()).collect();
                for call in tool_calls {
                    let arguments: Value = serde_json::from_str(&call.arguments).unwrap();
                    assert!(arguments.is_object(), "arguments are an object");
                }
            }
            MessageDto::User { .. } | MessageDto::System { .. } => panic!("only the assistant spoke"),
        }
    }
    assert!(pending.is_empty(), "a call without its result");
}

proptest! {
    #[test]
    fn the_message_is_what_a_client_builds(lines in any_run()) {
        let run = run(&lines);
        let folded = fold(&run.sent());
        match &run.finished.message {
            Some(message) if run.is_reconciled() => {
                prop_assert_eq!(without_texts(message), without_texts(&folded));
                prop_assert_eq!(&message.metadata, &folded.metadata);
            }
            Some(message) => prop_assert_eq!(message, &folded),
            None => prop_assert!(!folded.has_content()),
        }
    }

    #[test]
    fn nothing_is_left_open(lines in any_run()) {
        let Some(message) = run(&lines).finished.message else { return Ok(()) };
        prop_assert!(matches!(message.parts.first(), Some(Part::StepStart(_))));
        let mut calls = Vec::new();
        for part in &message.parts {
            match part {
                Part::Text(text) => prop_assert_eq!(text.state, Some(StreamState::Done)),
                Part::Reasoning(reasoning) => prop_assert_eq!(reasoning.state, Some(StreamState::Done)),
                Part::Tool(tool) => {
                    prop_assert!(matches!(tool.state, ToolState::OutputAvailable | ToolState::OutputError));
                    prop_assert!(tool.tool.is_dynamic() && tool.input.is_some());
                    prop_assert_eq!(tool.output.is_some(), tool.state == ToolState::OutputAvailable);
                    prop_assert_eq!(tool.error_text.is_some(), tool.state == ToolState::OutputError);
                    prop_assert!(!calls.contains(&&tool.tool_call_id), "a call id is used twice");
                    calls.push(&tool.tool_call_id);
                }
                Part::StepStart(_) => {}
                other => prop_assert!(false, "no event makes {:?}", other),
            }
        }
    }

    #[test]
    fn the_text_is_what_was_streamed_or_what_is_final(lines in any_run()) {
        let run = run(&lines);
        let text: String = run.finished.message.iter().flat_map(UiMessage::texts).collect();
        let heard = until_end(&lines);
        match last_final(heard) {
            None => prop_assert_eq!(text, text_of(heard)),
            Some((content, behind)) => {
                let expected = content.to_owned() + &text_of(behind);
                prop_assert!(text.ends_with(&expected), "{:?} does not end with {:?}", text, expected);
            }
        }
    }

    #[test]
    fn a_final_that_differs_leaves_nothing_of_what_was_streamed(words in vec("[a-m]{1,3}", 1..5), content in "[n-z]{1,9}") {
        let mut lines: Vec<_> = words.into_iter().map(|delta| Line::Event(AiEvent::TextDelta { delta })).collect();
        lines.push(Line::Event(AiEvent::AssistantFinal { content: content.clone() }));
        let run = run(&lines);
        prop_assert!(run.is_reconciled());
        let message = run.finished.message.unwrap();
        prop_assert_eq!(message.texts().collect::<Vec<_>>(), [content]);
    }

    #[test]
    fn usage_unchanged_every_fact_comes_out_once_and_in_order(lines in any_run()) {
        let Run { usage, finished, chunks } = run(&lines);
        prop_assert_eq!(usage, facts(&lines));
        let marked: Vec<_> = lines.iter().map(|line| match line {
            Line::Event(AiEvent::UsageReport { .. }) => Line::Event(AiEvent::UsageReport { fact: "a mark".into() }),
            other => other.clone(),
        }).collect();
        let other = run(&marked);
        prop_assert_eq!(chunks, other.chunks, "no chunk depends on a fact");
        prop_assert_eq!(finished.message, other.finished.message, "no message depends on a fact");
    }

    #[test]
    fn problems_are_few_and_name_lines_in_order(lines in any_run()) {
        let problems = run(&lines).finished.problems;
        prop_assert!(problems.len() <= MAX_PROBLEMS);
        prop_assert!(problems.windows(2).all(|pair| pair[0].event < pair[1].event), "at most one per line, in order");
        prop_assert!(problems.iter().all(|problem| problem.event < lines.len() as u64));
    }

    #[test]
    fn a_plausible_run_has_no_problem_but_a_final_that_differs(lines in plausible_run()) {
        let run = run(&lines);
        prop_assert_eq!(run.finished.problems.len(), usize::from(run.is_reconciled()));
    }

    #[test]
    fn the_ending_is_the_first_end_that_was_said(lines in any_run()) {
        let end = lines.iter().find_map(|line| match line {
            Line::Event(AiEvent::Done { .. }) => Some(Ending::Done),
            Line::Event(AiEvent::Error { .. }) => Some(Ending::Failed),
            _ => None,
        });
        let finished = run(&lines).finished;
        prop_assert_eq!(finished.ending, end.unwrap_or(Ending::Aborted));
        if let Some(message) = finished.message {
            let status = message.metadata.as_ref().and_then(|metadata| metadata.get("status")).cloned();
            let expected = match finished.ending {
                Ending::Done => None,
                Ending::Failed => Some("error".into()),
                Ending::Aborted => Some("aborted".into()),
            };
            prop_assert_eq!(status, expected);
        }
    }

    #[test]
    fn no_provider_refuses_a_stored_message(lines in any_run()) {
        let message = run(&lines).finished.message;
        let dtos = ui_messages_to_message_dtos(&message);
        check_provider_accepts(&dtos);
        let messages = to_openai_messages(None, &dtos);
        // Roles alternate, and nothing is lost where two messages became one.
        for pair in messages.windows(2) {
            let calls = !pair[0]["tool_calls"].is_null();
            prop_assert!(calls || pair[0]["role"] != pair[1]["role"] || pair[0]["role"] == "tool");
        }
        let sent = serde_json::to_string(&messages).unwrap();
        for dto in &dtos {
            let (MessageDto::Assistant { content, .. } | MessageDto::Tool { content, .. }) = dto else { continue };
            let content = serde_json::to_string(content).unwrap();
            prop_assert!(sent.contains(content.trim_matches('"')));
        }
    }

    #[test]
    fn the_message_is_the_same_after_storage(lines in any_run()) {
        if let Some(message) = run(&lines).finished.message {
            let json = serde_json::to_string(&message).unwrap();
            prop_assert_eq!(serde_json::from_str::<UiMessage>(&json).unwrap(), message);
        }
    }

    #[test]
    fn any_cut_of_any_stream_gives_the_same_message(
        lines in any_run(),
        cuts in vec(any::<Index>(), 0..8),
        framing in prop_oneof![Just(Framing::Ndjson), Just(Framing::Sse)],
    ) {
        let bytes = bytes(&lines, framing);
        let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        cuts.sort_unstable();
        let mut decoder = FrameDecoder::new(framing);
        let mut frames = Vec::new();
        let mut from = 0;
        for to in cuts.into_iter().chain([bytes.len()]) {
            frames.extend(decoder.push(&bytes[from..to]));
            from = to;
        }
        frames.extend(decoder.finish());
        let whole = run(&lines);
        let mut cut = Accumulator::new("m", None);
        for frame in frames {
            let Frame::Text(text) = frame else { panic!("readable") };
            cut.push_json(text.as_bytes());
        }
        let cut = cut.finish();
        prop_assert_eq!(cut.message, whole.finished.message);
        prop_assert_eq!(cut.ending, whole.finished.ending);
    }
}

/// The lines as an upstream sends them. A raw line that no frame can hold is left out.
fn bytes(lines: &[Line], framing: Framing) -> Vec<u8> {
    let texts = lines.iter().filter_map(|line| match line {
        Line::Event(event) => Some(serde_json::to_string(event).unwrap()),
        Line::Raw(text) if text.contains(['\n', '\r']) || text.trim().is_empty() => None,
        Line::Raw(text) => Some(text.clone()),
    });
    let frame = |text: String| match framing {
        Framing::Ndjson => text + "\n",
        Framing::Sse => format!("data: {text}\n\n"),
    };
    texts.flat_map(|text| frame(text).into_bytes()).collect()
}
