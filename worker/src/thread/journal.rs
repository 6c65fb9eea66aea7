//! The resume buffer: what the bridge made of a running turn's events, masked, as events again. After a restart they are
//! folded once more, and what they give is stored as the aborted reply.
//!
//! Text waits in the masker until no secret can start in it, so the buffer lags behind what clients have seen by at
//! most the masker's hold-back; nothing unmasked is ever in it (REDACT_BEFORE_PERSIST). A block ends here where the
//! bridge ends it and nowhere else: half a secret is told only when the other half cannot come.

use threadkeep_core::bridge::MAX_REPLY_BYTES;
use threadkeep_core::mask::{MaskStream, Masker, Pass};
use threadkeep_core::problem::ProblemCode;
use threadkeep_core::{Accumulator, AiEvent, UiMessageChunk};

/// Unflushed bytes from which on a segment is written at once.
const SEGMENT_BYTES: usize = 64 * 1024;

/// Turns chunks into masked segments of NDJSON.
pub(crate) struct Journal {
    masker: Masker,
    /// What the texts so far leave to the next: a private key may go on behind a tool call.
    pass: Pass,
    /// The text or reasoning block that is open: its kind and what of it is not safe to store yet.
    open: Option<(Kind, MaskStream)>,
    /// Masked text of one block that is not a line yet.
    gathered: Option<(Kind, String)>,
    unflushed: String,
    /// Bytes of the replacements so far.
    replaced: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Reasoning,
}

impl Journal {
    pub(crate) fn new(masker: Masker) -> Self {
        Self { masker, pass: Pass::default(), open: None, gathered: None, unflushed: String::new(), replaced: 0 }
    }

    /// Folds one event and takes what came of it; each chunk is first told. What the reply has no room for is not here
    /// either, so both have the same bound.
    pub(crate) fn take_event(&mut self, run: &mut Accumulator, event: AiEvent, mut tell: impl FnMut(&UiMessageChunk)) {
        let content = match &event {
            AiEvent::AssistantFinal { content } => Some(content.clone()),
            _ => None,
        };
        let pushed = run.push(event);
        let differs = pushed.problem.is_some_and(|problem| problem.code == ProblemCode::FinalTextDiffers);
        if let Some(content) = content.filter(|_| differs) {
            self.replace(&content);
        }
        for chunk in pushed.chunks {
            tell(&chunk);
            self.record(chunk);
        }
    }

    fn record(&mut self, chunk: UiMessageChunk) {
        match chunk {
            UiMessageChunk::TextDelta(chunk) => self.delta(Kind::Text, &chunk.delta),
            UiMessageChunk::ReasoningDelta(chunk) => self.delta(Kind::Reasoning, &chunk.delta),
            UiMessageChunk::TextEnd(_) | UiMessageChunk::ReasoningEnd(_) => self.close(),
            UiMessageChunk::ToolInputAvailable(call) => {
                let mut args = call.input.unwrap_or_default();
                self.masker.mask_value_in(&mut args, &mut self.pass);
                let (tool_call_id, tool_name) = (call.tool_call_id, call.tool_name);
                self.write(&AiEvent::ToolCallStart { tool_call_id, tool_name, args });
            }
            UiMessageChunk::ToolOutputAvailable(output) | UiMessageChunk::ToolOutputError(output) => {
                let is_error = output.error_text.is_some().then_some(true);
                let mut result = output.error_text.map_or_else(|| output.output.unwrap_or_default(), Into::into);
                self.masker.mask_value_in(&mut result, &mut self.pass);
                self.write(&AiEvent::ToolCallResult { tool_call_id: output.tool_call_id, result, is_error });
            }
            // The fold makes the steps again, a status is no part of the message, and the end of the turn is the end of
            // its buffer.
            _ => {}
        }
    }

    /// Takes the text that the executor says instead of what was streamed. Of the open text nothing is told any more.
    fn replace(&mut self, content: &str) {
        // An executor may say it again and again, and each is a line more. Without the later ones a restart finds an
        // older text; the reply itself has the last.
        self.replaced += content.len();
        if self.replaced > MAX_REPLY_BYTES {
            return;
        }
        self.open.take_if(|(kind, _)| *kind == Kind::Text);
        self.close();
        self.write(&AiEvent::AssistantFinal { content: self.masker.mask_text(content).into_owned() });
    }

    /// Whether there is a segment that should be written now.
    pub(crate) fn is_full(&self) -> bool {
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
            self.open = Some((kind, self.masker.stream().behind(&self.pass)));
        }
        let masked = self.open.as_mut().map(|(_, stream)| stream.push(delta)).unwrap_or_default();
        self.write_delta(kind, masked);
    }

    fn close(&mut self) {
        if let Some((kind, mut stream)) = self.open.take() {
            let masked = stream.finish_in(&mut self.pass);
            self.write_delta(kind, masked);
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// A run and its journal, fed as the pump feeds them.
    struct Run {
        run: Accumulator,
        journal: Journal,
        stored: String,
    }

    impl Run {
        fn new() -> Self {
            Self { run: Accumulator::new("m", None), journal: Journal::new(Masker::default()), stored: String::new() }
        }

        fn push(&mut self, event: AiEvent) -> &mut Self {
            self.journal.take_event(&mut self.run, event, |_| {});
            self.stored.extend(self.journal.take_segment());
            self
        }

        /// The reply that a restart makes of what the journal holds.
        fn recovered(&self) -> String {
            let mut run = Accumulator::new("m", None);
            for line in self.stored.lines() {
                assert_eq!(
                    run.push_json(line.as_bytes())
                        .problem
                        .filter(|problem| problem.code != ProblemCode::FinalTextDiffers),
                    None
                );
            }
            serde_json::to_string(&run.finish().message).unwrap()
        }
    }

    fn text(delta: &str) -> AiEvent {
        AiEvent::TextDelta { delta: delta.to_owned() }
    }

    fn reasoning(delta: &str) -> AiEvent {
        AiEvent::ReasoningDelta { delta: delta.to_owned() }
    }

    fn last(content: &str) -> AiEvent {
        AiEvent::AssistantFinal { content: content.to_owned() }
    }

    const EMAIL: &str = concat!("jo.doe@", "example.org");

    fn call() -> AiEvent {
        AiEvent::ToolCallStart { tool_call_id: "c".into(), tool_name: "mail".into(), args: json!({"to": EMAIL}) }
    }

    #[test]
    fn redact_before_persist_a_secret_cut_anywhere_is_in_no_segment() {
        let whole = format!("write to {EMAIL} today please");
        for cut in 1..whole.len() {
            let (head, tail) = whole.split_at(cut);
            let mut run = Run::new();
            run.push(text(head)).push(text(tail)).push(call());
            let deltas: String = run
                .stored
                .lines()
                .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
                .filter_map(|event| event["delta"].as_str().map(str::to_owned))
                .collect();
            assert_eq!(deltas, "write to [REDACTED_EMAIL] today please", "cut at {cut}");
        }
    }

    #[test]
    fn redact_before_persist_a_final_that_goes_on_in_the_middle_of_a_secret_tells_neither_half() {
        let whole = format!("write to {EMAIL} today please");
        for cut in 1..whole.len() {
            let mut run = Run::new();
            run.push(text(&whole[..cut])).push(last(&whole));
            assert!(!run.stored.contains("doe"), "cut at {cut}");
            run.push(call());
            assert!(run.recovered().contains("write to [REDACTED_EMAIL] today please"), "cut at {cut}");
        }
    }

    #[test]
    fn redact_before_persist_a_final_that_differs_discards_what_was_held_back() {
        let mut run = Run::new();
        run.push(text("write to jo.doe@")).push(last("I write to nobody. "));
        assert!(!run.stored.contains("doe"));
        assert!(run.recovered().contains(r#""text":"I write to nobody. ""#));
    }

    #[test]
    fn a_final_keeps_the_reasoning_before_it() {
        let mut run = Run::new();
        run.push(text("a ")).push(reasoning("so be it")).push(last("b "));
        let reply = run.recovered();
        assert!(reply.contains("so be it") && reply.contains(r#""text":"b ""#) && !reply.contains(r#""a ""#));
    }

    #[test]
    fn a_final_that_says_nothing_new_is_not_kept() {
        let mut run = Run::new();
        run.push(text("Hello ")).push(call());
        let stored = run.stored.len();
        run.push(last("Hello ")).push(last("Hello "));
        assert_eq!(run.stored.len(), stored);
    }

    #[test]
    fn finals_that_contradict_each_other_for_ever_do_not_fill_the_buffer() {
        let mut run = Run::new();
        for round in 0..40 {
            run.push(last(&format!("{round} {}", "x".repeat(1024 * 1024))));
        }
        assert!(run.stored.len() <= MAX_REPLY_BYTES + 16 * 1024);
    }

    #[test]
    fn tool_input_and_output_are_masked() {
        let result = |is_error| AiEvent::ToolCallResult { tool_call_id: "c".into(), result: json!([EMAIL]), is_error };
        for (is_error, state) in [(None, "output-available"), (Some(true), "output-error")] {
            let mut run = Run::new();
            run.push(call()).push(result(is_error));
            assert!(!run.stored.contains("jo.doe"));
            assert!(run.recovered().contains(state));
        }
    }

    #[test]
    fn a_restart_gets_the_blocks_in_their_order() {
        let mut run = Run::new();
        run.push(reasoning("hm. ")).push(text("Hello ")).push(reasoning("so. ")).push(call());
        let reply = run.recovered();
        let at = |text: &str| reply.find(text).expect("in the reply");
        assert!(at("hm. ") < at("Hello ") && at("Hello ") < at("so. "));
    }

    #[test]
    fn a_private_key_that_a_call_cuts_in_two_is_in_neither_half() {
        let line = "MHcCAQEEIAa8Qn2Zx1v5Kq0dJw3RtYb7LmN9pOe4Hs6GfUiCjDkEoAoGCCqGSM49";
        let mut run = Run::new();
        run.push(text(&format!("-----BEGIN EC PRIVATE KEY-----\n{line}\n")))
            .push(AiEvent::ToolCallStart { tool_call_id: "c".into(), tool_name: "t".into(), args: json!({"page": 2}) })
            .push(AiEvent::ToolCallResult {
                tool_call_id: "c".into(),
                result: json!(format!("{line}\n")),
                is_error: None,
            })
            .push(text(&format!("{line}\n-----END EC PRIVATE KEY-----\n")))
            .push(reasoning("bye"));
        assert!(!run.stored.contains("MHcCAQ") && run.stored.matches("PRIVATE_KEY").count() == 3, "{}", run.stored);
    }
}
