//! Reads one run's events in their order.

use crate::bridge::BlockKind;
use crate::event::AiEvent;
use crate::half_letters::HalfLetters;
use crate::problem::ProblemCode;

/// Decodes one run's events; a letter that was cut in two between two deltas is whole again.
#[derive(Debug, Default)]
pub struct EventReader {
    halves: HalfLetters,
}

impl EventReader {
    /// Decodes the next event from JSON text.
    ///
    /// # Errors
    /// As [`AiEvent::from_json`].
    pub fn read(&mut self, json: &str) -> Result<AiEvent, ProblemCode> {
        match AiEvent::from_json(json.as_bytes()) {
            Err(ProblemCode::MalformedEvent) if json.contains("\\u") => {
                AiEvent::from_json(self.halves.mend(json).as_bytes())
            }
            Ok(event @ (AiEvent::TextDelta { .. } | AiEvent::ReasoningDelta { .. })) => {
                self.whole_delta();
                Ok(event)
            }
            other => other,
        }
    }

    /// The next event when it is a delta as executors write it, without a copy. Anything else is for
    /// [`EventReader::read`]: an escape, other fields, another order.
    pub(crate) fn plain_delta<'j>(&mut self, json: &'j str) -> Option<(BlockKind, &'j str)> {
        let (kind, rest) = HEADS.into_iter().find_map(|(head, kind)| Some((kind, json.strip_prefix(head)?)))?;
        let delta = rest.strip_suffix('\r').unwrap_or(rest).strip_suffix("\"}")?;
        let plain = delta.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\');
        plain.then(|| {
            self.whole_delta();
            (kind, delta)
        })
    }

    /// A delta has come that was read without this reader.
    pub(crate) fn whole_delta(&mut self) {
        self.halves.forget();
    }
}

/// A delta's JSON up to its text, as `JSON.stringify` and as Python's `json.dumps` write it.
const HEADS: [(&str, BlockKind); 4] = [
    (r#"{"type":"text_delta","delta":""#, BlockKind::Text),
    (r#"{"type":"reasoning_delta","delta":""#, BlockKind::Reasoning),
    (r#"{"type": "text_delta", "delta": ""#, BlockKind::Text),
    (r#"{"type": "reasoning_delta", "delta": ""#, BlockKind::Reasoning),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_cut_between_two_deltas_is_whole() {
        let mut reader = EventReader::default();
        let deltas = [r"so \ud83d", r"\ude00 there"]
            .map(|delta| reader.read(&format!(r#"{{"type":"text_delta","delta":"{delta}"}}"#)));
        let whole = ["so ", "😀 there"].map(|delta| Ok(AiEvent::TextDelta { delta: delta.to_owned() }));
        assert_eq!(deltas, whole);
    }

    #[test]
    fn a_half_waits_for_the_next_delta_only() {
        let mut reader = EventReader::default();
        let deltas = [r"a\ud83d", "b", r"\ude00c"]
            .map(|delta| reader.read(&format!(r#"{{"type":"text_delta","delta":"{delta}"}}"#)));
        let texts = ["a", "b", "\u{fffd}c"].map(|delta| Ok(AiEvent::TextDelta { delta: delta.to_owned() }));
        assert_eq!(deltas, texts);
    }

    #[test]
    fn a_plain_delta_is_read_as_any_other() {
        for (head, kind) in HEADS {
            for text in ["a", "", "é 😀 {}", "\u{7f}"] {
                let json = format!("{head}{text}\"}}\r");
                assert_eq!(EventReader::default().plain_delta(&json), Some((kind, text)));
                let delta = text.to_owned();
                let event = match kind {
                    BlockKind::Text => AiEvent::TextDelta { delta },
                    BlockKind::Reasoning => AiEvent::ReasoningDelta { delta },
                };
                assert_eq!(EventReader::default().read(&json), Ok(event));
            }
        }
    }

    #[test]
    fn what_is_not_plain_is_left_to_the_reader() {
        for json in [
            r#"{"type":"text_delta","delta":"a\n"}"#,
            r#"{"type":"text_delta","delta":"a","delta":"b"}"#,
            r#"{"type":"text_delta","delta":"a"}}"#,
            r#"{"type":"text_delta","delta":"a"#,
            r#"{"delta":"a","type":"text_delta"}"#,
            "{\"type\":\"text_delta\",\"delta\":\"\t\"}",
            "{\"type\":\"text_delta\",\"delta\":\"a\"}\u{b}",
        ] {
            assert_eq!(EventReader::default().plain_delta(json), None, "{json}");
        }
    }

    #[test]
    fn what_is_malformed_stays_malformed() {
        let mut reader = EventReader::default();
        for json in [r#"{"type":"text_delta","delta":"\u"#, r"\u", r"\", r#"{"type":5,"x":"\ud83d"}"#] {
            assert_eq!(reader.read(json), Err(ProblemCode::MalformedEvent));
        }
    }
}
