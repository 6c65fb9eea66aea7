//! Messages of older stores as messages of today: the shapes of the AI SDK's v4, v5 and v6.
//!
//! Source of v4: `packages/ui-utils/src/types.ts` in vercel/ai (`Message`: `content`, `toolInvocations`, `reasoning`,
//! `experimental_attachments`, `annotations`, and its parts). v5 and v6 messages are v7 messages, but for fields that
//! JSON has lost (`undefined`) or that say `null`.

use crate::json::JsonMap;
use crate::message::UiMessage;
use crate::target::Target;
use crate::validate::is_valid_part;
use serde::Serialize;
use serde_json::{Value, json};

/// Messages as of today, and what could not be understood.
#[derive(Debug, Default, PartialEq, Serialize)]
pub struct Upgraded {
    /// All of them are what `validateUIMessages` of `ai@7` accepts.
    pub messages: Vec<UiMessage>,
    /// What is in no message now, as it came: for a person to look at, never lost.
    pub aside: Vec<Aside>,
    /// Which of the given values were in an older shape, by index.
    pub upgraded: Vec<usize>,
}

/// A value that is no message, or a part that is none.
#[derive(Debug, PartialEq, Serialize)]
pub struct Aside {
    /// Index among the given values.
    pub message: usize,
    /// Index of the part; absent when it had none: a whole message, or a call of v4 that stood beside the parts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<usize>,
    pub value: Value,
}

/// Upgrades stored messages. The same values always give the same messages, and what is of today stays as it is.
#[must_use]
pub fn upgrade_messages(values: Vec<Value>) -> Upgraded {
    let mut out = Upgraded::default();
    for (at, value) in values.into_iter().enumerate() {
        let before = out.aside.len();
        let message = message_of(&value, at, &mut out.aside);
        match message {
            Some(message) => {
                let is_new = serde_json::to_value(&message).is_ok_and(|message| message == value);
                if !is_new && out.aside.len() == before {
                    out.upgraded.push(at);
                }
                out.messages.push(message);
            }
            None => {
                out.aside.truncate(before);
                out.aside.push(Aside { message: at, part: None, value });
            }
        }
    }
    out
}

fn message_of(value: &Value, at: usize, aside: &mut Vec<Aside>) -> Option<UiMessage> {
    let mut map = value.as_object()?.clone();
    let role = map.get("role").and_then(Value::as_str)?.to_owned();
    let id = match map.shift_remove("id") {
        Some(Value::String(id)) => id,
        Some(Value::Number(id)) => id.to_string(),
        // Stores that had no ids: the place in the thread is one.
        Some(Value::Null) | None => format!("message-{at}"),
        Some(_) => return None,
    };
    let own = match map.shift_remove("parts") {
        Some(Value::Array(parts)) if parts.is_empty() && has_old_parts(&map) => None,
        Some(Value::Array(parts)) => Some(parts),
        Some(Value::Null) | None => None,
        Some(_) => return None,
    };
    let is_old = own.is_none();
    let given = match own {
        Some(parts) => {
            // v4 wrote the text and the calls a second time beside the parts.
            map.retain(|name, _| !["content", "toolInvocations", "reasoning"].contains(&name.as_str()));
            parts
        }
        None => old_parts(&mut map)?,
    };
    let mut parts = Vec::new();
    for (index, part) in given.into_iter().enumerate() {
        match upgrade_part(&part) {
            Some(part) => parts.push(part),
            None => aside.push(Aside { message: at, part: (!is_old).then_some(index), value: part }),
        }
    }
    take_attachments(&mut map, &mut parts);
    let has_lost_all = parts.is_empty() && (role != "assistant" || is_old);
    move_to_metadata(&mut map);
    let mut message = JsonMap::new();
    message.insert("id".to_owned(), id.into());
    message.insert("role".to_owned(), role.into());
    if let Some(metadata) = map.shift_remove("metadata").filter(|metadata| !metadata.is_null()) {
        message.insert("metadata".to_owned(), metadata);
    }
    message.insert("parts".to_owned(), Value::Array(parts));
    message.extend(map);
    UiMessage::from_value(Value::Object(message)).filter(|_| !has_lost_all)
}

/// The parts of a message that has none: reasoning, then calls with their results, then the text that followed them.
fn old_parts(map: &mut JsonMap) -> Option<Vec<Value>> {
    let content = map.shift_remove("content");
    let mut parts = Vec::new();
    if let Some(Value::String(text)) = take_if(map, "reasoning", Value::is_string) {
        parts.push(json!({"type": "reasoning", "text": text}));
    }
    if let Some(Value::Array(calls)) = take_if(map, "toolInvocations", Value::is_array)
        && !calls.is_empty()
    {
        parts.push(json!({"type": "step-start"}));
        parts.extend(calls.into_iter().map(|call| json!({"type": "tool-invocation", "toolInvocation": call})));
        parts.push(json!({"type": "step-start"}));
    }
    match content {
        Some(Value::String(text)) if text.is_empty() && !parts.is_empty() => {}
        Some(Value::String(text)) => parts.push(json!({"type": "text", "text": text})),
        // Some stores kept the parts of a model message under this name.
        Some(Value::Array(content)) => parts.extend(content),
        Some(Value::Null) | None if !parts.is_empty() => {}
        _ => return None,
    }
    Some(parts)
}

/// Whether v4 said something outside of the parts.
fn has_old_parts(map: &JsonMap) -> bool {
    let text = map.get("content").and_then(Value::as_str);
    let calls = map.get("toolInvocations").and_then(Value::as_array);
    text.is_some_and(|text| !text.is_empty()) || calls.is_some_and(|calls| !calls.is_empty())
}

/// Files of v4 become parts; one that cannot stays where it was.
fn take_attachments(map: &mut JsonMap, parts: &mut Vec<Value>) {
    let Some(Value::Array(files)) = map.get_mut("experimental_attachments") else { return };
    files.retain(|file| match attachment(file) {
        Some(part) => {
            parts.push(part);
            false
        }
        None => true,
    });
    if files.is_empty() {
        map.shift_remove("experimental_attachments");
    }
}

/// What today stands in a message's metadata: the day, annotations and data of v4.
fn move_to_metadata(map: &mut JsonMap) {
    let moved = ["createdAt", "annotations", "data"].map(|name| (name, map.shift_remove(name)));
    let mut metadata = match map.shift_remove("metadata") {
        Some(Value::Object(metadata)) => metadata,
        Some(Value::Null) | None => JsonMap::new(),
        Some(other) => {
            map.insert("metadata".to_owned(), other);
            map.extend(moved.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
            return;
        }
    };
    for (name, value) in moved {
        if let Some(value) = value.filter(|value| !value.is_null()) {
            metadata.entry(name).or_insert(value);
        }
    }
    if !metadata.is_empty() {
        map.insert("metadata".to_owned(), Value::Object(metadata));
    }
}

/// A part as of today; `None` when it cannot be understood.
fn upgrade_part(part: &Value) -> Option<Value> {
    if is_valid_part(part, Target::default()) {
        return Some(part.clone());
    }
    let mut map = part.as_object()?.clone();
    let upgraded = match map.get("type").and_then(Value::as_str)? {
        "tool-invocation" => tool_part(map.shift_remove("toolInvocation")?, &mut map)?,
        "source" => source_part(map.shift_remove("source")?)?,
        "file" if map.contains_key("mimeType") => file_part(map)?,
        "reasoning" if map.contains_key("reasoning") => {
            rename(&mut map, "reasoning", "text");
            map
        }
        _ => mend(map),
    };
    let upgraded = Value::Object(upgraded);
    is_valid_part(&upgraded, Target::default()).then_some(upgraded)
}

fn tool_part(call: Value, rest: &mut JsonMap) -> Option<JsonMap> {
    let Value::Object(mut call) = call else { return None };
    let name = call.shift_remove("toolName")?;
    let mut part = JsonMap::new();
    part.insert("type".to_owned(), format!("tool-{}", name.as_str()?).into());
    part.insert("toolCallId".to_owned(), call.shift_remove("toolCallId")?);
    let state = match call.shift_remove("state")?.as_str()? {
        "partial-call" => "input-streaming",
        "call" => "input-available",
        "result" => "output-available",
        _ => return None,
    };
    part.insert("state".to_owned(), state.into());
    part.insert("input".to_owned(), call.shift_remove("args").unwrap_or_default());
    if state == "output-available" {
        part.insert("output".to_owned(), call.shift_remove("result").unwrap_or_default());
    }
    rest.shift_remove("type");
    part.append(&mut call);
    part.append(rest);
    Some(part)
}

fn source_part(source: Value) -> Option<JsonMap> {
    let Value::Object(mut source) = source else { return None };
    rename(&mut source, "id", "sourceId");
    source.shift_remove("sourceType").filter(|kind| kind == "url")?;
    source.shift_insert(0, "type".to_owned(), "source-url".into());
    Some(mend(source))
}

fn file_part(mut map: JsonMap) -> Option<JsonMap> {
    let data = map.shift_remove("data")?;
    let data = data.as_str()?;
    rename(&mut map, "mimeType", "mediaType");
    let is_url = ["http:", "https:", "data:"].iter().any(|scheme| data.starts_with(scheme));
    let media_type = map.get("mediaType").and_then(Value::as_str)?;
    let url = if is_url { data.to_owned() } else { format!("data:{media_type};base64,{data}") };
    map.insert("url".to_owned(), url.into());
    Some(map)
}

fn attachment(file: &Value) -> Option<Value> {
    let mut part = JsonMap::new();
    part.insert("type".to_owned(), "file".into());
    let media_type = file.get("contentType").and_then(Value::as_str).unwrap_or("application/octet-stream");
    part.insert("mediaType".to_owned(), media_type.into());
    if let Some(name) = file.get("name").filter(|name| name.is_string()) {
        part.insert("filename".to_owned(), name.clone());
    }
    part.insert("url".to_owned(), file.get("url")?.as_str()?.into());
    Some(Value::Object(part))
}

/// Gives back what JSON has lost: a field that was `undefined` where one must be, and `null` where none may be.
fn mend(mut map: JsonMap) -> JsonMap {
    let state = map.get("state").and_then(Value::as_str).map(str::to_owned);
    map.retain(|name, value| !value.is_null() || matches!(name.as_str(), "input" | "output" | "data"));
    match state.as_deref() {
        Some("input-available" | "approval-requested" | "approval-responded" | "output-denied") => {
            map.entry("input").or_insert(Value::Null);
        }
        Some("output-available") => {
            map.entry("input").or_insert(Value::Null);
            map.entry("output").or_insert(Value::Null);
        }
        _ => {}
    }
    if map.get("type").and_then(Value::as_str).is_some_and(|kind| kind.starts_with("data-")) {
        map.entry("data").or_insert(Value::Null);
    }
    map
}

/// Takes a field that is what it should be; any other stays with the fields that we do not know.
fn take_if(map: &mut JsonMap, name: &str, is_right: fn(&Value) -> bool) -> Option<Value> {
    map.get(name).filter(|value| is_right(value))?;
    map.shift_remove(name)
}

fn rename(map: &mut JsonMap, from: &str, to: &str) {
    if let Some(value) = map.shift_remove(from) {
        map.insert(to.to_owned(), value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(old: &Value, new: &Value) {
        let upgraded = upgrade_messages(vec![old.clone()]);
        assert_eq!(upgraded.aside, []);
        assert_eq!(&serde_json::to_value(&upgraded.messages[0]).unwrap(), new);
        let again = upgrade_messages(vec![new.clone()]);
        assert_eq!((again.messages, again.upgraded), (upgraded.messages, vec![]), "what is new stays");
    }

    #[test]
    fn v4_content_becomes_a_text_part() {
        check(
            &json!({"role": "user", "content": "hi", "createdAt": "2024-01-01"}),
            &json!({"id": "message-0", "role": "user", "metadata": {"createdAt": "2024-01-01"}, "parts": [{"type": "text", "text": "hi"}]}),
        );
    }

    #[test]
    fn v4_tool_invocations_stand_before_the_text_that_followed_them() {
        let call = json!({"state": "result", "step": 0, "toolCallId": "c", "toolName": "w", "args": {"city": "Oslo"}, "result": 3});
        check(
            &json!({"id": "a", "role": "assistant", "content": "3 degrees", "reasoning": "hm", "toolInvocations": [call]}),
            &json!({"id": "a", "role": "assistant", "parts": [
                {"type": "reasoning", "text": "hm"},
                {"type": "step-start"},
                {"type": "tool-w", "toolCallId": "c", "state": "output-available", "input": {"city": "Oslo"}, "output": 3, "step": 0},
                {"type": "step-start"},
                {"type": "text", "text": "3 degrees"},
            ]}),
        );
    }

    #[test]
    fn v4_parts_become_parts_of_today() {
        check(
            &json!({"id": "a", "role": "assistant", "content": "x", "parts": [
                {"type": "reasoning", "reasoning": "hm", "details": []},
                {"type": "tool-invocation", "toolInvocation": {"state": "call", "toolCallId": "c", "toolName": "w", "args": {}}},
                {"type": "source", "source": {"sourceType": "url", "id": "s", "url": "https://a.example"}},
                {"type": "file", "mimeType": "image/png", "data": "AA=="},
                {"type": "text", "text": "x"},
            ]}),
            &json!({"id": "a", "role": "assistant", "parts": [
                {"type": "reasoning", "text": "hm", "details": []},
                {"type": "tool-w", "toolCallId": "c", "state": "input-available", "input": {}},
                {"type": "source-url", "url": "https://a.example", "sourceId": "s"},
                {"type": "file", "mediaType": "image/png", "url": "data:image/png;base64,AA=="},
                {"type": "text", "text": "x"},
            ]}),
        );
    }

    #[test]
    fn v4_attachments_become_file_parts() {
        let file = json!({"name": "a.png", "contentType": "image/png", "url": "https://a.example/a.png"});
        check(
            &json!({"id": "u", "role": "user", "content": "look", "experimental_attachments": [file]}),
            &json!({"id": "u", "role": "user", "parts": [
                {"type": "text", "text": "look"},
                {"type": "file", "mediaType": "image/png", "filename": "a.png", "url": "https://a.example/a.png"},
            ]}),
        );
    }

    #[test]
    fn fields_that_json_lost_are_there_again() {
        check(
            &json!({"id": "a", "role": "assistant", "parts": [
                {"type": "tool-w", "toolCallId": "c", "state": "output-available", "title": null}]}),
            &json!({"id": "a", "role": "assistant", "parts": [
                {"type": "tool-w", "toolCallId": "c", "state": "output-available", "input": null, "output": null}]}),
        );
    }

    #[test]
    fn what_cannot_be_understood_is_kept_aside_and_breaks_nothing() {
        let hologram = json!({"type": "hologram", "x": 1});
        let upgraded = upgrade_messages(vec![
            json!(5),
            json!({"id": "a", "role": "assistant", "parts": [hologram, {"type": "text", "text": "x"}]}),
            json!({"id": "d", "role": "data", "content": "x"}),
            json!({"id": "u", "role": "user", "parts": [hologram]}),
        ]);
        assert_eq!(upgraded.messages.len(), 1);
        let aside: Vec<_> = upgraded.aside.iter().map(|aside| (aside.message, aside.part)).collect();
        assert_eq!(aside, [(0, None), (1, Some(0)), (2, None), (3, None)]);
        assert_eq!(upgraded.aside[1].value, hologram);
    }
}
