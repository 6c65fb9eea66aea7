//! The parts of a `UiMessage`.
//!
//! Source: `packages/ai/src/ui/ui-messages.ts` in vercel/ai (v5 to v7). A part whose type or shape we do not know is
//! [`Part::Unknown`] and keeps its JSON untouched; a known part keeps fields that we do not know in `extra`.

use crate::json::JsonMap;
use serde::{Serialize, Serializer};
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
    /// What a user said while the reply was being made.
    Steering(SteeringPart),
    Unknown(JsonMap),
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TextPart {
    pub text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<StreamState>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider_metadata: Option<Value>,
    #[serde(flatten)]
    pub extra: JsonMap,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReasoningPart {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    pub text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<StreamState>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider_metadata: Option<Value>,
    #[serde(flatten)]
    pub extra: JsonMap,
}

/// Whether a text or reasoning part still grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum StreamState {
    Streaming,
    Done,
}

/// A tool call with all that became of it. Which fields are set depends on `state`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ToolPart {
    /// Not a field on the wire: it stands in the part's `type`, or in `toolName` when dynamic.
    #[serde(skip)]
    pub tool: Tool,
    pub tool_call_id: String,
    pub state: ToolState,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_metadata: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider_executed: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub raw_input: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preliminary: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approval: Option<JsonMap>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call_provider_metadata: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
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

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
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

impl StreamState {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "streaming" => Some(Self::Streaming),
            "done" => Some(Self::Done),
            _ => None,
        }
    }
}

impl ToolPart {
    /// Forgets the `null`s that these fields came with: they were set or cleared since, and would be told twice.
    pub(crate) fn forget_nulls(&mut self, names: &[&str]) {
        names.iter().for_each(|name| drop(self.extra.shift_remove(*name)));
    }
}

impl ToolState {
    fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "input-streaming" => Self::InputStreaming,
            "input-available" => Self::InputAvailable,
            "approval-requested" => Self::ApprovalRequested,
            "approval-responded" => Self::ApprovalResponded,
            "output-available" => Self::OutputAvailable,
            "output-error" => Self::OutputError,
            "output-denied" => Self::OutputDenied,
            _ => return None,
        })
    }

    /// Whether the call has come to its end: a provider can be shown its result.
    #[must_use]
    pub fn is_final(self) -> bool {
        match self {
            Self::OutputAvailable | Self::OutputError | Self::OutputDenied => true,
            Self::InputStreaming | Self::InputAvailable | Self::ApprovalRequested | Self::ApprovalResponded => false,
        }
    }
}

#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FilePart {
    pub media_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
    /// An http(s) URL or a `data:` URL.
    pub url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider_metadata: Option<Value>,
    #[serde(flatten)]
    pub extra: JsonMap,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SourceUrlPart {
    pub source_id: String,
    pub url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider_metadata: Option<Value>,
    #[serde(flatten)]
    pub extra: JsonMap,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SourceDocumentPart {
    pub source_id: String,
    pub media_type: String,
    pub title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filename: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider_metadata: Option<Value>,
    #[serde(flatten)]
    pub extra: JsonMap,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CustomPart {
    /// `{provider}.{type}`.
    pub kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider_metadata: Option<Value>,
    #[serde(flatten)]
    pub extra: JsonMap,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DataPart {
    /// What follows `data-` in the part's type.
    #[serde(skip)]
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Value>,
    #[serde(flatten)]
    pub extra: JsonMap,
}

/// v7, experimental there.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SteeringPart {
    pub id: String,
    /// Text and file parts.
    pub parts: Vec<Part>,
    #[serde(flatten)]
    pub extra: JsonMap,
}

impl Part {
    /// Reads one part; never fails. A part of a known type whose fields have another shape is [`Part::Unknown`].
    #[must_use]
    pub fn from_map(map: JsonMap) -> Self {
        let Some(kind) = map.get("type").and_then(Value::as_str).map(str::to_owned) else {
            return Self::Unknown(map);
        };
        // The name of a dynamic tool is a field of its own; that of a static one stands in the type.
        let is_named = kind != "dynamic-tool" || Field::Text("toolName").fits(&map);
        match fields_of(&kind) {
            Some(fields) if is_named && fields.iter().all(|field| field.fits(&map)) => Self::known(&kind, map),
            _ => Self::Unknown(map),
        }
    }

    /// Takes the fields of a part that is known to have them.
    fn known(kind: &str, mut map: JsonMap) -> Self {
        map.shift_remove("type");
        let map = &mut map;
        match kind {
            "text" => Self::Text(TextPart {
                text: take_text(map, "text"),
                state: take_state(map),
                provider_metadata: map.shift_remove("providerMetadata"),
                extra: std::mem::take(map),
            }),
            "reasoning" => Self::Reasoning(ReasoningPart {
                id: take_optional(map, "id"),
                text: take_text(map, "text"),
                state: take_state(map),
                provider_metadata: map.shift_remove("providerMetadata"),
                extra: std::mem::take(map),
            }),
            "file" => Self::File(take_file(map)),
            "reasoning-file" => Self::ReasoningFile(take_file(map)),
            "source-url" => Self::SourceUrl(SourceUrlPart {
                source_id: take_text(map, "sourceId"),
                url: take_text(map, "url"),
                title: take_optional(map, "title"),
                provider_metadata: map.shift_remove("providerMetadata"),
                extra: std::mem::take(map),
            }),
            "source-document" => Self::SourceDocument(SourceDocumentPart {
                source_id: take_text(map, "sourceId"),
                media_type: take_text(map, "mediaType"),
                title: take_text(map, "title"),
                filename: take_optional(map, "filename"),
                provider_metadata: map.shift_remove("providerMetadata"),
                extra: std::mem::take(map),
            }),
            "custom" => Self::Custom(CustomPart {
                kind: take_text(map, "kind"),
                provider_metadata: map.shift_remove("providerMetadata"),
                extra: std::mem::take(map),
            }),
            "step-start" => Self::StepStart(std::mem::take(map)),
            "steering-message" => Self::Steering(SteeringPart {
                id: take_text(map, "id"),
                parts: take_parts(map),
                extra: std::mem::take(map),
            }),
            "dynamic-tool" => {
                let tool = Tool::Dynamic(take_text(map, "toolName"));
                Self::Tool(Box::new(take_tool(tool, map)))
            }
            other => match other.strip_prefix("tool-") {
                Some(name) => Self::Tool(Box::new(take_tool(Tool::new(name, false), map))),
                None => Self::Data(DataPart {
                    name: other.strip_prefix("data-").unwrap_or_default().to_owned(),
                    id: take_optional(map, "id"),
                    data: map.shift_remove("data"),
                    extra: std::mem::take(map),
                }),
            },
        }
    }
}

/// What a field of a part must be for the part to be of its type.
enum Field {
    Text(&'static str),
    /// A string, or absent.
    OptionalText(&'static str),
    OptionalBool(&'static str),
    OptionalObject(&'static str),
    /// An array of parts.
    Parts(&'static str),
    /// `state` of a text or reasoning part, or absent.
    StreamState,
    /// `state` of a tool part.
    ToolState,
}

impl Field {
    fn fits(&self, map: &JsonMap) -> bool {
        match self {
            Self::Text(name) => map.get(*name).is_some_and(Value::is_string),
            Self::OptionalText(name) => absent_or(map, name, Value::is_string),
            Self::OptionalBool(name) => absent_or(map, name, Value::is_boolean),
            Self::OptionalObject(name) => absent_or(map, name, Value::is_object),
            Self::Parts(name) => {
                map.get(*name).and_then(Value::as_array).is_some_and(|parts| parts.iter().all(Value::is_object))
            }
            Self::StreamState => absent_or(map, "state", |state| state.as_str().and_then(StreamState::parse).is_some()),
            Self::ToolState => map.get("state").and_then(Value::as_str).and_then(ToolState::parse).is_some(),
        }
    }
}

/// `null` counts as absent, and stays where it is.
fn absent_or(map: &JsonMap, name: &str, fits: impl Fn(&Value) -> bool) -> bool {
    map.get(name).is_none_or(|value| value.is_null() || fits(value))
}

const TEXT: &[Field] = &[Field::Text("text"), Field::StreamState];
const REASONING: &[Field] = &[Field::OptionalText("id"), Field::Text("text"), Field::StreamState];
const FILE: &[Field] = &[Field::Text("mediaType"), Field::OptionalText("filename"), Field::Text("url")];
const SOURCE_URL: &[Field] = &[Field::Text("sourceId"), Field::Text("url"), Field::OptionalText("title")];
const SOURCE_DOCUMENT: &[Field] =
    &[Field::Text("sourceId"), Field::Text("mediaType"), Field::Text("title"), Field::OptionalText("filename")];
const CUSTOM: &[Field] = &[Field::Text("kind")];
const DATA: &[Field] = &[Field::OptionalText("id")];
const STEERING: &[Field] = &[Field::Text("id"), Field::Parts("parts")];
const TOOL: &[Field] = &[
    Field::Text("toolCallId"),
    Field::ToolState,
    Field::OptionalText("title"),
    Field::OptionalBool("providerExecuted"),
    Field::OptionalText("errorText"),
    Field::OptionalObject("approval"),
];
/// The fields of a part type; `None` for a type that we do not know.
fn fields_of(kind: &str) -> Option<&'static [Field]> {
    Some(match kind {
        "text" => TEXT,
        "reasoning" => REASONING,
        "file" | "reasoning-file" => FILE,
        "source-url" => SOURCE_URL,
        "source-document" => SOURCE_DOCUMENT,
        "custom" => CUSTOM,
        "step-start" => &[],
        "steering-message" => STEERING,
        "dynamic-tool" => TOOL,
        other if other.starts_with("tool-") => TOOL,
        other if other.starts_with("data-") => DATA,
        _ => return None,
    })
}

fn take_optional(map: &mut JsonMap, name: &str) -> Option<String> {
    match take(map, name) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    }
}

/// Takes a field that says something; `null` is kept with the fields that we do not know.
fn take(map: &mut JsonMap, name: &str) -> Option<Value> {
    map.get(name).filter(|value| !value.is_null())?;
    map.shift_remove(name)
}

fn take_text(map: &mut JsonMap, name: &str) -> String {
    take_optional(map, name).unwrap_or_default()
}

fn take_bool(map: &mut JsonMap, name: &str) -> Option<bool> {
    take(map, name).and_then(|value| value.as_bool())
}

fn take_state(map: &mut JsonMap) -> Option<StreamState> {
    take_optional(map, "state").and_then(|state| StreamState::parse(&state))
}

fn take_parts(map: &mut JsonMap) -> Vec<Part> {
    let Some(Value::Array(parts)) = map.shift_remove("parts") else { return Vec::new() };
    let maps = parts.into_iter().filter_map(|part| if let Value::Object(map) = part { Some(map) } else { None });
    maps.map(Part::from_map).collect()
}

fn take_file(map: &mut JsonMap) -> FilePart {
    FilePart {
        media_type: take_text(map, "mediaType"),
        filename: take_optional(map, "filename"),
        url: take_text(map, "url"),
        provider_metadata: map.shift_remove("providerMetadata"),
        extra: std::mem::take(map),
    }
}

fn take_tool(tool: Tool, map: &mut JsonMap) -> ToolPart {
    ToolPart {
        tool,
        tool_call_id: take_text(map, "toolCallId"),
        state: ToolState::parse(&take_text(map, "state")).unwrap_or(ToolState::InputStreaming),
        title: take_optional(map, "title"),
        tool_metadata: map.shift_remove("toolMetadata"),
        provider_executed: take_bool(map, "providerExecuted"),
        input: map.shift_remove("input"),
        raw_input: map.shift_remove("rawInput"),
        output: map.shift_remove("output"),
        error_text: take_optional(map, "errorText"),
        // The SDK reads no more of it than whether it is there and true: anything else is a field that we do not know.
        preliminary: map.get("preliminary").and_then(Value::as_bool).inspect(|_| drop(map.shift_remove("preliminary"))),
        approval: match take(map, "approval") {
            Some(Value::Object(approval)) => Some(approval),
            _ => None,
        },
        call_provider_metadata: map.shift_remove("callProviderMetadata"),
        result_provider_metadata: map.shift_remove("resultProviderMetadata"),
        extra: std::mem::take(map),
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
            Self::Steering(part) => tagged(serializer, "steering-message", part),
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
