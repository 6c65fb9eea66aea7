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
        push(lines, facts => usage.push(...facts ?? []));
        const { message = null, problems, ending, usage: rest = [] } = accumulator.finish();
        return { message, problems: problems.map(problem => problem.code), usage: [...usage, ...rest], ending };
    }
    const each = (lines, push) => lines.split('\\n').filter(line => line !== '').forEach(push);
    export function run_pushed(accumulator, lines) {
        return run(accumulator, lines, (lines, report) => each(lines, line => {
            const pushed = accumulator.push(line);
            if ('usage' in pushed) report([pushed.usage]);
        }));
    }
    export function run_folded(accumulator, lines) {
        return run(accumulator, lines, (lines, report) => each(lines, line => report(accumulator.fold(line))));
    }
    export function run_bytes(accumulator, lines) {
        return run(accumulator, lines, (lines, report) => {
            const bytes = new TextEncoder().encode(lines.trimEnd());
            for (let at = 0; at < bytes.length; at += 7) report(accumulator.foldBytes(bytes.subarray(at, at + 7)));
        });
    }
")]
extern "C" {
    fn run_pushed(accumulator: Accumulator, lines: &str) -> JsValue;
    fn run_folded(accumulator: Accumulator, lines: &str) -> JsValue;
    fn run_bytes(accumulator: Accumulator, lines: &str) -> JsValue;
}

fn check(run: impl Fn(Accumulator, &str) -> JsValue) {
    for fixture in FIXTURES {
        let accumulator = Accumulator::new("msg-1", None, false).unwrap();
        let expected: Value = serde_json::from_str(fixture.expected).unwrap();
        assert_eq!(json(&run(accumulator, fixture.events)), as_javascript_sees(&expected), "{}", fixture.name);
    }
}

/// What `JSON.parse` and `JSON.stringify` make of a value: `1.0` is `1` there.
fn as_javascript_sees(value: &Value) -> Value {
    json(&crate::js::js(value))
}

#[wasm_bindgen_test]
fn every_fixture_gives_its_message_with_chunks() {
    check(run_pushed);
}

#[wasm_bindgen_test]
fn every_fixture_gives_its_message_without_chunks() {
    check(run_folded);
}

#[wasm_bindgen_test]
fn every_fixture_gives_its_message_as_bytes() {
    check(run_bytes);
}
