//! The class, used by JavaScript.

use crate::js::{code, json};
use serde_json::json;
use threadkeep_wasm::Accumulator;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_test::wasm_bindgen_test;

// Names of methods and properties are part of the door: only JavaScript can check them.
#[wasm_bindgen(inline_js = "
    export function use_every_member(run) {
        const opening = run.start();
        const pushed = run.push('{\"type\":\"text_delta\",\"delta\":\"H\"}');
        const fact = run.push('{\"type\":\"usage_report\",\"fact\":null}');
        const room = run.room;
        run.foldDeltas(false, new TextEncoder().encode('i'), 1);
        const used = room - run.room;
        const folded = run.fold('{\"type\":\"usage_report\",\"fact\":1}');
        const quiet = run.fold('{\"type\":\"status\",\"phase\":\"x\"}');
        const bytes = run.foldBytes(new TextEncoder().encode('{\"type\":\"usage_report\",\"fact\":2}\\n{\"type\":'));
        const bad = run.push('{\"type\":\"hologram\"}');
        const { message, problems } = run;
        return { opening, pushed, fact, used, folded, quiet: quiet === undefined, bytes, bad, message, problems, finished: run.finish() };
    }
")]
extern "C" {
    fn use_every_member(run: Accumulator) -> JsValue;
}

fn accumulator() -> Accumulator {
    Accumulator::new("msg-1", None, false).unwrap()
}

#[wasm_bindgen_test]
fn every_member_has_its_javascript_name_and_gives_plain_values() {
    let problem = json!({"code": "unknown_event", "event": 6});
    let cut_off = json!({"code": "malformed_event", "event": 7});
    let run = Accumulator::new("msg-1", Some(r#"{"runId": "r"}"#.to_owned()), false).unwrap();
    assert_eq!(
        json(&use_every_member(run)),
        json!({
            "opening": [{"type": "start", "messageId": "msg-1", "messageMetadata": {"runId": "r"}}, {"type": "start-step"}],
            "pushed": {"chunks": [{"type": "text-start", "id": "0"}, {"type": "text-delta", "id": "0", "delta": "H"}]},
            "fact": {"chunks": [], "usage": null},
            "used": 1,
            "folded": [1],
            "quiet": true,
            "bytes": [2],
            "bad": {"chunks": [], "problem": problem},
            "message": {"id": "msg-1", "role": "assistant", "metadata": {"runId": "r"}, "parts": [
                {"type": "step-start"}, {"type": "text", "text": "Hi", "state": "streaming"}]},
            "problems": [problem],
            "finished": {
                "chunks": [
                    {"type": "text-end", "id": "0"},
                    {"type": "finish-step"},
                    {"type": "message-metadata", "messageMetadata": {"status": "aborted"}},
                    {"type": "abort"},
                ],
                "message": {"id": "msg-1", "role": "assistant", "metadata": {"runId": "r", "status": "aborted"}, "parts": [
                    {"type": "step-start"}, {"type": "text", "text": "Hi", "state": "done"}]},
                "ending": "aborted",
                "problems": [problem, cut_off],
            },
        })
    );
}

#[wasm_bindgen_test]
fn a_run_that_said_nothing_has_no_message() {
    let finished = json(&accumulator().finish().unwrap());
    assert_eq!(finished.get("message"), None);
    assert_eq!(finished["ending"], "aborted");
}

#[wasm_bindgen_test]
fn what_is_no_event_is_a_problem_and_no_error() {
    let mut run = accumulator();
    for event in ["", "null", "5", "\"text\"", "{", "[]"] {
        let pushed = json(&run.push(event).unwrap());
        assert_eq!(pushed["problem"]["code"], "malformed_event");
    }
}

#[wasm_bindgen_test]
fn bytes_are_framed_as_the_caller_says() {
    for (sse, bytes) in [
        (false, "{\"type\":\"text_delta\",\"delta\":\"Hi\"}"),
        (true, "data: {\"type\":\"text_delta\",\"delta\":\"Hi\"}"),
    ] {
        let mut run = Accumulator::new("msg-1", None, sse).unwrap();
        assert!(run.fold_bytes(bytes.as_bytes()).unwrap().is_undefined());
        assert_eq!(json(&run.finish().unwrap())["message"]["parts"][1]["text"], "Hi");
    }
}

#[wasm_bindgen_test]
fn a_usage_fact_without_an_end_of_line_comes_with_the_end() {
    let mut run = accumulator();
    run.fold_bytes(br#"{"type":"usage_report","fact":{"tokens":3}}"#).unwrap();
    assert_eq!(json(&run.finish().unwrap())["usage"], json!([{"tokens": 3}]));
}

#[wasm_bindgen_test]
fn metadata_that_is_no_json_throws_a_code() {
    assert_eq!(code(Accumulator::new("msg-1", Some(String::new()), false)), "invalid_request");
}

#[wasm_bindgen_test]
fn half_a_letter_in_the_metadata_does_not_cost_the_run() {
    let mut run = Accumulator::new("msg-1", Some(r#"{"a":"x\ud83dy"}"#.to_owned()), false).unwrap();
    let opening = json(&run.start().unwrap());
    assert_eq!(opening[0]["messageMetadata"], json!({"a": "x\u{fffd}y"}));
}
