//! The parts of a `UiMessage`.
//!
//! Source: `packages/ai/src/ui/ui-messages.ts` in vercel/ai (v5 to v7). A part whose type or shape we do not know is
//! [`Part::Unknown`] and keeps its JSON untouched; a known part keeps fields that we do not know in `extra`.

use crate::json::{JsonMap, present};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    Text(TextPart),
    Reasoning(ReasoningPart),
    /// `tool-{name}` or `dynamic-tool`.
    Tool(Box<ToolPart>),
    File(FilePart),
    ReasoningFile(FilePart),
    SourceUrl(SourceUrlPart),
    SourceDocument(SourceDocumentPart),
    Custom(CustomPart),
    StepStart(JsonMap),
    /// `data-{name}`.
    Data(DataPart),
    Unknown(JsonMap),
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TextPart {
    pub text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<StreamState>,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub provider_metadata: Option<Value>,
    #[serde(flatten)]
    pub extra: JsonMap,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReasoningPart {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    pub text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<StreamState>,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub provider_metadata: Option<Value>,
    #[serde(flatten)]
    pub extra: JsonMap,
}

/// Whether a text or reasoning part still grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StreamState {
    Streaming,
    Done,
}

/// A tool call with all that became of it. Which fields are set depends on `state`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ToolPart {
    /// Not a field on the wire: it stands in the part's `type`, or in `toolName` when dynamic.
    #[serde(skip)]
    pub tool: Tool,
    pub tool_call_id: String,
    pub state: ToolState,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub tool_metadata: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_executed: Option<bool>,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub input: Option<Value>,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub raw_input: Option<Value>,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub output: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preliminary: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<JsonMap>,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub call_provider_metadata: Option<Value>,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub result_provider_metadata: Option<Value>,
    #[serde(flatten)]
    pub extra: JsonMap,
}

/// How the SDK tells tools apart: by a type of its own, or all under `dynamic-tool`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tool {
    Static(String),
    Dynamic(String),
}

impl Default for Tool {
    fn default() -> Self {
        Self::Dynamic(String::new())
    }
}

impl Tool {
    #[must_use]
    pub fn new(name: &str, dynamic: bool) -> Self {
        if dynamic { Self::Dynamic(name.to_owned()) } else { Self::Static(name.to_owned()) }
    }

    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Static(name) | Self::Dynamic(name) => name,
        }
    }

    #[must_use]
    pub fn is_dynamic(&self) -> bool {
        matches!(self, Self::Dynamic(_))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ToolState {
    InputStreaming,
    InputAvailable,
    ApprovalRequested,
    ApprovalResponded,
    OutputAvailable,
    OutputError,
    OutputDenied,
}

impl ToolState {
    /// Whether the call has come to its end: a provider can be shown its result.
    #[must_use]
    pub fn is_final(self) -> bool {
        match self {
            Self::OutputAvailable | Self::OutputError | Self::OutputDenied => true,
            Self::InputStreaming | Self::InputAvailable | Self::ApprovalRequested | Self::ApprovalResponded => false,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FilePart {
    pub media_type: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
    /// An http(s) URL or a `data:` URL.
    pub url: String,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub provider_metadata: Option<Value>,
    #[serde(flatten)]
    pub extra: JsonMap,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SourceUrlPart {
    pub source_id: String,
    pub url: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub provider_metadata: Option<Value>,
    #[serde(flatten)]
    pub extra: JsonMap,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SourceDocumentPart {
    pub source_id: String,
    pub media_type: String,
    pub title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub provider_metadata: Option<Value>,
    #[serde(flatten)]
    pub extra: JsonMap,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CustomPart {
    /// `{provider}.{type}`.
    pub kind: String,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub provider_metadata: Option<Value>,
    #[serde(flatten)]
    pub extra: JsonMap,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DataPart {
    /// What follows `data-` in the part's type.
    #[serde(skip)]
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    pub data: Value,
    #[serde(flatten)]
    pub extra: JsonMap,
}

impl Part {
    /// Reads one part; never fails.
    #[must_use]
    pub fn from_map(mut map: JsonMap) -> Self {
        let Some(Value::String(kind)) = map.get("type").cloned() else {
            return Self::Unknown(map);
        };
        map.shift_remove("type");
        Self::known(&kind, &mut map).unwrap_or_else(|| {
            map.shift_insert(0, "type".to_owned(), Value::String(kind));
            Self::Unknown(map)
        })
    }

    /// `None` when the type is unknown or a known field has another shape; `map` is then untouched.
    fn known(kind: &str, map: &mut JsonMap) -> Option<Self> {
        Some(match kind {
            "text" => Self::Text(read(map)?),
            "reasoning" => Self::Reasoning(read(map)?),
            "file" => Self::File(read(map)?),
            "reasoning-file" => Self::ReasoningFile(read(map)?),
            "source-url" => Self::SourceUrl(read(map)?),
            "source-document" => Self::SourceDocument(read(map)?),
            "custom" => Self::Custom(read(map)?),
            "step-start" => Self::StepStart(std::mem::take(map)),
            "dynamic-tool" => {
                let mut part: ToolPart = read(map)?;
                let Some(Value::String(name)) = part.extra.shift_remove("toolName") else {
                    return None;
                };
                part.tool = Tool::Dynamic(name);
                Self::Tool(Box::new(part))
            }
            _ => {
                if let Some(name) = kind.strip_prefix("tool-") {
                    let mut part: ToolPart = read(map)?;
                    part.tool = Tool::Static(name.to_owned());
                    Self::Tool(Box::new(part))
                } else {
                    let mut part: DataPart = kind.strip_prefix("data-").and_then(|_| read(map))?;
                    kind.clone_into(&mut part.name);
                    part.name.drain(.."data-".len());
                    Self::Data(part)
                }
            }
        })
    }
}

fn read<T: DeserializeOwned>(map: &JsonMap) -> Option<T> {
    T::deserialize(map).ok()
}

impl<'de> Deserialize<'de> for Part {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        JsonMap::deserialize(deserializer).map(Self::from_map)
    }
}

impl Serialize for Part {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(part) => tagged(serializer, "text", part),
            Self::Reasoning(part) => tagged(serializer, "reasoning", part),
            Self::File(part) => tagged(serializer, "file", part),
            Self::ReasoningFile(part) => tagged(serializer, "reasoning-file", part),
            Self::SourceUrl(part) => tagged(serializer, "source-url", part),
            Self::SourceDocument(part) => tagged(serializer, "source-document", part),
            Self::Custom(part) => tagged(serializer, "custom", part),
            Self::StepStart(extra) => tagged(serializer, "step-start", extra),
            Self::Data(part) => tagged(serializer, &format!("data-{}", part.name), part),
            Self::Tool(part) => serialize_tool(serializer, part),
            Self::Unknown(map) => map.serialize(serializer),
        }
    }
}

fn tagged<S: Serializer, T: Serialize>(serializer: S, kind: &str, body: &T) -> Result<S::Ok, S::Error> {
    Tagged { r#type: kind, tool_name: None, body }.serialize(serializer)
}

fn serialize_tool<S: Serializer>(serializer: S, part: &ToolPart) -> Result<S::Ok, S::Error> {
    match &part.tool {
        Tool::Static(name) => tagged(serializer, &format!("tool-{name}"), part),
        Tool::Dynamic(name) => {
            Tagged { r#type: "dynamic-tool", tool_name: Some(name), body: part }.serialize(serializer)
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Tagged<'a, T> {
    r#type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_name: Option<&'a str>,
    #[serde(flatten)]
    body: &'a T,
}
