//! The resume buffer: the masked events of a running turn. After a restart they are folded again, and what they give is
//! stored as the aborted reply.
//!
//! Text waits in the masker until no secret can start in it, so the buffer lags behind what clients have seen by at
//! most the masker's hold-back; nothing unmasked is ever in it (REDACT_BEFORE_PERSIST).

use threadkeep_core::AiEvent;
use threadkeep_core::mask::{MaskStream, Masker};

/// Unflushed bytes from which on a segment is written at once.
const SEGMENT_BYTES: usize = 64 * 1024;

/// Turns events into masked segments of NDJSON.
pub(crate) struct Journal {
    masker: Masker,
    /// The text or reasoning block that is open: its kind and what of it is not safe to store yet.
    open: Option<(Kind, MaskStream)>,
    /// Masked text of one block that is not a line yet.
    gathered: Option<(Kind, String)>,
    unflushed: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Reasoning,
}

impl Journal {
    pub(crate) fn new(masker: Masker) -> Self {
        Self { masker, open: None, gathered: None, unflushed: String::new() }
    }

    /// Takes one event; says whether there is a segment that should be written now.
    pub(crate) fn record(&mut self, event: AiEvent) -> bool {
        match event {
            AiEvent::TextDelta { delta } => self.delta(Kind::Text, &delta),
            AiEvent::ReasoningDelta { delta } => self.delta(Kind::Reasoning, &delta),
            AiEvent::ToolCallStart { .. } | AiEvent::ToolCallResult { .. } | AiEvent::AssistantFinal { .. } => {
                self.close();
                let masked = self.masked(event);
                self.write(&masked);
            }
            // Neither is part of the message; `done` and `error` end the turn, and the buffer with it.
            AiEvent::UsageReport { .. } | AiEvent::Status { .. } | AiEvent::Done { .. } | AiEvent::Error { .. } => {}
        }
        self.unflushed.len() + self.gathered.as_ref().map_or(0, |(_, text)| text.len()) >= SEGMENT_BYTES
    }

    /// The next segment, when there is something to write.
    pub(crate) fn take_segment(&mut self) -> Option<String> {
        self.write_gathered();
        (!self.unflushed.is_empty()).then(|| std::mem::take(&mut self.unflushed))
    }

    fn delta(&mut self, kind: Kind, delta: &str) {
        if self.open.as_ref().is_none_or(|(open, _)| *open != kind) {
            self.close();
            self.open = Some((kind, self.masker.stream()));
        }
        let masked = self.open.as_mut().map(|(_, stream)| stream.push(delta)).unwrap_or_default();
        self.write_delta(kind, masked);
    }

    fn close(&mut self) {
        if let Some((kind, mut stream)) = self.open.take() {
            self.write_delta(kind, stream.finish());
        }
    }

    /// Deltas of one block are gathered until the next segment: one line each would be several times their size.
    fn write_delta(&mut self, kind: Kind, delta: String) {
        if delta.is_empty() {
            return;
        }
        match &mut self.gathered {
            Some((open, text)) if *open == kind => text.push_str(&delta),
            _ => {
                self.write_gathered();
                self.gathered = Some((kind, delta));
            }
        }
    }

    fn write_gathered(&mut self) {
        let Some((kind, delta)) = self.gathered.take() else { return };
        self.write_line(&match kind {
            Kind::Text => AiEvent::TextDelta { delta },
            Kind::Reasoning => AiEvent::ReasoningDelta { delta },
        });
    }

    fn write(&mut self, event: &AiEvent) {
        self.write_gathered();
        self.write_line(event);
    }

    fn write_line(&mut self, event: &AiEvent) {
        if let Ok(line) = serde_json::to_string(event) {
            self.unflushed.push_str(&line);
            self.unflushed.push('\n');
        }
    }

    fn masked(&self, mut event: AiEvent) -> AiEvent {
        match &mut event {
            AiEvent::ToolCallStart { args: value, .. } | AiEvent::ToolCallResult { result: value, .. } => {
                self.masker.mask_value(value);
            }
            AiEvent::AssistantFinal { content } => *content = self.masker.mask_text(content).into_owned(),
            AiEvent::TextDelta { .. }
            | AiEvent::ReasoningDelta { .. }
            | AiEvent::UsageReport { .. }
            | AiEvent::Status { .. }
            | AiEvent::Done { .. }
            | AiEvent::Error { .. } => {}
        }
        event
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use threadkeep_core::Accumulator;

    fn text(delta: &str) -> AiEvent {
        AiEvent::TextDelta { delta: delta.to_owned() }
    }

    /// The reply that a restart makes of what the journal holds.
    fn recovered(journal: &mut Journal) -> String {
        let mut run = Accumulator::new("m", None);
        for line in journal.take_segment().unwrap_or_default().lines() {
            let _ = run.push_json(line.as_bytes());
        }
        serde_json::to_string(&run.finish().message).unwrap_or_default()
    }

    #[test]
    fn redact_before_persist_a_secret_cut_anywhere_is_in_no_segment() {
        let secret = concat!("jo.doe@", "example.org");
        let whole = format!("write to {secret} today please");
        for cut in 1..whole.len() {
            let mut journal = Journal::new(Masker::default());
            let (head, tail) = whole.split_at(cut);
            journal.record(text(head));
            let early = journal.take_segment().unwrap_or_default();
            journal.record(text(tail));
            journal.close();
            let late = journal.take_segment().unwrap_or_default();
            let stored: String = [early, late].concat();
            let deltas: String = stored
                .lines()
                .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
                .filter_map(|event| event["delta"].as_str().map(str::to_owned))
                .collect();
            assert_eq!(deltas, "write to [REDACTED_EMAIL] today please", "cut at {cut}");
        }
    }

    #[test]
    fn tool_input_and_output_are_masked() {
        let mut journal = Journal::new(Masker::default());
        journal.record(AiEvent::ToolCallStart {
            tool_call_id: "c".into(),
            tool_name: "mail".into(),
            args: json!({"to": concat!("jo.doe@", "example.org")}),
        });
        let result = json!([concat!("jo.doe@", "example.org")]);
        journal.record(AiEvent::ToolCallResult { tool_call_id: "c".into(), result, is_error: None });
        assert!(!recovered(&mut journal).contains("jo.doe"));
    }

    #[test]
    fn a_restart_gets_the_blocks_in_their_order() {
        let mut journal = Journal::new(Masker::default());
        journal.record(AiEvent::ReasoningDelta { delta: "hm. ".into() });
        journal.record(text("Hello "));
        journal.record(AiEvent::ReasoningDelta { delta: "so. ".into() });
        journal.close();
        let reply = recovered(&mut journal);
        let at = |text: &str| reply.find(text).expect("in the reply");
        assert!(at("hm. ") < at("Hello ") && at("Hello ") < at("so. "));
    }
}
