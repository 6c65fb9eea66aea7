//! Replay: the chunks that build a message that is still growing, for a client that joins in the middle.

use crate::chunk::{BlockChunk, DeltaChunk, ToolCallChunk, ToolOutputChunk, UiMessageChunk};
use crate::message::UiMessage;
use crate::part::{Part, StreamState, ToolPart, ToolState};

/// The chunks from `start` on that give a client the message as it is now. Blocks get the ids that the bridge gave
/// them (they are numbered in order), and one that still streams is left open, so that the live chunks go on from here.
///
/// Meant for messages that an [`Accumulator`](crate::Accumulator) builds; part types that no event makes are left out.
#[must_use]
pub fn replay(message: &UiMessage) -> Vec<UiMessageChunk> {
    let mut chunks = vec![UiMessageChunk::Start {
        message_id: Some(message.id.clone()),
        message_metadata: message.metadata.clone(),
    }];
    let mut blocks = 0;
    let mut steps = 0;
    for part in &message.parts {
        match part {
            Part::StepStart(_) => {
                if steps > 0 {
                    chunks.push(UiMessageChunk::FinishStep);
                }
                steps += 1;
                chunks.push(UiMessageChunk::StartStep);
            }
            Part::Text(part) => {
                let (id, block) = next_block(&mut blocks);
                chunks.push(UiMessageChunk::TextStart(block.clone()));
                chunks.push(UiMessageChunk::TextDelta(DeltaChunk {
                    id,
                    delta: part.text.clone(),
                    provider_metadata: None,
                }));
                if part.state != Some(StreamState::Streaming) {
                    chunks.push(UiMessageChunk::TextEnd(block));
                }
            }
            Part::Reasoning(part) => {
                let (id, block) = next_block(&mut blocks);
                chunks.push(UiMessageChunk::ReasoningStart(block.clone()));
                chunks.push(UiMessageChunk::ReasoningDelta(DeltaChunk {
                    id,
                    delta: part.text.clone(),
                    provider_metadata: None,
                }));
                if part.state != Some(StreamState::Streaming) {
                    chunks.push(UiMessageChunk::ReasoningEnd(block));
                }
            }
            Part::Tool(part) => replay_tool(part, &mut chunks),
            Part::File(_)
            | Part::ReasoningFile(_)
            | Part::SourceUrl(_)
            | Part::SourceDocument(_)
            | Part::Custom(_)
            | Part::Data(_)
            | Part::Steering(_)
            | Part::Unknown(_) => {}
        }
    }
    chunks
}

fn next_block(blocks: &mut usize) -> (String, BlockChunk) {
    let id = blocks.to_string();
    *blocks += 1;
    (id.clone(), BlockChunk { id, ..BlockChunk::default() })
}

fn replay_tool(part: &ToolPart, chunks: &mut Vec<UiMessageChunk>) {
    let dynamic = part.tool.is_dynamic().then_some(true);
    let call = ToolCallChunk {
        tool_call_id: part.tool_call_id.clone(),
        tool_name: part.tool.name().to_owned(),
        dynamic,
        ..ToolCallChunk::default()
    };
    chunks.push(UiMessageChunk::ToolInputStart(call.clone()));
    if part.state == ToolState::InputStreaming {
        return;
    }
    chunks.push(UiMessageChunk::ToolInputAvailable(ToolCallChunk { input: part.input.clone(), ..call }));
    let output = ToolOutputChunk {
        tool_call_id: part.tool_call_id.clone(),
        output: part.output.clone(),
        error_text: part.error_text.clone(),
        dynamic,
        ..ToolOutputChunk::default()
    };
    match part.state {
        ToolState::OutputAvailable => chunks.push(UiMessageChunk::ToolOutputAvailable(output)),
        ToolState::OutputError => chunks.push(UiMessageChunk::ToolOutputError(output)),
        ToolState::InputStreaming
        | ToolState::InputAvailable
        | ToolState::ApprovalRequested
        | ToolState::ApprovalResponded
        | ToolState::OutputDenied => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[track_caller]
    fn check(message: &Value, expected: &Value) {
        let message = UiMessage::from_value(message.clone()).expect("a message");
        assert_eq!(&serde_json::to_value(replay(&message)).unwrap(), expected);
    }

    #[test]
    fn a_block_that_still_streams_is_left_open() {
        check(
            &json!({"id": "m", "role": "assistant", "metadata": {"runId": "r"}, "parts": [
                {"type": "step-start"},
                {"type": "reasoning", "id": "0", "text": "hm", "state": "done"},
                {"type": "text", "text": "He", "state": "streaming"},
            ]}),
            &json!([
                {"type": "start", "messageId": "m", "messageMetadata": {"runId": "r"}},
                {"type": "start-step"},
                {"type": "reasoning-start", "id": "0"},
                {"type": "reasoning-delta", "id": "0", "delta": "hm"},
                {"type": "reasoning-end", "id": "0"},
                {"type": "text-start", "id": "1"},
                {"type": "text-delta", "id": "1", "delta": "He"},
            ]),
        );
    }

    #[test]
    fn calls_are_replayed_as_far_as_they_came() {
        let tool = |id: &str| json!({"type": "dynamic-tool", "toolName": "t", "toolCallId": id});
        let part = |id: &str, more: Value| {
            let mut part = tool(id);
            part.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            part
        };
        let call = |kind: &str, id: &str| json!({"type": kind, "toolCallId": id, "toolName": "t", "dynamic": true});
        let available = |id: &str| json!({"type": "tool-input-available", "toolCallId": id, "toolName": "t", "input": {}, "dynamic": true});
        check(
            &json!({"id": "m", "role": "assistant", "parts": [
                {"type": "step-start"},
                part("a", json!({"state": "output-available", "input": {}, "output": null})),
                part("b", json!({"state": "output-error", "input": {}, "errorText": "x"})),
                {"type": "step-start"},
                part("c", json!({"state": "input-available", "input": {}})),
                part("d", json!({"state": "input-streaming"})),
            ]}),
            &json!([
                {"type": "start", "messageId": "m"},
                {"type": "start-step"},
                call("tool-input-start", "a"),
                available("a"),
                {"type": "tool-output-available", "toolCallId": "a", "output": null, "dynamic": true},
                call("tool-input-start", "b"),
                available("b"),
                {"type": "tool-output-error", "toolCallId": "b", "errorText": "x", "dynamic": true},
                {"type": "finish-step"},
                {"type": "start-step"},
                call("tool-input-start", "c"),
                available("c"),
                call("tool-input-start", "d"),
            ]),
        );
    }
}
