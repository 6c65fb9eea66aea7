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
                chunks.push(UiMessageChunk::TextDelta(DeltaChunk { id, delta: part.text.clone(), provider_metadata: None }));
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
            | Part::Unknown(_) => {}
        }
    }
    chunks
}

fn next_block(blocks: &mut usize) -> (String, BlockChunk) {
    let id = blocks.to_string();
    *blocks += 1;
    (id.clone(), BlockChunk { id, provider_metadata: None })
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
