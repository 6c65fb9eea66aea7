//! The class, used by JavaScript.

use crate::js::{code, js, json};
use serde_json::json;
use threadkeep_wasm::Accumulator;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_test::wasm_bindgen_test;

// Names of methods and properties are part of the door: only JavaScript can check them.
#[wasm_bindgen(inline_js = "
    export function use_every_member(run) {
        const opening = run.start();
        const pushed = run.push({ type: 'text_delta', delta: 'Hi' });
        const fact = run.pushJson('{\"type\":\"usage_report\",\"fact\":null}');
        const bad = run.push({ type: 'hologram' });
        const { message, problems } = run;
        return { opening, pushed, fact, bad, message, problems, finished: run.finish() };
    }
    export function cycle() { const event = { type: 'text_delta' }; event.delta = event; return event; }
")]
extern "C" {
    fn use_every_member(run: Accumulator) -> JsValue;
    fn cycle() -> JsValue;
}

fn accumulator() -> Accumulator {
    Accumulator::new("msg-1", &JsValue::UNDEFINED).unwrap()
}

#[wasm_bindgen_test]
fn every_member_has_its_javascript_name_and_gives_plain_values() {
    let problem = json!({"code": "unknown_event", "event": 2});
    let run = Accumulator::new("msg-1", &js(&json!({"runId": "r"}))).unwrap();
    assert_eq!(
        json(&use_every_member(run)),
        json!({
            "opening": [{"type": "start", "messageId": "msg-1", "messageMetadata": {"runId": "r"}}, {"type": "start-step"}],
            "pushed": {"chunks": [{"type": "text-start", "id": "0"}, {"type": "text-delta", "id": "0", "delta": "Hi"}]},
            "fact": {"chunks": [], "usage": null},
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
                "problems": [problem],
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
    for event in [JsValue::UNDEFINED, JsValue::NULL, JsValue::from(5), JsValue::from("text"), cycle()] {
        let pushed = json(&run.push(&event).unwrap());
        assert_eq!(pushed["problem"]["code"], "malformed_event");
    }
}

#[wasm_bindgen_test]
fn a_finished_run_throws_a_code() {
    let mut run = accumulator();
    run.finish().unwrap();
    assert_eq!(code(run.start()), "already_finished");
    assert_eq!(code(run.push(&JsValue::NULL)), "already_finished");
    assert_eq!(code(run.push_json("{}")), "already_finished");
    assert_eq!(code(run.message()), "already_finished");
    assert_eq!(code(run.problems()), "already_finished");
    assert_eq!(code(run.finish()), "already_finished");
}

#[wasm_bindgen_test]
fn metadata_that_is_no_json_throws_a_code() {
    assert_eq!(code(Accumulator::new("msg-1", &cycle()).map(JsValue::from)), "invalid_request");
}
