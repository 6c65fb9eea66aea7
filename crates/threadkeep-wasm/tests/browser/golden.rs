//! The golden fixtures through the npm door: the very ones that the core passes.

#[path = "../../../../tests/fixtures/events/list.rs"]
mod fixtures;

use crate::js::json;
use fixtures::FIXTURES;
use serde_json::Value;
use threadkeep_wasm::Accumulator;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen(inline_js = "
    function run(accumulator, lines, push) {
        const usage = [];
        for (const line of lines.split('\\n').filter(line => line !== '')) {
            const pushed = push(line);
            if ('usage' in pushed) usage.push(pushed.usage);
        }
        const { message = null, problems, ending } = accumulator.finish();
        return { message, problems: problems.map(problem => problem.code), usage, ending };
    }
    export function run_texts(accumulator, lines) {
        return run(accumulator, lines, line => accumulator.pushJson(line));
    }
    export function run_objects(accumulator, lines) {
        return run(accumulator, lines, line => {
            let event;
            try { event = JSON.parse(line); } catch { event = undefined; }
            return accumulator.push(event);
        });
    }
")]
extern "C" {
    fn run_texts(accumulator: Accumulator, lines: &str) -> JsValue;
    fn run_objects(accumulator: Accumulator, lines: &str) -> JsValue;
}

fn check(run: impl Fn(Accumulator, &str) -> JsValue) {
    for fixture in FIXTURES {
        let accumulator = Accumulator::new("msg-1", &JsValue::UNDEFINED).unwrap();
        let expected: Value = serde_json::from_str(fixture.expected).unwrap();
        assert_eq!(json(&run(accumulator, fixture.events)), as_javascript_sees(&expected), "{}", fixture.name);
    }
}

/// What `JSON.parse` and `JSON.stringify` make of a value: `1.0` is `1` there.
fn as_javascript_sees(value: &Value) -> Value {
    json(&crate::js::js(value))
}

#[wasm_bindgen_test]
fn every_fixture_gives_its_message_as_json_lines() {
    check(run_texts);
}

#[wasm_bindgen_test]
fn every_fixture_gives_its_message_as_objects() {
    check(run_objects);
}
