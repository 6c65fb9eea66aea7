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
    /// Index of the part; absent when it had none: a whole message, or what v4 had beside the parts.
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

/// Where v4 said what parts say.
const OLD_FIELDS: [&str; 3] = ["content", "reasoning", "toolInvocations"];

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
            let (before, behind) = beside(&mut map, &parts, at, aside);
            let parts = parts.into_iter().enumerate().map(|(index, part)| (Some(index), part));
            let added = |parts: Vec<Value>| parts.into_iter().map(|part| (None, part));
            added(before).chain(parts).chain(added(behind)).collect::<Vec<_>>()
        }
        None => old_parts(&mut map)?.into_iter().map(|part| (None, part)).collect(),
    };
    for value in OLD_FIELDS.into_iter().filter_map(|name| map.shift_remove(name)).filter(|value| !value.is_null()) {
        aside.push(Aside { message: at, part: None, value });
    }
    let mut parts = Vec::new();
    for (index, part) in given {
        match upgrade_part(&part) {
            Some(part) => parts.push(part),
            None => aside.push(Aside { message: at, part: index, value: part }),
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
    if let Some(Value::String(text)) = take_if(map, "reasoning", is_string_or_null) {
        parts.push(json!({"type": "reasoning", "text": text}));
    }
    if let Some(Value::Array(calls)) = take_if(map, "toolInvocations", is_array_or_null)
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

/// What v4 said beside the parts and they do not say: what goes before them, and what behind. A call that they tell in
/// another way is put aside.
fn beside(map: &mut JsonMap, parts: &[Value], at: usize, aside: &mut Vec<Aside>) -> (Vec<Value>, Vec<Value>) {
    let (mut before, mut behind) = (Vec::new(), Vec::new());
    if let Some(Value::String(text)) = take_if(map, "reasoning", is_string_or_null)
        && !says(parts, "reasoning", &text)
    {
        before.push(json!({"type": "reasoning", "text": text}));
    }
    if let Some(Value::Array(calls)) = take_if(map, "toolInvocations", is_array_or_null) {
        let told: Vec<_> = parts.iter().filter_map(upgrade_part).collect();
        let calls = calls.into_iter().map(|call| json!({"type": "tool-invocation", "toolInvocation": call}));
        for call in
            calls.filter(|call| !upgrade_part(call).is_some_and(|call| told.iter().any(|part| tells(part, &call))))
        {
            if call_id(&call).is_some_and(|id| parts.iter().any(|part| call_id(part) == Some(id))) {
                aside.push(Aside { message: at, part: None, value: call });
            } else {
                before.push(call);
            }
        }
    }
    if let Some(Value::String(text)) = take_if(map, "content", is_string_or_null)
        && !says(parts, "text", &text)
    {
        behind.push(json!({"type": "text", "text": text}));
    }
    (before, behind)
}

/// Whether the parts of a type say this text, whatever stands between them.
fn says(parts: &[Value], kind: &str, text: &str) -> bool {
    let parts = parts.iter().filter(|part| part.get("type").and_then(Value::as_str) == Some(kind));
    let texts = parts.filter_map(|part| part.get("text").or_else(|| part.get(kind))?.as_str());
    let compact = |text: &str| text.split_whitespace().collect::<String>();
    compact(&texts.collect::<String>()).contains(&compact(text))
}

/// Whether a part is this call, and has all of its fields. It may have come further.
fn tells(part: &Value, call: &Value) -> bool {
    let mut fields = call.as_object().into_iter().flatten().filter(|(name, _)| *name != "state");
    fields.all(|(name, value)| part.get(name) == Some(value))
}

/// The id of the call that a part of v4 or of today tells of.
fn call_id(part: &Value) -> Option<&str> {
    part.get("toolInvocation").unwrap_or(part).get("toolCallId")?.as_str()
}

/// Whether v4 said something outside of the parts.
fn has_old_parts(map: &JsonMap) -> bool {
    OLD_FIELDS.into_iter().any(|name| match map.get(name) {
        Some(Value::String(text)) => !text.is_empty(),
        Some(Value::Array(items)) => !items.is_empty(),
        _ => false,
    })
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
        let Some(value) = value.filter(|value| !value.is_null()) else { continue };
        match metadata.get(name) {
            // The metadata has its own: both stay.
            Some(own) if *own != value => drop(map.insert(name.to_owned(), value)),
            _ => drop(metadata.insert(name.to_owned(), value)),
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
        "source" => source_part(map.shift_remove("source")?, map)?,
        "file" if map.contains_key("mimeType") => file_part(map)?,
        "reasoning" if map.contains_key("reasoning") => {
            rename(&mut map, "reasoning", "text")?;
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
    rename(&mut call, "args", "input")?;
    part.insert("input".to_owned(), call.shift_remove("input").unwrap_or_default());
    if state == "output-available" {
        rename(&mut call, "result", "output")?;
        part.insert("output".to_owned(), call.shift_remove("output").unwrap_or_default());
    }
    rest.shift_remove("type");
    absorb(&mut part, call)?;
    absorb(&mut part, std::mem::take(rest))?;
    Some(part)
}

fn source_part(source: Value, mut rest: JsonMap) -> Option<JsonMap> {
    let Value::Object(mut source) = source else { return None };
    rename(&mut source, "id", "sourceId")?;
    source.shift_remove("sourceType").filter(|kind| kind == "url")?;
    rest.shift_remove("type");
    let mut part = JsonMap::new();
    part.insert("type".to_owned(), "source-url".into());
    absorb(&mut part, source)?;
    absorb(&mut part, rest)?;
    Some(mend(part))
}

fn file_part(mut map: JsonMap) -> Option<JsonMap> {
    let data = map.shift_remove("data")?;
    let data = data.as_str()?;
    rename(&mut map, "mimeType", "mediaType")?;
    let is_url = ["http:", "https:", "data:"].iter().any(|scheme| data.starts_with(scheme));
    let media_type = map.get("mediaType").and_then(Value::as_str)?;
    let url = if is_url { data.to_owned() } else { format!("data:{media_type};base64,{data}") };
    let url = JsonMap::from_iter([("url".to_owned(), url.into())]);
    absorb(&mut map, url)?;
    Some(map)
}

fn attachment(file: &Value) -> Option<Value> {
    let mut file = file.as_object()?.clone();
    let mut part = JsonMap::new();
    part.insert("type".to_owned(), "file".into());
    let media_type = take_if(&mut file, "contentType", Value::is_string);
    part.insert("mediaType".to_owned(), media_type.unwrap_or_else(|| "application/octet-stream".into()));
    if let Some(name) = take_if(&mut file, "name", Value::is_string) {
        part.insert("filename".to_owned(), name);
    }
    part.insert("url".to_owned(), take_if(&mut file, "url", Value::is_string)?);
    absorb(&mut part, file)?;
    let part = Value::Object(mend(part));
    is_valid_part(&part, Target::default()).then_some(part)
}

/// Gives back what JSON has lost: a field that was `undefined` where one must be, and `null` where none may be.
fn mend(mut map: JsonMap) -> JsonMap {
    let state = map.get("state").and_then(Value::as_str).map(str::to_owned);
    map.retain(|name, value| !value.is_null() || matches!(name.as_str(), "input" | "output" | "data"));
    if let Some(Value::Object(approval)) = map.get_mut("approval") {
        approval.retain(|name, value| !value.is_null() || name == "inputSchemaInput");
    }
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

/// `null` says nothing: it is taken, and is no part.
fn is_string_or_null(value: &Value) -> bool {
    value.is_string() || value.is_null()
}

fn is_array_or_null(value: &Value) -> bool {
    value.is_array() || value.is_null()
}

/// Takes a field that is what it should be; any other stays with the fields that we do not know.
fn take_if(map: &mut JsonMap, name: &str, is_right: fn(&Value) -> bool) -> Option<Value> {
    map.get(name).filter(|value| is_right(value))?;
    map.shift_remove(name)
}

/// Gives a field another name; `None` when something else has it.
fn rename(map: &mut JsonMap, from: &str, to: &str) -> Option<()> {
    match map.shift_remove(from) {
        Some(value) => absorb(map, JsonMap::from_iter([(to.to_owned(), value)])),
        None => Some(()),
    }
}

/// Adds fields to a part; `None` when one of them says something else than the part's own: neither may be lost.
fn absorb(part: &mut JsonMap, fields: JsonMap) -> Option<()> {
    for (name, value) in fields {
        match part.get(&name) {
            Some(own) if !own.is_null() && *own != value => (value.is_null()).then_some(())?,
            _ => drop(part.insert(name, value)),
        }
    }
    Some(())
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
    fn what_v4_said_beside_the_parts_is_added_when_they_do_not_say_it() {
        let text = json!({"type": "text", "text": "hello"});
        check(
            &json!({"id": "u", "role": "user", "content": "hello", "parts": [{"type": "file", "mimeType": "image/png", "data": "AA=="}]}),
            &json!({"id": "u", "role": "user", "parts": [{"type": "file", "mediaType": "image/png", "url": "data:image/png;base64,AA=="}, text]}),
        );
        check(
            &json!({"id": "a", "role": "assistant", "content": "hello", "parts": [{"type": "step-start"}]}),
            &json!({"id": "a", "role": "assistant", "parts": [{"type": "step-start"}, text]}),
        );
        check(
            &json!({"id": "a", "role": "assistant", "reasoning": "hm", "content": "", "parts": []}),
            &json!({"id": "a", "role": "assistant", "parts": [{"type": "reasoning", "text": "hm"}]}),
        );
        check(
            &json!({"id": "a", "role": "assistant", "content": "hello", "parts": [{"type": "text", "text": "x"}],
                "toolInvocations": [{"state": "result", "toolCallId": "c", "toolName": "w", "args": {}, "result": 3}]}),
            &json!({"id": "a", "role": "assistant", "parts": [
                {"type": "tool-w", "toolCallId": "c", "state": "output-available", "input": {}, "output": 3},
                {"type": "text", "text": "x"}, text]}),
        );
    }

    #[test]
    fn what_v4_wrote_twice_is_there_once() {
        let call = json!({"state": "result", "toolCallId": "c", "toolName": "w", "args": {"k": 1}, "result": 3});
        let text = |text: &str| json!({"type": "text", "text": text});
        check(
            &json!({"id": "a", "role": "assistant", "content": "so it is", "toolInvocations": [call],
                "parts": [text("so "), {"type": "tool-invocation", "toolInvocation": call}, text("it is")]}),
            &json!({"id": "a", "role": "assistant", "parts": [text("so "),
                {"type": "tool-w", "toolCallId": "c", "state": "output-available", "input": {"k": 1}, "output": 3}, text("it is")]}),
        );
    }

    #[test]
    fn a_call_told_in_two_ways_is_kept_aside() {
        let call = |result: u8| {
            json!({"type": "tool-invocation", "toolInvocation":
            {"state": "result", "toolCallId": "c", "toolName": "w", "args": {}, "result": result}})
        };
        let message =
            json!({"id": "a", "role": "assistant", "parts": [call(1)], "toolInvocations": [call(2)["toolInvocation"]]});
        let upgraded = upgrade_messages(vec![message]);
        assert_eq!(upgraded.aside, [Aside { message: 0, part: None, value: call(2) }]);
        let own = json!({"type": "tool-invocation", "toolInvocation":
            {"state": "call", "toolCallId": "c", "toolName": "w", "args": {"k": 1}, "input": {"k": 2}}});
        let upgraded = upgrade_messages(vec![json!({"id": "a", "role": "assistant", "parts": [own]})]);
        assert_eq!(upgraded.aside, [Aside { message: 0, part: Some(0), value: own }]);
    }

    #[test]
    fn a_day_that_the_metadata_tells_otherwise_stays_beside_it() {
        let message = json!({"id": "u", "role": "user", "metadata": {"createdAt": "2024-01-02"}, "parts": [{"type": "text", "text": "x"}], "createdAt": "2024-01-01"});
        check(&message, &message);
    }

    #[test]
    fn an_attachment_keeps_its_other_fields() {
        check(
            &json!({"id": "u", "role": "user", "content": "look", "experimental_attachments": [{"url": "https://a.example/a", "alt": "a cat"}]}),
            &json!({"id": "u", "role": "user", "parts": [{"type": "text", "text": "look"},
                {"type": "file", "mediaType": "application/octet-stream", "url": "https://a.example/a", "alt": "a cat"}]}),
        );
    }

    #[test]
    fn a_null_in_an_approval_is_no_field() {
        let part = |approval: Value| {
            json!({"id": "a", "role": "assistant", "parts": [
            {"type": "tool-w", "toolCallId": "c", "state": "output-available", "input": {}, "output": 1, "approval": approval}]})
        };
        check(&part(json!({"id": "x", "approved": true, "reason": null})), &part(json!({"id": "x", "approved": true})));
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
