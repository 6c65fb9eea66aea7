//! Folds a stream of chunks as a client does, from their JSON on.

use crate::chunk_reader::read_chunk;
use crate::half_letters::{join, replace_half_letters};
use crate::json::JsonMap;
use crate::message::{Role, UiMessage};
use crate::reduce::Reducer;
use crate::target::Target;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

/// The message of a stream, as far as a client came.
#[derive(Debug, PartialEq, Serialize)]
pub struct Folded {
    pub message: UiMessage,
    /// Why a client stopped before the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal: Option<Refusal>,
}

/// The chunk at which a client stops, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// `invalid_chunk`: no chunk of that major. `invalid_reference`: it refers to something that is not there.
    /// `invalid_metadata`: the metadata so far cannot take any.
    pub code: &'static str,
    /// Its index.
    pub at: usize,
}

/// Reads an array of chunks; `None` when it is none. A letter that was cut between two deltas of a block is whole in the
/// later one, as a client has it that puts the deltas together; half a letter that stays alone is U+FFFD.
#[must_use]
pub fn read_chunks(json: &str) -> Option<Vec<Value>> {
    if let Ok(chunks) = serde_json::from_str(json) {
        return Some(chunks);
    }
    let texts: Vec<&RawValue> = serde_json::from_str(json).ok()?;
    let mut chunks: Vec<Value> = Vec::with_capacity(texts.len());
    // The JSON of each chunk's delta, and by type and id of a block the chunk with the delta at its end.
    let (mut deltas, mut ends) = (Vec::<&str>::with_capacity(texts.len()), JsonMap::new());
    for (at, text) in texts.into_iter().enumerate() {
        let mut chunk: Value = serde_json::from_str(&replace_half_letters(text.get())).ok()?;
        let mut delta = "";
        match block_of(&chunk) {
            Some((block, Some(name))) => {
                delta = raw_delta(text.get());
                let end = ends.get(&block).and_then(|at| Some(at.as_u64()? as usize));
                if let Some(letter) = end.and_then(|end| join(deltas.get(end)?, delta))
                    && let Some(before) = end.and_then(|end| chunks.get_mut(end))
                {
                    put_letter(&letter, before.get_mut(name), chunk.get_mut(name));
                }
                // An empty delta parts nothing.
                if delta != "\"\"" {
                    ends.insert(block, at.into());
                }
            }
            Some((block, None)) => drop(ends.swap_remove(&block)),
            None => {}
        }
        deltas.push(delta);
        chunks.push(chunk);
    }
    Some(chunks)
}

/// Puts a letter in the place of its halves, which were replaced.
fn put_letter(letter: &str, end: Option<&mut Value>, start: Option<&mut Value>) {
    if let (Some(Value::String(end)), Some(Value::String(start))) = (end, start)
        && let Some(behind) = start.strip_prefix(char::REPLACEMENT_CHARACTER)
        && end.ends_with(char::REPLACEMENT_CHARACTER)
    {
        end.pop();
        *start = format!("{letter}{behind}");
    }
}

/// The block that a chunk belongs to, and the name of its delta when it is one; another chunk of a block begins or ends it.
fn block_of(chunk: &Value) -> Option<(String, Option<&'static str>)> {
    let text = |name: &str| chunk.get(name).and_then(Value::as_str);
    let (kind, event) = text("type")?.rsplit_once('-')?;
    let (id, delta) = match kind {
        "text" | "reasoning" => (text("id")?, "delta"),
        "tool-input" => (text("toolCallId")?, "inputTextDelta"),
        _ => return None,
    };
    Some((format!("{kind} {id}"), (event == "delta").then_some(delta)))
}

/// The JSON of a chunk's delta.
fn raw_delta(json: &str) -> &str {
    #[derive(Deserialize)]
    struct Delta<'a> {
        #[serde(borrow, alias = "inputTextDelta")]
        delta: &'a RawValue,
    }
    serde_json::from_str(json).map_or("", |Delta { delta }| delta.get())
}

/// Folds chunks as a client of `target` does; an assistant `message` is continued.
#[must_use]
pub fn fold_chunks(chunks: Vec<Value>, message: Option<UiMessage>, target: Target) -> Folded {
    let message = message.unwrap_or_else(|| UiMessage::new("", Role::Assistant));
    let mut reducer = Reducer::continuing(message, target);
    let mut refusal = None;
    for (at, chunk) in chunks.into_iter().enumerate() {
        let code = match read_chunk(chunk, target) {
            Some(chunk) => reducer.apply(&chunk).err().map(|error| error.code()),
            None => Some("invalid_chunk"),
        };
        if let Some(code) = code {
            refusal = Some(Refusal { code, at });
            break;
        }
    }
    Folded { message: reducer.into_message(), refusal }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check_deltas(chunks: &str, expected: &[&str]) {
        let chunks = read_chunks(chunks).unwrap();
        let deltas = chunks.iter().filter_map(|chunk| chunk.get("delta").or(chunk.get("inputTextDelta"))?.as_str());
        assert_eq!(deltas.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_letter_cut_between_two_deltas_of_a_block_is_whole() {
        check_deltas(
            r#"[{"type":"text-delta","id":"0","delta":"a\ud83d"},{"type":"reasoning-delta","id":"0","delta":"\ude00"},
                {"type":"text-delta","id":"1","delta":"\ude00"},{"type":"text-delta","id":"0","delta":""},
                {"type":"text-delta","id":"0","delta":"\ude00b"}]"#,
            &["a", "\u{fffd}", "\u{fffd}", "", "😀b"],
        );
        check_deltas(
            r#"[{"type":"tool-input-delta","toolCallId":"c","inputTextDelta":"{\"a\":\"\ud83d"},
                {"type":"tool-input-delta","toolCallId":"c","inputTextDelta":"\ude00\"}"}]"#,
            &["{\"a\":\"", "😀\"}"],
        );
    }

    #[test]
    fn half_a_letter_that_stays_alone_is_a_replacement_character() {
        check_deltas(
            r#"[{"type":"text-delta","id":"0","delta":"a\ud83d"},{"type":"text-start","id":"0"},
                {"type":"text-delta","id":"0","delta":"\ude00\\ud83d"},{"type":"text-delta","id":"0","delta":"\ude00"}]"#,
            &["a\u{fffd}", "\u{fffd}\\ud83d", "\u{fffd}"],
        );
        assert_eq!(read_chunks("{}"), None);
        assert_eq!(read_chunks(r#"["\ud83d"]"#), Some(vec![json!("\u{fffd}")]));
    }

    #[test]
    fn a_client_keeps_what_it_had_when_it_stops() {
        let text = [json!({"type": "text-start", "id": "0"}), json!({"type": "text-delta", "id": "0", "delta": "a"})];
        for (bad, code) in [
            (json!({"type": "hologram"}), "invalid_chunk"),
            (json!({"type": "text-end", "id": "9"}), "invalid_reference"),
        ] {
            let folded = fold_chunks(text.iter().cloned().chain([bad]).collect(), None, Target::default());
            assert_eq!(folded.refusal, Some(Refusal { code, at: 2 }));
            assert_eq!(folded.message.texts().collect::<String>(), "a");
        }
    }
}
