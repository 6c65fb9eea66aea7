//! The golden fixtures through the core's door.

// Helpers of tests stand outside of test functions, where clippy.toml's leave does not reach.
#![allow(clippy::panic)]

#[path = "../../../tests/fixtures/events/list.rs"]
mod fixtures;

use fixtures::{FIXTURES, Fixture};
use serde_json::{Value, json};
use std::path::Path;
use threadkeep_core::frame::{Frame, FrameDecoder, Framing};
use threadkeep_core::mask::Masker;
use threadkeep_core::{Accumulator, Finished, UiMessage};

/// A run of lines, as a fixture states it.
fn run<L: AsRef<[u8]>>(lines: impl IntoIterator<Item = L>) -> Value {
    let mut run = Accumulator::new("msg-1", None);
    let usage: Vec<Value> = lines.into_iter().filter_map(|line| run.push_json(line.as_ref()).usage).collect();
    let Finished { message, problems, ending, .. } = run.finish();
    let problems: Vec<_> = problems.iter().map(|problem| problem.code).collect();
    json!({"message": message, "problems": problems, "usage": usage, "ending": ending})
}

fn expected(fixture: &Fixture) -> Value {
    serde_json::from_str(fixture.expected).unwrap_or_else(|error| panic!("{}.json: {error}", fixture.name))
}

/// The fixture as an upstream sends it.
fn bytes(fixture: &Fixture, framing: Framing) -> Vec<u8> {
    let frame = |line: &str| match framing {
        Framing::Ndjson => format!("{line}\n"),
        Framing::Sse => format!("data: {line}\n\n"),
    };
    fixture.events.lines().flat_map(|line| frame(line).into_bytes()).collect()
}

/// The frames of a stream that arrives in these pieces.
fn frames<'b>(framing: Framing, pieces: impl IntoIterator<Item = &'b [u8]>) -> Vec<String> {
    let mut decoder = FrameDecoder::new(framing);
    let mut frames: Vec<Frame> = pieces.into_iter().flat_map(|piece| decoder.push(piece)).collect();
    frames.extend(decoder.finish());
    let text = |frame| match frame {
        Frame::Text(text) => text,
        Frame::Unreadable => panic!("every fixture is readable"),
    };
    frames.into_iter().map(text).collect()
}

#[test]
fn every_fixture_gives_its_message() {
    let wrong: Vec<_> = FIXTURES
        .iter()
        .filter(|fixture| run(fixture.events.lines()) != expected(fixture))
        .map(|fixture| fixture.name)
        .collect();
    assert_eq!(wrong, <[&str; 0]>::default());
}

#[test]
fn every_fixture_gives_its_message_byte_by_byte() {
    for fixture in FIXTURES {
        for framing in [Framing::Ndjson, Framing::Sse] {
            let bytes = bytes(fixture, framing);
            assert_eq!(run(frames(framing, bytes.chunks(1))), expected(fixture), "{} as {framing:?}", fixture.name);
        }
    }
}

#[test]
fn every_fixture_gives_its_message_wherever_it_is_cut_in_two() {
    for fixture in FIXTURES {
        for framing in [Framing::Ndjson, Framing::Sse] {
            let bytes = bytes(fixture, framing);
            let whole = frames(framing, [bytes.as_slice()]);
            // A cut inside a line of many kilobytes is like any other: prime steps keep the large fixture quick.
            for cut in (0..bytes.len()).step_by(if bytes.len() > 10_000 { 997 } else { 1 }) {
                let (head, tail) = bytes.split_at(cut);
                assert_eq!(frames(framing, [head, tail]), whole, "{} as {framing:?} cut at {cut}", fixture.name);
            }
        }
    }
}

#[test]
fn the_messages_of_the_fixtures_are_messages_that_no_masker_touches() {
    for fixture in FIXTURES {
        let value = expected(fixture)["message"].take();
        if value.is_null() {
            continue;
        }
        let mut message = UiMessage::from_value(value.clone()).unwrap_or_else(|| panic!("{}.json", fixture.name));
        assert_eq!(serde_json::to_value(&message).unwrap(), value, "{}", fixture.name);
        // The worker masks before it stores: a fixture that it would change could not pass there.
        let counts = Masker::default().mask_message(&mut message);
        assert!(counts.is_empty(), "{}: {counts:?}", fixture.name);
    }
}

#[test]
fn every_file_of_the_folder_is_listed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/events");
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|file| file != "list.rs")
        .collect();
    let mut listed: Vec<String> =
        FIXTURES.iter().flat_map(|fixture| ["jsonl", "json"].map(|end| format!("{}.{end}", fixture.name))).collect();
    files.sort();
    listed.sort();
    assert_eq!(files, listed);
}
