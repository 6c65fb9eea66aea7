use super::*;
use proptest::prelude::*;

fn event(line: &Value) -> AiEvent {
    AiEvent::from_json(line.to_string().as_bytes()).expect("an event")
}

fn events(lines: &[Value]) -> Vec<AiEvent> {
    lines.iter().map(event).collect()
}

/// Each event's chunks, one after the other.
fn chunks(lines: &[Value]) -> Vec<Value> {
    let mut bridge = Bridge::default();
    let chunks = events(lines).into_iter().flat_map(|event| bridge.push(event).chunks);
    chunks.map(|chunk| serde_json::to_value(chunk).unwrap()).collect()
}

#[track_caller]
fn check(lines: &[Value], expected: &[Value]) {
    assert_eq!(chunks(lines), expected);
}

/// The chunks of the last event alone.
#[track_caller]
fn check_last(lines: &[Value], expected: &[Value]) {
    let before = chunks(&lines[..lines.len() - 1]).len();
    assert_eq!(chunks(lines).split_off(before), expected);
}

#[track_caller]
fn check_problem(lines: &[Value], expected: Option<ProblemCode>) {
    let mut bridge = Bridge::default();
    let problems: Vec<_> = events(lines).into_iter().map(|event| bridge.push(event).problem).collect();
    assert_eq!(problems.last(), Some(&expected));
}

fn text(delta: &str) -> Value {
    json!({"type": "text_delta", "delta": delta})
}

fn reasoning(delta: &str) -> Value {
    json!({"type": "reasoning_delta", "delta": delta})
}

fn call(id: &str) -> Value {
    json!({"type": "tool_call_start", "toolCallId": id, "toolName": "look", "args": {"q": 1}})
}

fn result(id: &str) -> Value {
    json!({"type": "tool_call_result", "toolCallId": id, "result": 7})
}

fn final_text(content: &str) -> Value {
    json!({"type": "assistant_final", "content": content})
}

fn done() -> Value {
    json!({"type": "done"})
}

#[test]
fn the_first_delta_opens_a_block_and_the_next_goes_on_in_it() {
    check(
        &[text("a"), text("b")],
        &[
            json!({"type": "text-start", "id": "0"}),
            json!({"type": "text-delta", "id": "0", "delta": "a"}),
            json!({"type": "text-delta", "id": "0", "delta": "b"}),
        ],
    );
}

#[test]
fn another_kind_closes_the_block_and_opens_one_with_a_new_id() {
    check_last(
        &[reasoning("a"), text("b")],
        &[
            json!({"type": "reasoning-end", "id": "0"}),
            json!({"type": "text-start", "id": "1"}),
            json!({"type": "text-delta", "id": "1", "delta": "b"}),
        ],
    );
}

#[test]
fn an_empty_delta_opens_nothing() {
    check(&[text(""), reasoning("")], &[]);
}

#[test]
fn a_call_closes_the_text_and_brings_its_whole_input() {
    check_last(
        &[text("a"), call("c")],
        &[
            json!({"type": "text-end", "id": "0"}),
            json!({"type": "tool-input-start", "toolCallId": "c", "toolName": "look", "dynamic": true}),
            json!({"type": "tool-input-available", "toolCallId": "c", "toolName": "look", "input": {"q": 1}, "dynamic": true}),
        ],
    );
}

#[test]
fn a_result_closes_the_text_that_ran_beside_it() {
    check_last(
        &[call("c"), text("a"), result("c")],
        &[
            json!({"type": "text-end", "id": "0"}),
            json!({"type": "tool-output-available", "toolCallId": "c", "output": 7, "dynamic": true}),
        ],
    );
}

#[test]
fn a_failed_result_is_text_or_json_as_text() {
    let failed =
        |result: Value| json!({"type": "tool_call_result", "toolCallId": "c", "result": result, "isError": true});
    let error =
        |text: &str| json!({"type": "tool-output-error", "toolCallId": "c", "errorText": text, "dynamic": true});
    check_last(&[call("c"), failed(json!("boom"))], &[error("boom")]);
    check_last(&[call("c"), failed(json!({"code": 5}))], &[error(r#"{"code":5}"#)]);
    check_last(&[call("c"), failed(json!(null))], &[error("null")]);
}

#[test]
fn what_is_said_after_results_opens_a_step() {
    let step = [json!({"type": "finish-step"}), json!({"type": "start-step"})];
    for next in [text("x"), reasoning("x"), call("d")] {
        let all = chunks(&[call("c"), result("c"), next]);
        assert_eq!(all[3..5], step);
    }
    assert!(!chunks(&[call("c"), call("d"), text("x")]).contains(&step[0]), "no result, no step");
    assert!(!chunks(&[call("c"), result("c"), json!({"type": "status", "phase": "p"})]).contains(&step[0]));
}

#[test]
fn one_step_is_opened_for_any_number_of_results() {
    let all = chunks(&[call("c"), call("d"), result("d"), result("c"), text("x"), text("y")]);
    assert_eq!(all.iter().filter(|chunk| chunk["type"] == "start-step").count(), 1);
}

#[test]
fn what_does_not_fit_is_a_problem_and_gives_no_chunk() {
    use ProblemCode::*;
    for (lines, problem) in [
        (vec![result("c")], UnknownToolCall),
        (vec![call("c"), call("c")], DuplicateToolCall),
        (vec![call("c"), result("c"), call("c")], DuplicateToolCall),
        (vec![call("c"), result("c"), result("c")], DuplicateToolResult),
        (vec![done(), text("x")], EventAfterEnd),
        (vec![done(), done()], EventAfterEnd),
        (vec![json!({"type": "error", "error": "x"}), final_text("x")], EventAfterEnd),
    ] {
        check_problem(&lines, Some(problem));
        check_last(&lines, &[]);
    }
}

#[test]
fn usage_unchanged_a_fact_is_handed_over_even_after_the_end() {
    let mut bridge = Bridge::default();
    for line in [text("x"), done()] {
        bridge.push(event(&line));
    }
    let fact = json!({"tokens": [1, null]});
    let bridged = bridge.push(AiEvent::UsageReport { fact: fact.clone() });
    assert_eq!(bridged, Bridged { usage: Some(fact), ..Bridged::default() });
}

#[test]
fn a_status_is_transient_and_leaves_the_block_open() {
    check_last(
        &[text("a"), json!({"type": "status", "phase": "p", "label": "L"})],
        &[json!({"type": "data-status", "data": {"phase": "p", "label": "L"}, "transient": true})],
    );
    check_last(
        &[text("a"), json!({"type": "status", "phase": "p"}), text("b")],
        &[json!({"type": "text-delta", "id": "0", "delta": "b"})],
    );
}

#[test]
fn done_closes_everything_and_its_words_go_to_the_metadata() {
    check_last(
        &[call("c"), text("a"), json!({"type": "done", "finishReason": "tool_calls", "usage": {"n": 1}})],
        &[
            json!({"type": "text-end", "id": "0"}),
            json!({"type": "tool-output-error", "toolCallId": "c", "errorText": "interrupted", "dynamic": true}),
            json!({"type": "finish-step"}),
            json!({"type": "finish", "messageMetadata": {"finishReason": "tool-calls", "usage": {"n": 1}}}),
        ],
    );
    check(&[done()], &[json!({"type": "finish-step"}), json!({"type": "finish"})]);
}

#[test]
fn finish_reasons_are_those_of_the_sdk() {
    for (given, expected) in [
        ("stop", "stop"),
        ("max_tokens", "length"),
        ("content_filter", "content-filter"),
        ("function_call", "tool-calls"),
        ("error", "error"),
        ("a provider's own", "other"),
    ] {
        let last = chunks(&[json!({"type": "done", "finishReason": given})]).pop();
        assert_eq!(last, Some(json!({"type": "finish", "messageMetadata": {"finishReason": expected}})));
    }
}

#[test]
fn usage_of_unreasonable_size_is_left_out() {
    let line = json!({"type": "done", "usage": {"note": "x".repeat(MAX_USAGE_BYTES)}, "finishReason": "stop"});
    check_last(
        std::slice::from_ref(&line),
        &[json!({"type": "finish-step"}), json!({"type": "finish", "messageMetadata": {"finishReason": "stop"}})],
    );
    check_problem(&[line], Some(ProblemCode::ReplyTooLarge));
}

#[test]
fn an_error_is_told_last_in_fixed_words() {
    let all = chunks(&[text("a"), json!({"type": "error", "error": "psql: no password for bob"})]);
    assert_eq!(
        all[2..],
        [
            json!({"type": "text-end", "id": "0"}),
            json!({"type": "finish-step"}),
            json!({"type": "message-metadata", "messageMetadata": {"status": "error"}}),
            json!({"type": "error", "errorText": "Something went wrong. Please try again."}),
        ]
    );
}

#[test]
fn an_abort_closes_everything_once() {
    let mut bridge = Bridge::default();
    for line in [call("c"), text("a")] {
        bridge.push(event(&line));
    }
    let expected = json!([
        {"type": "text-end", "id": "0"},
        {"type": "tool-output-error", "toolCallId": "c", "errorText": "interrupted", "dynamic": true},
        {"type": "finish-step"},
        {"type": "message-metadata", "messageMetadata": {"status": "aborted"}},
        {"type": "abort"},
    ]);
    assert_eq!(serde_json::to_value(bridge.abort()).unwrap(), expected);
    assert_eq!(bridge.abort(), []);
    assert_eq!(bridge.ended(), Some(Ended::Aborted));
}

#[test]
fn a_final_text_that_goes_on_is_sent_as_one_more_delta() {
    let more = |id: &str, delta: &str| json!({"type": "text-delta", "id": id, "delta": delta});
    check_last(&[text("a"), final_text("abc")], &[more("0", "bc")]);
    check_last(&[call("c"), result("c"), text("x"), final_text("xy")], &[more("0", "y")]);
    check_last(&[text("a"), call("c"), result("c"), text("x"), final_text("xy")], &[more("1", "y")]);
    check_last(&[text("a"), call("c"), result("c"), text("x"), final_text("axy")], &[more("1", "y")]);
}

#[test]
fn a_final_text_that_was_streamed_gives_nothing() {
    for lines in [
        vec![text("a"), text("b"), final_text("ab")],
        vec![text("a"), call("c"), result("c"), text("b"), final_text("b")],
        vec![text("a"), call("c"), result("c"), text("b"), final_text("ab")],
        vec![text("a"), call("c"), result("c"), final_text("a")],
        vec![text("a"), final_text("")],
    ] {
        check_last(&lines, &[]);
        check_problem(&lines, None);
    }
}

#[test]
fn a_final_text_that_differs_is_reported_and_ends_the_block() {
    let lines = [text("a"), final_text("x")];
    check_last(&lines, &[json!({"type": "text-end", "id": "0"})]);
    check_problem(&lines, Some(ProblemCode::FinalTextDiffers));
    check_problem(&[text("a"), final_text("x"), final_text("x")], None);
    check_problem(&[text("a"), final_text("x"), final_text("xy")], None);
    check_problem(&[text("a"), final_text("x"), final_text("a")], Some(ProblemCode::FinalTextDiffers));
}

#[test]
fn text_and_reasoning_at_the_limit_fit_and_one_more_byte_does_not() {
    let full = "x".repeat(MAX_REPLY_BYTES - 1);
    check_problem(&[text(&full), reasoning("y")], None);
    check_problem(&[text(&full), reasoning("yy")], Some(ProblemCode::ReplyTooLarge));
    check_problem(&[text(&full), reasoning("yy"), text("z")], None);
    check_last(&[text(&full), reasoning("yy"), text("z")], &[]);
}

#[test]
fn a_result_that_is_too_large_leaves_its_call_interrupted() {
    let large = json!({"type": "tool_call_result", "toolCallId": "c", "result": "x".repeat(MAX_REPLY_BYTES)});
    let all = chunks(&[call("c"), large, done()]);
    assert_eq!(
        all[2],
        json!({"type": "tool-output-error", "toolCallId": "c", "errorText": "interrupted", "dynamic": true})
    );
}

#[test]
fn short_names_count_with_their_quotes() {
    let value = json!({"a": [], "b": [], "": [], "c": []});
    assert!(value.to_string().len() <= 2 * size(&value));
}

proptest! {
    #[test]
    fn no_value_is_much_larger_than_its_size(value in any_value()) {
        prop_assert!(value.to_string().len() <= 2 * size(&value), "{} for {}", size(&value), value);
    }
}

/// Any value; of texts only such as need no escapes, which can make JSON six times as long.
fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[a-z]{0,9}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::Array),
            proptest::collection::vec(("[a-z]{0,3}", inner), 0..5).prop_map(|fields| fields.into_iter().collect()),
        ]
    })
}
