//! Folds a stream of chunks as a client does, from their JSON on.

use crate::chunk_reader::read_chunk;
use crate::message::{Role, UiMessage};
use crate::reduce::Reducer;
use crate::target::Target;
use serde::Serialize;
use serde_json::Value;

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
