//! Masking of a text that arrives in pieces.

use std::sync::Arc;

use super::compiled::Compiled;
use super::counts::MaskCounts;
use super::detect::pem::cut;
use super::engine::{self, Cursor, Step};
use super::value::Pass;
use super::window::{CONTEXT_BYTES, LOOK_AHEAD_BYTES, LOOK_BACK_BYTES};

/// Most raw text a stream holds back, in bytes: the longest look-ahead, what precedes its trigger, and an eighth on
/// top, because a long candidate is looked at again only when it has grown by that much.
pub const MAX_HOLD_BACK_BYTES: usize = (LOOK_AHEAD_BYTES + LOOK_BACK_BYTES) * 9 / 8 + 64;

/// A held-back text shorter than this is looked at on every push.
const RETRY_BYTES: usize = 64;

/// Takes the deltas of one text and gives back masked text as soon as it is safe to store.
///
/// Whatever the cuts, the pieces put together equal [`Masker::mask_text`] of the whole. The last few bytes wait until
/// a secret can no longer start in them; at most [`MAX_HOLD_BACK_BYTES`].
///
/// [`Masker::mask_text`]: super::Masker::mask_text
#[derive(Clone)]
pub struct MaskStream {
    compiled: Arc<Compiled>,
    /// Raw text: some context, then what has not been given away yet.
    buffer: String,
    /// Everything before this index of the buffer has been given away.
    given: usize,
    cursor: Cursor,
    /// Length of the buffer from which on it is worth looking again.
    retry_at: usize,
    counts: MaskCounts,
}

impl MaskStream {
    pub(super) fn new(compiled: Arc<Compiled>) -> Self {
        Self {
            compiled,
            buffer: String::new(),
            given: 0,
            cursor: Cursor::default(),
            retry_at: 0,
            counts: MaskCounts::default(),
        }
    }

    /// Adds a delta; returns the masked text that is safe to store now, often of an earlier delta.
    pub fn push(&mut self, delta: &str) -> String {
        self.buffer.push_str(delta);
        if self.buffer.len() < self.retry_at {
            return String::new();
        }
        let masked = self.advance(false);
        self.forget();
        masked
    }

    /// As [`Masker::stream`], behind other texts of a message: one of them may have ended inside of a private key.
    ///
    /// [`Masker::stream`]: super::Masker::stream
    #[must_use]
    pub fn behind(mut self, pass: &Pass) -> Self {
        if pass.key_is_open {
            // The key goes on as if it began here; its first line was given with the other text.
            self.buffer.push_str(cut::ARMOUR);
            self.given = self.buffer.len();
        }
        self
    }

    /// [`MaskStream::finish`] for a text that others follow.
    pub fn finish_in(&mut self, pass: &mut Pass) -> String {
        pass.key_is_open = cut::opens(&self.buffer);
        self.finish()
    }

    /// The text has ended: returns the masked rest. The stream is then ready for the next text.
    pub fn finish(&mut self) -> String {
        let masked = self.advance(true);
        self.buffer.clear();
        self.given = 0;
        self.cursor = Cursor::default();
        self.retry_at = 0;
        masked
    }

    /// The raw text held back. Not safe to store.
    pub fn pending(&self) -> &str {
        self.buffer.get(self.given..).unwrap_or_default()
    }

    /// Hits so far, over all texts of this stream.
    pub fn counts(&self) -> &MaskCounts {
        &self.counts
    }

    fn advance(&mut self, complete: bool) -> String {
        let mut masked = String::new();
        while let Step::Found(span, number) =
            engine::next(&self.compiled, self.buffer.as_bytes(), &mut self.cursor, complete)
        {
            masked.push_str(self.buffer.get(self.given..span.start).unwrap_or_default());
            self.given = span.end;
            if let Some(rule) = self.compiled.rules.get(number) {
                rule.write_placeholder(&mut masked);
                self.counts.hit(rule);
            }
        }
        let safe = if complete { self.buffer.len() } else { self.safe_end() };
        masked.push_str(self.buffer.get(self.given..safe).unwrap_or_default());
        self.given = safe;
        masked
    }

    /// No span to come starts before this: a span holds no white space before its trigger, and starts at most
    /// [`LOOK_BACK_BYTES`] before it.
    fn safe_end(&self) -> usize {
        let bytes = self.buffer.as_bytes();
        let mut end = self.cursor.at.min(bytes.len());
        let least = end.saturating_sub(LOOK_BACK_BYTES).max(self.given);
        while end > least && !bytes[end - 1].is_ascii_whitespace() {
            end -= 1;
        }
        while !self.buffer.is_char_boundary(end) {
            end -= 1;
        }
        end.max(self.given)
    }

    /// Drops what no detector can look back at any more.
    fn forget(&mut self) {
        let held = self.buffer.len() - self.given;
        self.retry_at = if held < RETRY_BYTES { 0 } else { self.buffer.len() + held / 8 };
        let keep_from = self.cursor.at.saturating_sub(CONTEXT_BYTES + LOOK_BACK_BYTES).min(self.given);
        // Moving the rest to the front costs its length: worth it only when as much is dropped.
        if keep_from < self.buffer.len() - keep_from && keep_from < LOOK_AHEAD_BYTES {
            return;
        }
        let keep_from = (0..=keep_from).rev().find(|at| self.buffer.is_char_boundary(*at)).unwrap_or(0);
        self.buffer.drain(..keep_from);
        self.given -= keep_from;
        self.cursor.shift(keep_from);
        self.retry_at = self.retry_at.saturating_sub(keep_from);
    }
}

impl std::fmt::Debug for MaskStream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MaskStream").field("pending_bytes", &self.pending().len()).finish_non_exhaustive()
    }
}
