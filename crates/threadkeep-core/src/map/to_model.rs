//! `convertToModelMessages`: stored messages as what the AI SDK's own functions take.
//!
//! Source: `packages/ai/src/ui/convert-to-model-messages.ts` in vercel/ai, followed rule by rule for each major. Tools
//! are not known here: a tool's own `toModelOutput` and a converter of data parts are for the caller to apply.

use super::DENIED;
use super::model::{ModelFile, ModelFileData, ModelMessage, ModelOutput, ModelPart, TaggedFileData};
use crate::error::ErrorCode;
use crate::json::JsonMap;
use crate::message::{Role, UiMessage};
use crate::part::{FilePart, Part, TextPart, ToolPart, ToolState};
use crate::target::Target;
use serde_json::Value;

/// Reads messages to map. As for `convertToModelMessages`, they need no id.
///
/// # Errors
/// [`ErrorCode::InvalidRequest`] when the value is no array of `UIMessage`s.
pub fn read_messages_to_map(value: Value) -> Result<Vec<UiMessage>, ErrorCode> {
    let Value::Array(items) = value else { return Err(ErrorCode::InvalidRequest) };
    let messages = items.into_iter().map(|mut item| {
        if let Value::Object(map) = &mut item {
            map.entry("id").or_insert_with(|| Value::String(String::new()));
        }
        UiMessage::from_value(item)
    });
    messages.collect::<Option<_>>().ok_or(ErrorCode::InvalidRequest)
}

/// How messages are mapped.
#[derive(Debug, Clone, Copy, Default)]
pub struct ModelOptions {
    /// The major of the SDK that is to take the messages.
    pub target: Target,
    /// Leaves out calls that have no result yet. Without it a pending call is passed on, and a provider refuses it.
    pub ignore_incomplete_tool_calls: bool,
}

/// Maps stored messages to model messages, as `convertToModelMessages` of the target does without tools and without a
/// converter of data parts: those are left out, as sources and unknown parts are.
///
/// Each step of an assistant message gives one assistant message and, when it has calls, one tool message.
#[must_use]
pub fn ui_messages_to_model_messages(messages: &[UiMessage], options: ModelOptions) -> Vec<ModelMessage> {
    let last_user = messages.iter().rposition(|message| message.role == Role::User);
    let mut mapper = Mapper { options, is_superseded: false, out: Vec::new() };
    for (at, message) in messages.iter().enumerate() {
        mapper.is_superseded = last_user.is_some_and(|last| at < last);
        match message.role {
            Role::System => mapper.out.push(system(message)),
            Role::User => mapper.out.push(ModelMessage::User { content: user_parts(&message.parts, options.target) }),
            Role::Assistant => mapper.assistant(&message.parts),
        }
    }
    mapper.out
}

struct Mapper {
    options: ModelOptions,
    /// A user message follows: an approval that still waits will never be given.
    is_superseded: bool,
    out: Vec<ModelMessage>,
}

impl Mapper {
    fn assistant(&mut self, parts: &[Part]) {
        let mut block = Vec::new();
        for part in parts {
            match part {
                Part::Tool(tool) if !self.is_wanted(tool) => {}
                Part::StepStart(_) => self.close(&mut block),
                Part::Steering(steering) if self.options.target >= Target::Ai7 => {
                    self.close(&mut block);
                    self.out.push(ModelMessage::User { content: user_parts(&steering.parts, self.options.target) });
                }
                Part::Text(_) | Part::Reasoning(_) | Part::File(_) | Part::Tool(_) | Part::Data(_) => block.push(part),
                Part::Custom(_) | Part::ReasoningFile(_) if self.options.target >= Target::Ai7 => block.push(part),
                Part::Custom(_)
                | Part::ReasoningFile(_)
                | Part::Steering(_)
                | Part::SourceUrl(_)
                | Part::SourceDocument(_)
                | Part::Unknown(_) => {}
            }
        }
        self.close(&mut block);
    }

    fn is_wanted(&self, tool: &ToolPart) -> bool {
        if self.options.target >= Target::Ai7 && self.is_superseded && tool.state == ToolState::ApprovalRequested {
            return false;
        }
        !self.options.ignore_incomplete_tool_calls || is_complete(tool, self.options.target)
    }

    /// Maps the parts between two step marks.
    fn close(&mut self, block: &mut Vec<&Part>) {
        let block = std::mem::take(block);
        if block.is_empty() {
            return;
        }
        let target = self.options.target;
        let mut content = Vec::new();
        block.iter().for_each(|part| assistant_part(part, target, &mut content));
        // v5 sends an empty message, and an empty list of results, all the same.
        let keeps_empty = target == Target::Ai5;
        if keeps_empty || !content.is_empty() {
            self.out.push(ModelMessage::Assistant { content });
        }
        let tools = block.iter().filter_map(|part| match part {
            Part::Tool(tool) if has_results(tool, target) => Some(&**tool),
            _ => None,
        });
        let mut results = Vec::new();
        let mut count = 0;
        for tool in tools {
            count += 1;
            tool_parts(tool, target, &mut results);
        }
        if !results.is_empty() || keeps_empty && count > 0 {
            self.out.push(ModelMessage::Tool { content: results });
        }
    }
}

fn system(message: &UiMessage) -> ModelMessage {
    let mut provider_options = JsonMap::new();
    let mut content = String::new();
    for part in &message.parts {
        if let Part::Text(text) = part {
            content.push_str(&text.text);
            if let Some(Value::Object(metadata)) = &text.provider_metadata {
                provider_options.extend(metadata.iter().map(|(name, value)| (name.clone(), value.clone())));
            }
        }
    }
    let provider_options = (!provider_options.is_empty()).then_some(Value::Object(provider_options));
    ModelMessage::System { content, provider_options }
}

fn user_parts(parts: &[Part], target: Target) -> Vec<ModelPart> {
    let parts = parts.iter().filter_map(|part| match part {
        Part::Text(text) => Some(text_part(text)),
        Part::File(file) => Some(ModelPart::File(file_part(file, target))),
        _ => None,
    });
    parts.collect()
}

fn text_part(text: &TextPart) -> ModelPart {
    ModelPart::Text { text: text.text.clone(), provider_options: given(text.provider_metadata.as_ref()) }
}

fn file_part(file: &FilePart, target: Target) -> ModelFile {
    ModelFile {
        media_type: file.media_type.clone(),
        filename: file.filename.clone(),
        data: if target < Target::Ai7 { ModelFileData::Url(file.url.clone()) } else { tagged_data(file) },
        provider_options: given(file.provider_metadata.as_ref()),
    }
}

fn tagged_data(file: &FilePart) -> ModelFileData {
    ModelFileData::Tagged(match given(file.extra.get("providerReference")) {
        Some(reference) => TaggedFileData::Reference { reference },
        None => TaggedFileData::Url { url: file.url.clone() },
    })
}

fn assistant_part(part: &Part, target: Target, content: &mut Vec<ModelPart>) {
    match part {
        Part::Text(text) => content.push(text_part(text)),
        Part::Reasoning(reasoning) => content.push(ModelPart::Reasoning {
            text: reasoning.text.clone(),
            provider_options: reasoning.provider_metadata.clone(),
        }),
        Part::File(file) => {
            let mut file = file_part(file, target);
            if target == Target::Ai5 {
                file.provider_options = None;
            }
            content.push(ModelPart::File(file));
        }
        Part::ReasoningFile(file) => content.push(ModelPart::ReasoningFile(ModelFile {
            media_type: file.media_type.clone(),
            filename: None,
            data: ModelFileData::Tagged(TaggedFileData::Url { url: file.url.clone() }),
            provider_options: file.provider_metadata.clone(),
        })),
        Part::Custom(custom) => content.push(ModelPart::Custom {
            kind: custom.kind.clone(),
            provider_options: given(custom.provider_metadata.as_ref()),
        }),
        Part::Tool(tool) if tool.state != ToolState::InputStreaming => call_parts(tool, target, content),
        Part::Tool(_)
        | Part::Data(_)
        | Part::StepStart(_)
        | Part::Steering(_)
        | Part::SourceUrl(_)
        | Part::SourceDocument(_)
        | Part::Unknown(_) => {}
    }
}

/// A call as the model made it, the approval that was asked for it, and the result when the provider ran it itself.
fn call_parts(tool: &ToolPart, target: Target, content: &mut Vec<ModelPart>) {
    // v5 tells neither the failed input of a dynamic tool nor who executed it.
    let is_plain = target == Target::Ai5 && tool.tool.is_dynamic();
    let failed = tool.state == ToolState::OutputError;
    let input = if failed && !is_plain {
        given(tool.input.as_ref()).or_else(|| tool.raw_input.clone())
    } else {
        tool.input.clone()
    };
    let result_metadata = tool.result_provider_metadata.as_ref().filter(|_| failed && target >= Target::Ai6);
    let provider_executed = tool.provider_executed.filter(|_| !is_plain);
    content.push(ModelPart::ToolCall {
        tool_call_id: tool.tool_call_id.clone(),
        tool_name: tool.tool.name().to_owned(),
        input,
        provider_executed,
        provider_options: given(tool.call_provider_metadata.as_ref()).or_else(|| given(result_metadata)),
    });
    if target >= Target::Ai6
        && let Some(approval) = &tool.approval
    {
        content.push(approval_request(tool, approval, target));
    }
    if provider_executed == Some(true) && matches!(tool.state, ToolState::OutputAvailable | ToolState::OutputError) {
        let result_metadata = tool.result_provider_metadata.as_ref().filter(|_| target >= Target::Ai6);
        content.push(ModelPart::ToolResult {
            tool_call_id: tool.tool_call_id.clone(),
            tool_name: tool.tool.name().to_owned(),
            output: if failed {
                ModelOutput::ErrorJson { value: tool.error_text.clone().into() }
            } else {
                output(tool)
            },
            provider_options: given(result_metadata).or_else(|| given(tool.call_provider_metadata.as_ref())),
        });
    }
}

fn approval_request(tool: &ToolPart, approval: &JsonMap, target: Target) -> ModelPart {
    let mut details = JsonMap::new();
    let mut put = |name: &str, value: Option<&Value>| {
        if let Some(value) = value {
            details.insert(name.to_owned(), value.clone());
        }
    };
    if target >= Target::Ai7 {
        put("isAutomatic", approval.get("isAutomatic"));
        put("reason", approval.get("requestReason").filter(|reason| !reason.is_null()));
    }
    put("inputSchemaInput", approval.get("inputSchemaInput"));
    put("signature", approval.get("signature").filter(|signature| !signature.is_null()));
    ModelPart::ToolApprovalRequest {
        approval_id: approval_id(approval),
        tool_call_id: tool.tool_call_id.clone(),
        details,
    }
}

/// Whether a call has a place in the tool message: the provider tells what it ran itself.
fn has_results(tool: &ToolPart, target: Target) -> bool {
    match target {
        Target::Ai5 => tool.tool.is_dynamic() || tool.provider_executed != Some(true),
        Target::Ai6 | Target::Ai7 => tool.provider_executed != Some(true) || approved(tool).is_some(),
    }
}

/// What the tool message says of a call: the decision on it, then its result.
fn tool_parts(tool: &ToolPart, target: Target, results: &mut Vec<ModelPart>) {
    let result = |output| ModelPart::ToolResult {
        tool_call_id: tool.tool_call_id.clone(),
        tool_name: tool.tool.name().to_owned(),
        output,
        provider_options: given(tool.call_provider_metadata.as_ref()),
    };
    let reason = tool.approval.as_ref().and_then(|approval| approval.get("reason"));
    if target >= Target::Ai6
        && let (Some(approved), Some(approval)) = (approved(tool), &tool.approval)
    {
        results.push(ModelPart::ToolApprovalResponse {
            approval_id: approval_id(approval),
            approved,
            reason: reason.cloned(),
            provider_executed: tool.provider_executed,
        });
    }
    match tool.state {
        ToolState::ApprovalResponded if target >= Target::Ai7 && approved(tool) == Some(false) => {
            results.push(result(ModelOutput::ExecutionDenied { reason: reason.cloned() }));
        }
        _ if target >= Target::Ai6 && tool.provider_executed == Some(true) => {}
        ToolState::OutputDenied if target >= Target::Ai6 => {
            let reason = reason.and_then(Value::as_str).unwrap_or(DENIED);
            results.push(result(ModelOutput::ErrorText { value: reason.to_owned() }));
        }
        ToolState::OutputError => results.push(result(ModelOutput::ErrorText { value: error_text(tool) })),
        ToolState::OutputAvailable => results.push(result(output(tool))),
        ToolState::InputStreaming
        | ToolState::InputAvailable
        | ToolState::ApprovalRequested
        | ToolState::ApprovalResponded
        | ToolState::OutputDenied => {}
    }
}

/// What it tells of a result whose tool is gone: `dynamic: false` marks those when messages are validated with tools.
const UNAVAILABLE: &str = "Tool output omitted because the tool is no longer available.";

fn output(tool: &ToolPart) -> ModelOutput {
    if tool.tool.is_dynamic() && tool.extra.get("dynamic") == Some(&Value::Bool(false)) {
        return ModelOutput::Text { value: UNAVAILABLE.to_owned() };
    }
    match &tool.output {
        Some(Value::String(text)) => ModelOutput::Text { value: text.clone() },
        other => ModelOutput::Json { value: other.clone().unwrap_or_default() },
    }
}

/// As the SDK words an error that says nothing.
const UNKNOWN_ERROR: &str = "unknown error";

fn error_text(tool: &ToolPart) -> String {
    tool.error_text.clone().unwrap_or_else(|| UNKNOWN_ERROR.to_owned())
}

fn is_complete(tool: &ToolPart, target: Target) -> bool {
    match tool.state {
        ToolState::InputStreaming | ToolState::InputAvailable => false,
        // v5 does not know the state, and so keeps it.
        ToolState::ApprovalRequested => target == Target::Ai5,
        ToolState::OutputAvailable => tool.preliminary != Some(true),
        ToolState::ApprovalResponded | ToolState::OutputError | ToolState::OutputDenied => true,
    }
}

fn approved(tool: &ToolPart) -> Option<bool> {
    tool.approval.as_ref()?.get("approved")?.as_bool()
}

fn approval_id(approval: &JsonMap) -> String {
    approval.get("id").and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// A value that is there and not `null`.
fn given(value: Option<&Value>) -> Option<Value> {
    value.filter(|value| !value.is_null()).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(target: Target, messages: &Value, expected: &Value) {
        let options = ModelOptions { target, ..ModelOptions::default() };
        check_with(options, messages, expected);
    }

    #[track_caller]
    fn check_with(options: ModelOptions, messages: &Value, expected: &Value) {
        let messages = read_messages_to_map(messages.clone()).unwrap();
        assert_eq!(&serde_json::to_value(ui_messages_to_model_messages(&messages, options)).unwrap(), expected);
    }

    fn assistant(parts: &Value) -> Value {
        json!([{"role": "assistant", "parts": parts}])
    }

    #[test]
    fn a_step_is_an_assistant_message_and_a_tool_message() {
        let parts = json!([
            {"type": "step-start"},
            {"type": "tool-w", "toolCallId": "1", "state": "output-available", "input": {}, "output": {"t": 3}},
            {"type": "step-start"},
            {"type": "text", "text": "3", "providerMetadata": {"p": {"k": 1}}},
        ]);
        let expected = json!([
            {"role": "assistant", "content": [{"type": "tool-call", "toolCallId": "1", "toolName": "w", "input": {}}]},
            {"role": "tool", "content": [{"type": "tool-result", "toolCallId": "1", "toolName": "w", "output": {"type": "json", "value": {"t": 3}}}]},
            {"role": "assistant", "content": [{"type": "text", "text": "3", "providerOptions": {"p": {"k": 1}}}]},
        ]);
        Target::ALL.into_iter().for_each(|target| check(target, &assistant(&parts), &expected));
    }

    #[test]
    fn a_file_is_a_url_or_what_the_provider_calls_it() {
        let messages = json!([{"role": "user", "parts": [
            {"type": "file", "mediaType": "image/png", "url": "https://a.example/x.png", "providerReference": {"openai": "f"}},
            {"type": "file", "mediaType": "image/png", "url": "https://a.example/x.png"},
        ]}]);
        let content = |data: [Value; 2]| {
            let parts = data.map(|data| json!({"type": "file", "mediaType": "image/png", "data": data}));
            json!([{"role": "user", "content": parts}])
        };
        let url = || json!("https://a.example/x.png");
        check(Target::Ai6, &messages, &content([url(), url()]));
        let reference = json!({"type": "reference", "reference": {"openai": "f"}});
        check(Target::Ai7, &messages, &content([reference, json!({"type": "url", "url": url()})]));
    }

    #[test]
    fn a_failure_that_says_nothing_is_an_unknown_error() {
        for error in [json!({}), json!({"errorText": null})] {
            let mut part = json!({"type": "tool-w", "toolCallId": "1", "state": "output-error", "input": {}});
            part.as_object_mut().unwrap().extend(error.as_object().unwrap().clone());
            let messages = read_messages_to_map(assistant(&json!([part]))).unwrap();
            for target in Target::ALL {
                let mapped =
                    ui_messages_to_model_messages(&messages, ModelOptions { target, ..ModelOptions::default() });
                let mapped = serde_json::to_value(mapped).unwrap();
                assert_eq!(mapped[1]["content"][0]["output"], json!({"type": "error-text", "value": "unknown error"}));
            }
        }
    }

    #[test]
    fn a_failure_at_the_provider_that_says_nothing_is_null() {
        let part = json!({"type": "tool-w", "toolCallId": "1", "state": "output-error", "input": {}, "providerExecuted": true});
        let messages = read_messages_to_map(assistant(&json!([part]))).unwrap();
        let mapped = ui_messages_to_model_messages(&messages, ModelOptions::default());
        let mapped = serde_json::to_value(mapped).unwrap();
        assert_eq!(mapped[0]["content"][1]["output"], json!({"type": "error-json", "value": null}));
    }

    #[test]
    fn a_call_without_its_result_can_be_left_out() {
        let messages = assistant(&json!([
            {"type": "tool-w", "toolCallId": "1", "state": "input-available", "input": {}},
            {"type": "tool-w", "toolCallId": "2", "state": "output-available", "input": {}, "output": 1, "preliminary": true},
        ]));
        let options = ModelOptions { ignore_incomplete_tool_calls: true, ..ModelOptions::default() };
        check_with(options, &messages, &json!([]));
    }

    #[test]
    fn an_approval_that_a_user_message_passed_over_is_left_out_since_v7() {
        let messages = json!([
            {"role": "assistant", "parts": [{"type": "tool-w", "toolCallId": "1", "state": "approval-requested", "input": {}, "approval": {"id": "a"}}]},
            {"role": "user", "parts": [{"type": "text", "text": "never mind"}]},
        ]);
        let user = json!({"role": "user", "content": [{"type": "text", "text": "never mind"}]});
        check(Target::Ai7, &messages, &json!([user]));
        let call = json!({"role": "assistant", "content": [
            {"type": "tool-call", "toolCallId": "1", "toolName": "w", "input": {}},
            {"type": "tool-approval-request", "approvalId": "a", "toolCallId": "1"},
        ]});
        check(Target::Ai6, &messages, &json!([call, user]));
        let waiting = json!([messages[0]]);
        Target::ALL[1..].iter().for_each(|target| check(*target, &waiting, &json!([call])));
    }

    #[test]
    fn what_is_no_message_is_refused() {
        assert_eq!(read_messages_to_map(json!({})), Err(ErrorCode::InvalidRequest));
        assert_eq!(read_messages_to_map(json!([{"role": "tool", "parts": []}])), Err(ErrorCode::InvalidRequest));
    }
}
