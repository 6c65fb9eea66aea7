//! Reads one run's events in their order.

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
            other => other,
        }
    }
}

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
    fn what_is_malformed_stays_malformed() {
        let mut reader = EventReader::default();
        for json in [r#"{"type":"text_delta","delta":"\u"#, r"\u", r"\", r#"{"type":5,"x":"\ud83d"}"#] {
            assert_eq!(reader.read(json), Err(ProblemCode::MalformedEvent));
        }
    }
}
