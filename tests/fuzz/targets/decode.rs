//! Any bytes of an executor, as lines and as server-sent events: the same end wherever they are cut, and chunks from
//! which a client builds the message that is stored.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};
use threadkeep_core::frame::{Frame, FrameDecoder, Framing};
use threadkeep_core::problem::ProblemCode;
use threadkeep_core::{Accumulator, Finished, MAX_PROBLEMS, Reducer};

fuzz_target!(|input: &[u8]| {
    let [bytes @ .., cut] = input else { return };
    for framing in [Framing::Ndjson, Framing::Sse] {
        let whole = in_pieces(bytes, bytes.len().max(1), framing);
        assert_eq!(in_pieces(bytes, usize::from(*cut) + 1, framing), whole, "cut");
        assert_eq!(event_by_event(bytes, framing), whole, "event by event");
    }
});

fn in_pieces(bytes: &[u8], len: usize, framing: Framing) -> Value {
    let mut run = Accumulator::new("m", None).framed(framing);
    let usage = bytes.chunks(len).flat_map(|piece| run.push_bytes(piece)).collect();
    end(&run.finish(), usage)
}

/// As the worker does it: frames first, and the chunks of each event go out.
fn event_by_event(bytes: &[u8], framing: Framing) -> Value {
    let mut frames = FrameDecoder::new(framing);
    let mut run = Accumulator::new("m", None);
    let mut usage = Vec::new();
    let mut chunks = Vec::new();
    let mut read = frames.push(bytes);
    read.extend(frames.push(b"\n\n"));
    for frame in read {
        match frame {
            Frame::Text(json) => {
                let pushed = run.push_json(json.as_bytes());
                chunks.extend(pushed.chunks);
                usage.extend(pushed.usage);
            }
            Frame::Unreadable => drop(run.skip(ProblemCode::MalformedEvent)),
        }
    }
    let finished = run.finish();
    chunks.extend(finished.chunks.iter().cloned());
    let mut client = Reducer::new("");
    for chunk in &chunks {
        client.apply(chunk).expect("a client takes every chunk");
    }
    // The list of problems ends at its bound: what came after is not told.
    let replaced = finished.problems.len() == MAX_PROBLEMS
        || finished.problems.iter().any(|problem| problem.code == ProblemCode::FinalTextDiffers);
    match &finished.message {
        Some(message) if !replaced => assert_eq!(message, &client.into_message(), "what a client builds"),
        _ => {}
    }
    end(&finished, usage)
}

fn end(finished: &Finished, mut usage: Vec<Value>) -> Value {
    usage.extend(finished.usage.iter().cloned());
    json!([finished.message, finished.ending, finished.problems, usage])
}
