use super::*;
use serde_json::json;

#[track_caller]
fn check(chunks: &[Value], expected_parts: &Value) {
    let mut reducer = Reducer::new("m");
    for chunk in chunks {
        reducer.apply(&serde_json::from_value(chunk.clone()).expect("a chunk")).expect("accepted");
    }
    assert_eq!(&serde_json::to_value(&reducer.message().parts).unwrap(), expected_parts);
}

#[track_caller]
fn check_refused(chunks: &[Value], error: ReduceError) {
    let mut reducer = Reducer::new("m");
    let results: Vec<_> =
        chunks.iter().map(|chunk| reducer.apply(&serde_json::from_value(chunk.clone()).unwrap())).collect();
    assert_eq!(results.last(), Some(&Err(error)));
}

#[test]
fn a_text_block_grows_and_is_done_at_its_end() {
    check(
        &[
            json!({"type": "text-start", "id": "0"}),
            json!({"type": "text-delta", "id": "0", "delta": "a"}),
            json!({"type": "text-delta", "id": "0", "delta": "b", "providerMetadata": {"p": {"k": 1}}}),
            json!({"type": "text-end", "id": "0"}),
        ],
        &json!([{"type": "text", "text": "ab", "state": "done", "providerMetadata": {"p": {"k": 1}}}]),
    );
}

#[test]
fn finish_step_does_not_close_open_blocks_and_before_v7_forgets_them() {
    check(
        &[json!({"type": "text-start", "id": "0"}), json!({"type": "finish-step"}), json!({"type": "finish"})],
        &json!([{"type": "text", "text": "", "state": "streaming"}]),
    );
    let delta = json!({"type": "text-delta", "id": "0", "delta": "x"});
    for target in Target::ALL {
        let mut reducer = Reducer::continuing(UiMessage::new("m", Role::Assistant), target);
        let mut apply = |chunk: &Value| reducer.apply(&serde_json::from_value(chunk.clone()).unwrap());
        apply(&json!({"type": "text-start", "id": "0"})).unwrap();
        apply(&json!({"type": "finish-step"})).unwrap();
        assert_eq!(apply(&delta).is_ok(), target == Target::Ai7, "{target:?}");
    }
}

#[test]
fn tool_input_streams_as_partial_json() {
    check(
        &[
            json!({"type": "tool-input-start", "toolCallId": "c", "toolName": "w"}),
            json!({"type": "tool-input-delta", "toolCallId": "c", "inputTextDelta": "{\"city\":\"Os"}),
        ],
        &json!([{"type": "tool-w", "toolCallId": "c", "state": "input-streaming", "input": {"city": "Os"},
                 "rawInput": "{\"city\":\"Os"}]),
    );
}

#[test]
fn an_output_finds_its_call_in_the_current_step_first() {
    check(
        &[
            json!({"type": "start-step"}),
            json!({"type": "tool-input-available", "toolCallId": "c", "toolName": "w", "input": 1, "dynamic": true}),
            json!({"type": "start-step"}),
            json!({"type": "tool-input-available", "toolCallId": "c", "toolName": "w", "input": 2, "dynamic": true}),
            json!({"type": "tool-output-available", "toolCallId": "c", "output": "two"}),
        ],
        &json!([
            {"type": "step-start"},
            {"type": "dynamic-tool", "toolName": "w", "toolCallId": "c", "state": "input-available", "input": 1},
            {"type": "step-start"},
            {"type": "dynamic-tool", "toolName": "w", "toolCallId": "c", "state": "output-available", "input": 2, "output": "two"},
        ]),
    );
}

#[test]
fn reset_step_drops_the_current_step_only() {
    check(
        &[
            json!({"type": "start-step"}),
            json!({"type": "text-start", "id": "0"}),
            json!({"type": "start-step"}),
            json!({"type": "text-start", "id": "1"}),
            json!({"type": "reset-step"}),
        ],
        &json!([{"type": "step-start"}, {"type": "text", "text": "", "state": "streaming"}, {"type": "step-start"}]),
    );
}

#[test]
fn approval_keeps_its_signature_through_the_response() {
    check(
        &[
            json!({"type": "tool-input-available", "toolCallId": "c", "toolName": "w", "input": {}}),
            json!({"type": "tool-approval-request", "approvalId": "a", "toolCallId": "c", "signature": "s"}),
            json!({"type": "tool-approval-response", "approvalId": "a", "approved": true}),
        ],
        &json!([{"type": "tool-w", "toolCallId": "c", "state": "approval-responded", "input": {},
                 "approval": {"id": "a", "approved": true, "signature": "s"}}]),
    );
}

#[test]
fn data_with_an_id_is_replaced_and_transient_data_is_not_kept() {
    check(
        &[
            json!({"type": "data-x", "id": "1", "data": 1}),
            json!({"type": "data-x", "id": "1", "data": 2}),
            json!({"type": "data-x", "data": 3}),
            json!({"type": "data-x", "data": 4, "transient": true}),
        ],
        &json!([{"type": "data-x", "id": "1", "data": 2}, {"type": "data-x", "data": 3}]),
    );
}

#[test]
fn a_reference_to_nothing_is_refused_and_changes_nothing() {
    check_refused(&[json!({"type": "text-delta", "id": "9", "delta": "x"})], ReduceError::UnknownText);
    check_refused(&[json!({"type": "reasoning-end", "id": "9"})], ReduceError::UnknownReasoning);
    check_refused(
        &[json!({"type": "tool-output-available", "toolCallId": "9", "output": 1})],
        ReduceError::UnknownToolCall,
    );
    check_refused(
        &[json!({"type": "tool-input-delta", "toolCallId": "9", "inputTextDelta": "x"})],
        ReduceError::UnknownToolInput,
    );
    check_refused(
        &[json!({"type": "tool-approval-response", "approvalId": "9", "approved": true})],
        ReduceError::UnknownApproval,
    );
}

#[test]
fn an_input_that_streams_is_taken_up_where_it_was() {
    let start = json!({"type": "tool-input-start", "toolCallId": "c", "toolName": "w"});
    let delta = |text: &str| json!({"type": "tool-input-delta", "toolCallId": "c", "inputTextDelta": text});
    let mut reducer = Reducer::new("m");
    for chunk in [start, delta("{\"city\":")] {
        reducer.apply(&serde_json::from_value(chunk).unwrap()).unwrap();
    }
    let mut reducer = Reducer::continuing(reducer.into_message(), Target::default());
    reducer.apply(&serde_json::from_value(delta("\"Oslo\"}")).unwrap()).unwrap();
    let Part::Tool(tool) = &reducer.message().parts[0] else { panic!("a tool part") };
    assert_eq!(tool.input, Some(json!({"city": "Oslo"})));
}

#[test]
fn another_message_id_starts_another_message() {
    let mut reducer = Reducer::new("m");
    for chunk in [json!({"type": "text-start", "id": "0"}), json!({"type": "start", "messageId": "n"})] {
        reducer.apply(&serde_json::from_value(chunk).unwrap()).unwrap();
    }
    assert_eq!(reducer.message(), &UiMessage::new("n", Role::Assistant));
}

#[test]
fn a_null_does_not_stand_for_what_a_chunk_set() {
    let part = json!({"type": "tool-w", "toolCallId": "c", "state": "input-available", "input": {},
        "errorText": null, "preliminary": null, "approval": null, "providerExecuted": null, "title": null});
    let message = json!({"id": "m", "role": "assistant", "parts": [part]});
    let mut reducer = Reducer::continuing(UiMessage::from_value(message).unwrap(), Target::default());
    for chunk in [
        json!({"type": "tool-approval-request", "toolCallId": "c", "approvalId": "a"}),
        json!({"type": "tool-output-error", "toolCallId": "c", "errorText": "no", "providerExecuted": false}),
    ] {
        reducer.apply(&serde_json::from_value(chunk).unwrap()).unwrap();
    }
    let part = json!({"type": "tool-w", "toolCallId": "c", "state": "output-error", "input": {}, "errorText": "no",
        "approval": {"id": "a"}, "providerExecuted": false, "title": null});
    assert_eq!(serde_json::to_value(reducer.message()).unwrap()["parts"][0], part);
    assert!(!serde_json::to_string(reducer.message()).unwrap().contains("\"errorText\":null"));
}

#[test]
fn a_call_is_a_call_whatever_it_says_of_being_preliminary() {
    let part = json!({"type": "tool-w", "toolCallId": "c", "state": "output-available", "input": {}, "output": 1, "preliminary": "yes"});
    let message = json!({"id": "m", "role": "assistant", "parts": [part]});
    let message = UiMessage::from_value(message).unwrap();
    assert!(matches!(message.parts[0], Part::Tool(_)));
    assert_eq!(serde_json::to_value(&message).unwrap()["parts"][0], part);
}
