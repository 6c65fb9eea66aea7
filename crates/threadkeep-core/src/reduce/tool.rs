//! Tool calls: how their parts change.

use super::{PartialCall, ReduceError, Reducer, given, replace_if_given, step_start};
use crate::chunk::{ApprovalRequestChunk, ApprovalResponseChunk, ToolCallChunk, ToolOutputChunk};
use crate::json::JsonMap;
use crate::message::UiMessage;
use crate::part::{Part, Tool, ToolPart, ToolState};
use crate::partial_json;
use crate::target::Target;
use serde_json::Value;

/// The inputs that were still streaming in the last step of a message.
pub(super) fn partial_calls(message: &UiMessage, target: Target) -> Vec<PartialCall> {
    let mut calls: Vec<PartialCall> = Vec::new();
    for part in message.parts.iter().skip(step_start(message)) {
        let Part::Tool(tool) = part else { continue };
        if tool.state != ToolState::InputStreaming {
            continue;
        }
        let knows = target >= Target::Ai6;
        let call = ToolCallChunk {
            tool_call_id: tool.tool_call_id.clone(),
            tool_name: tool.tool.name().to_owned(),
            dynamic: Some(tool.tool.is_dynamic()),
            title: tool.title.clone().filter(|_| knows),
            tool_metadata: tool.tool_metadata.clone().filter(|_| knows),
            input_encoding: encoding(tool).filter(|_| knows),
            ..ToolCallChunk::default()
        };
        let text = tool.raw_input.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned();
        calls.retain(|other| other.call.tool_call_id != call.tool_call_id);
        calls.push(PartialCall { text, call });
    }
    calls
}

fn encoding(tool: &ToolPart) -> Option<String> {
    tool.extra.get(INPUT_ENCODING).and_then(Value::as_str).map(str::to_owned)
}

/// `text` where an input streams as it is, not as JSON (since v6).
const INPUT_ENCODING: &str = "inputEncoding";

impl Reducer {
    pub(super) fn start_tool_input(&mut self, call: &ToolCallChunk) {
        self.partial_calls.retain(|partial| partial.call.tool_call_id != call.tool_call_id);
        let update = ToolCallChunk { input: None, ..call.clone() };
        self.put_tool(&update, is_dynamic(call), ToolState::InputStreaming, None);
        let call = ToolCallChunk { provider_executed: None, provider_metadata: None, ..update };
        self.partial_calls.push(PartialCall { text: String::new(), call });
    }

    pub(super) fn append_tool_input(&mut self, tool_call_id: &str, delta: &str) -> Result<(), ReduceError> {
        let target = self.target;
        let partial = self
            .partial_calls
            .iter_mut()
            .find(|partial| partial.call.tool_call_id == tool_call_id)
            .ok_or(ReduceError::UnknownToolInput)?;
        partial.text.push_str(delta);
        let is_text = partial.call.input_encoding.as_deref() == Some("text");
        let input =
            if is_text { Some(partial.text.clone().into()) } else { partial_json::parse(&partial.text, target) };
        let raw_input = Some(partial.text.clone().into());
        let update = ToolCallChunk { input, ..partial.call.clone() };
        self.put_tool(&update, is_dynamic(&update), ToolState::InputStreaming, raw_input);
        Ok(())
    }

    pub(super) fn end_tool_input(&mut self, call: &ToolCallChunk) {
        let call = ToolCallChunk { input_encoding: None, ..call.clone() };
        self.put_tool(&call, is_dynamic(&call), ToolState::InputAvailable, None);
    }

    /// An input that is no valid input: the call has failed before it ran. Since v6 a part that is there keeps its kind.
    pub(super) fn fail_tool_input(&mut self, call: &ToolCallChunk) {
        let start = self.step_start();
        let existing = self.message.parts.iter().skip(start).find_map(|part| match part {
            Part::Tool(tool) if tool.tool_call_id == call.tool_call_id => Some(tool.tool.is_dynamic()),
            _ => None,
        });
        let dynamic = existing.filter(|_| self.target >= Target::Ai6).unwrap_or(is_dynamic(call));
        let mut call = ToolCallChunk { title: None, input_encoding: None, ..call.clone() };
        // Before v7 the failed input of a static tool stood in a field of its own.
        let raw_input = if dynamic || self.target >= Target::Ai7 { None } else { call.input.take() };
        self.put_tool(&call, dynamic, ToolState::OutputError, raw_input);
    }

    /// Updates the part of this call and kind in the current step, or adds one.
    fn put_tool(&mut self, call: &ToolCallChunk, dynamic: bool, state: ToolState, raw_input: Option<Value>) {
        let start = self.step_start();
        let existing = self.message.parts.iter().enumerate().skip(start).find_map(|(at, part)| match part {
            Part::Tool(tool) if tool.tool_call_id == call.tool_call_id && tool.tool.is_dynamic() == dynamic => Some(at),
            _ => None,
        });
        let target = self.target;
        match existing.and_then(|at| self.message.parts.get_mut(at)) {
            Some(Part::Tool(part)) => {
                if dynamic || target >= Target::Ai6 {
                    part.tool = Tool::new(&call.tool_name, dynamic);
                }
                execute(part, call.provider_executed);
                part.raw_input = raw_input;
                update(part, call, state, target, false);
            }
            _ => {
                let mut part = new_tool(call, dynamic, state);
                part.provider_executed = call.provider_executed;
                part.raw_input = raw_input.filter(|_| !dynamic);
                update(&mut part, call, state, target, true);
                self.message.parts.push(Part::Tool(Box::new(part)));
            }
        }
    }

    pub(super) fn end_tool(&mut self, output: &ToolOutputChunk) -> Result<(), ReduceError> {
        let target = self.target;
        let part = self.find_result_of(output)?;
        part.raw_input = None;
        part.output.clone_from(&output.output);
        part.error_text = None;
        part.preliminary = output.preliminary;
        let keeps_executed = target >= Target::Ai6 || !part.tool.is_dynamic();
        execute(part, output.provider_executed.filter(|_| keeps_executed));
        end(part, output, ToolState::OutputAvailable, target);
        Ok(())
    }

    pub(super) fn fail_tool(&mut self, output: &ToolOutputChunk) -> Result<(), ReduceError> {
        let target = self.target;
        let part = self.find_result_of(output)?;
        if part.tool.is_dynamic() {
            part.raw_input = None;
        }
        part.output = None;
        part.error_text.clone_from(&output.error_text);
        part.preliminary = None;
        execute(part, output.provider_executed);
        end(part, output, ToolState::OutputError, target);
        Ok(())
    }

    pub(super) fn deny_tool(&mut self, tool_call_id: &str) -> Result<(), ReduceError> {
        self.find_tool(tool_call_id, None).ok_or(ReduceError::UnknownToolCall)?.state = ToolState::OutputDenied;
        Ok(())
    }

    pub(super) fn request_approval(&mut self, request: &ApprovalRequestChunk) -> Result<(), ReduceError> {
        let part = self.find_tool(&request.tool_call_id, None).ok_or(ReduceError::UnknownToolCall)?;
        let mut approval = JsonMap::new();
        let mut put = |name: &str, value: Option<Value>| value.map(|value| approval.insert(name.to_owned(), value));
        put("id", Some(request.approval_id.clone().into()));
        put("descriptor", given(request.approval_descriptor.as_ref()));
        put("inputSchemaInput", request.input_schema_input.clone());
        put("requestReason", request.reason.clone().map(Value::from));
        put("isAutomatic", request.is_automatic.filter(|is_automatic| *is_automatic).map(Value::from));
        put("signature", request.signature.clone().map(Value::from));
        part.state = ToolState::ApprovalRequested;
        part.approval = Some(approval);
        part.forget_nulls(&["approval"]);
        Ok(())
    }

    pub(super) fn respond_to_approval(&mut self, response: &ApprovalResponseChunk) -> Result<(), ReduceError> {
        let part = self.find_approval(&response.approval_id).ok_or(ReduceError::UnknownApproval)?;
        let approval = part.approval.get_or_insert_default();
        approval.insert("approved".to_owned(), response.approved.into());
        if let Some(reason) = &response.reason {
            approval.insert("reason".to_owned(), reason.as_str().into());
        }
        part.state = ToolState::ApprovalResponded;
        execute(part, response.provider_executed);
        replace_if_given(&mut part.call_provider_metadata, response.provider_metadata.as_ref());
        Ok(())
    }

    /// The call that a result belongs to. v5 looks among the kind of tools that the chunk names.
    fn find_result_of(&mut self, output: &ToolOutputChunk) -> Result<&mut ToolPart, ReduceError> {
        let kind = (self.target == Target::Ai5).then_some(output.dynamic == Some(true));
        self.find_tool(&output.tool_call_id, kind).ok_or(ReduceError::UnknownToolCall)
    }

    /// The call in the current step, else the newest of that id in the message.
    fn find_tool(&mut self, tool_call_id: &str, dynamic: Option<bool>) -> Option<&mut ToolPart> {
        let is_call = |part: &Part| match part {
            Part::Tool(tool) => {
                tool.tool_call_id == tool_call_id && dynamic.is_none_or(|dynamic| tool.tool.is_dynamic() == dynamic)
            }
            _ => false,
        };
        let start = self.step_start();
        let parts = &self.message.parts;
        let in_step = parts.iter().enumerate().skip(start).find(|(_, part)| is_call(part)).map(|(at, _)| at);
        let at = in_step.or_else(|| parts.iter().rposition(is_call))?;
        match self.message.parts.get_mut(at) {
            Some(Part::Tool(tool)) => Some(tool),
            _ => None,
        }
    }

    fn find_approval(&mut self, approval_id: &str) -> Option<&mut ToolPart> {
        self.message.parts.iter_mut().find_map(|part| match part {
            Part::Tool(tool) => {
                let id = tool.approval.as_ref().and_then(|approval| approval.get("id"));
                (id.and_then(Value::as_str) == Some(approval_id)).then_some(&mut **tool)
            }
            _ => None,
        })
    }
}

/// Takes who runs a call, where a chunk says so.
fn execute(part: &mut ToolPart, provider_executed: Option<bool>) {
    if provider_executed.is_some() {
        part.provider_executed = provider_executed;
        part.forget_nulls(&["providerExecuted"]);
    }
}

fn is_dynamic(call: &ToolCallChunk) -> bool {
    call.dynamic == Some(true)
}

/// What every change of a call's input sets.
fn update(part: &mut ToolPart, call: &ToolCallChunk, state: ToolState, target: Target, is_new: bool) {
    part.state = state;
    part.input.clone_from(&call.input);
    part.output = None;
    part.error_text.clone_from(&call.error_text);
    part.preliminary = None;
    part.forget_nulls(&["errorText", "preliminary"]);
    if target == Target::Ai5 {
        // v5 has no slot for the metadata of a result, and takes that of a call with its whole input only.
        if is_new || state == ToolState::InputAvailable {
            replace_if_given(&mut part.call_provider_metadata, call.provider_metadata.as_ref());
        }
        return;
    }
    part.extra.shift_remove(INPUT_ENCODING);
    if let Some(encoding) = &call.input_encoding {
        part.extra.insert(INPUT_ENCODING.to_owned(), encoding.as_str().into());
    }
    if call.title.is_some() {
        part.title.clone_from(&call.title);
        part.forget_nulls(&["title"]);
    }
    replace_if_given(&mut part.tool_metadata, call.tool_metadata.as_ref());
    let slot = if state == ToolState::OutputError {
        &mut part.result_provider_metadata
    } else {
        &mut part.call_provider_metadata
    };
    replace_if_given(slot, call.provider_metadata.as_ref());
}

/// What every end of a call sets.
fn end(part: &mut ToolPart, output: &ToolOutputChunk, state: ToolState, target: Target) {
    part.state = state;
    part.forget_nulls(&["errorText", "preliminary"]);
    if target >= Target::Ai6 {
        part.extra.shift_remove(INPUT_ENCODING);
        replace_if_given(&mut part.tool_metadata, output.tool_metadata.as_ref());
        replace_if_given(&mut part.result_provider_metadata, output.provider_metadata.as_ref());
    }
}

fn new_tool(call: &ToolCallChunk, dynamic: bool, state: ToolState) -> ToolPart {
    ToolPart {
        tool: Tool::new(&call.tool_name, dynamic),
        tool_call_id: call.tool_call_id.clone(),
        state,
        title: None,
        tool_metadata: None,
        provider_executed: None,
        input: None,
        raw_input: None,
        output: None,
        error_text: None,
        preliminary: None,
        approval: None,
        call_provider_metadata: None,
        result_provider_metadata: None,
        extra: JsonMap::new(),
    }
}
