//! Masking of a whole message: every string of every part, and nothing that makes the message work.

use serde_json::Value;

use super::counts::MaskCounts;
use super::masker::Masker;
use super::value::Pass;
use crate::json::JsonMap;
use crate::message::UiMessage;
use crate::part::{DataPart, FilePart, Part, ToolPart};

/// Fields of a message or part that name things instead of saying them.
const STRUCTURAL: [&str; 14] = [
    "type",
    "id",
    "role",
    "state",
    "kind",
    "mediaType",
    "messageId",
    "sourceId",
    "toolCallId",
    "toolName",
    "approvalId",
    "approvalSignature",
    "signature",
    "providerReference",
];

impl Masker {
    /// Masks a message in place: texts, reasoning, tool inputs and outputs, URLs, names, data, metadata, and whatever
    /// an unknown part or field holds.
    ///
    /// Left alone: ids, roles, types, states, tool names, media types, JSON keys, and in provider metadata whatever is
    /// signed or encrypted, because a provider refuses it when changed.
    pub fn mask_message(&self, message: &mut UiMessage) -> MaskCounts {
        let mut pass = Pass::default();
        let UiMessage { id: _, role: _, metadata, parts, extra } = message;
        self.mask_optional(metadata, &mut pass);
        parts.iter_mut().for_each(|part| self.mask_part(part, &mut pass));
        self.mask_fields(extra, &mut pass);
        pass.counts
    }

    fn mask_part(&self, part: &mut Part, pass: &mut Pass) {
        match part {
            Part::Text(part) => {
                self.mask_prose(&mut part.text, pass);
                self.mask_rest(&mut part.provider_metadata, &mut part.extra, pass);
            }
            Part::Reasoning(part) => {
                self.mask_prose(&mut part.text, pass);
                self.mask_rest(&mut part.provider_metadata, &mut part.extra, pass);
            }
            Part::Tool(part) => self.mask_tool(part, pass),
            Part::File(part) | Part::ReasoningFile(part) => self.mask_file(part, pass),
            Part::SourceUrl(part) => {
                self.mask_string(&mut part.url, pass);
                self.mask_optional_string(&mut part.title, pass);
                self.mask_rest(&mut part.provider_metadata, &mut part.extra, pass);
            }
            Part::SourceDocument(part) => {
                self.mask_prose(&mut part.title, pass);
                self.mask_optional_string(&mut part.filename, pass);
                self.mask_rest(&mut part.provider_metadata, &mut part.extra, pass);
            }
            Part::Custom(part) => self.mask_rest(&mut part.provider_metadata, &mut part.extra, pass),
            Part::Data(DataPart { name: _, id: _, data, extra }) => {
                self.mask_optional(data, pass);
                self.mask_fields(extra, pass);
            }
            Part::Steering(part) => {
                part.parts.iter_mut().for_each(|part| self.mask_part(part, pass));
                self.mask_fields(&mut part.extra, pass);
            }
            Part::StepStart(fields) | Part::Unknown(fields) => self.mask_fields(fields, pass),
        }
    }

    fn mask_tool(&self, part: &mut ToolPart, pass: &mut Pass) {
        self.mask_optional_string(&mut part.title, pass);
        self.mask_optional_string(&mut part.error_text, pass);
        for value in [&mut part.input, &mut part.raw_input, &mut part.tool_metadata] {
            self.mask_optional(value, pass);
        }
        // What a provider has executed goes back to it as it came, its seals included.
        match part.provider_executed {
            Some(true) => self.mask_provider_metadata(&mut part.output, pass),
            Some(false) | None => self.mask_optional(&mut part.output, pass),
        }
        if let Some(approval) = &mut part.approval {
            self.mask_fields(approval, pass);
        }
        self.mask_provider_metadata(&mut part.call_provider_metadata, pass);
        self.mask_rest(&mut part.result_provider_metadata, &mut part.extra, pass);
    }

    fn mask_file(&self, part: &mut FilePart, pass: &mut Pass) {
        self.mask_string(&mut part.url, pass);
        self.mask_optional_string(&mut part.filename, pass);
        self.mask_rest(&mut part.provider_metadata, &mut part.extra, pass);
    }

    fn mask_rest(&self, provider_metadata: &mut Option<Value>, extra: &mut JsonMap, pass: &mut Pass) {
        self.mask_provider_metadata(provider_metadata, pass);
        self.mask_fields(extra, pass);
    }

    /// The fields of a message or part that have no name of their own here.
    fn mask_fields(&self, fields: &mut JsonMap, pass: &mut Pass) {
        for (name, value) in fields {
            match name.as_str() {
                "providerMetadata" | "callProviderMetadata" | "resultProviderMetadata" => {
                    self.mask_provider_leaves(value, pass);
                }
                name if STRUCTURAL.contains(&name) => {}
                name => self.mask_field(name, value, pass),
            }
        }
    }

    fn mask_provider_metadata(&self, metadata: &mut Option<Value>, pass: &mut Pass) {
        if let Some(metadata) = metadata {
            self.mask_provider_leaves(metadata, pass);
        }
    }

    fn mask_provider_leaves(&self, value: &mut Value, pass: &mut Pass) {
        match value {
            Value::Object(fields) => {
                fields.iter_mut().filter(|(name, _)| !is_opaque(name)).for_each(|(name, field)| match field {
                    Value::String(_) => self.mask_field(name, field, pass),
                    _ => self.mask_provider_leaves(field, pass),
                })
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.mask_provider_leaves(item, pass)),
            Value::String(_) | Value::Number(_) | Value::Null | Value::Bool(_) => self.mask_leaves(value, pass),
        }
    }

    fn mask_optional(&self, value: &mut Option<Value>, pass: &mut Pass) {
        if let Some(value) = value {
            self.mask_leaves(value, pass);
        }
    }

    fn mask_optional_string(&self, text: &mut Option<String>, pass: &mut Pass) {
        if let Some(text) = text {
            self.mask_prose(text, pass);
        }
    }
}

/// `signature`, `thoughtSignature`, `redactedData`, `reasoningEncryptedContent`, `itemId`, …
fn is_opaque(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    ["signature", "encrypted", "redacted"].iter().any(|part| lower.contains(part))
        || lower == "id"
        || name.ends_with("Id")
        || name.ends_with("_id")
}

#[cfg(test)]
mod tests;
