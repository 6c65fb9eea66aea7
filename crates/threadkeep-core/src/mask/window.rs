//! What a detector may read: a bounded view that knows where the text at hand ends.

use std::cell::Cell;

use threadkeep_scan::{Class, ESCAPE_BYTES, is_word, word_starts};

use super::placeholder;

/// Farthest a span may start before the byte that triggered it, in bytes. The longest look-back is the local part of
/// an e-mail address (64, RFC 5321) plus the part of an anchor that precedes its fingerprint.
pub(super) const LOOK_BACK_BYTES: usize = 96;

/// Farthest any detector may read before its trigger, in bytes: identifiers and context words.
pub(super) const CONTEXT_BYTES: usize = 192;

/// Farthest any detector may read ahead of its trigger, in bytes. An escaped RSA-16384 key fits; more is cut.
pub(super) const LOOK_AHEAD_BYTES: usize = 16 * 1024;

/// What follows the last byte of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// Nothing.
    OfText,
    /// What has not arrived yet.
    SoFar,
    /// A span already decided on: it counts as its placeholder.
    AtSpan,
}

/// Raw bytes around a candidate.
///
/// Two notes are taken while a detector reads, so that no detector has to think about them:
/// - it looked past the end of what has arrived: its verdict must wait for more text;
/// - it looked at a placeholder: its verdict is "no". Whatever was refused beside a raw value is then refused
///   beside its placeholder as well, which is what makes masking idempotent.
#[derive(Debug)]
pub(super) struct Window<'t> {
    bytes: &'t [u8],
    /// Nothing before this is visible: the end of the last span or placeholder, or the start of the text.
    floor: usize,
    end: End,
    saw_end: Cell<bool>,
    saw_placeholder: Cell<bool>,
}

impl<'t> Window<'t> {
    pub(super) fn new(bytes: &'t [u8], floor: usize, end: End) -> Self {
        Self { bytes, floor, end, saw_end: Cell::new(false), saw_placeholder: Cell::new(false) }
    }

    pub(super) fn needs_more(&self) -> bool {
        self.saw_end.get()
    }

    pub(super) fn touched_placeholder(&self) -> bool {
        self.saw_placeholder.get()
    }

    /// The byte at `index`; `None` at the end and at a placeholder.
    // Never inlined, and so the others that detectors call everywhere: together they would be a third of the masker.
    #[inline(never)]
    pub(super) fn at(&self, index: usize) -> Option<u8> {
        #[cfg(test)]
        READS.with(|reads| reads.set(reads.get() + 1));
        match self.bytes.get(index) {
            Some(b'[') => self.bracket(index),
            Some(&byte) => Some(byte),
            None => {
                match self.end {
                    End::OfText => {}
                    End::SoFar => self.saw_end.set(true),
                    End::AtSpan => self.saw_placeholder.set(true),
                }
                None
            }
        }
    }

    /// As [`Window::at`], for a value that ends at a placeholder as it would at what stood there before: no note is taken.
    pub(super) fn peek(&self, index: usize) -> Option<u8> {
        let noted = self.saw_placeholder.get();
        let byte = self.at(index);
        if self.end != End::AtSpan || index < self.bytes.len() {
            self.saw_placeholder.set(noted);
        }
        byte
    }

    /// At most `max` bytes from `start` on, up to the next placeholder; what has not arrived yet is waited for.
    #[cfg(feature = "regex")]
    pub(super) fn visible(&self, start: usize, max: usize) -> &'t [u8] {
        let bytes = self.bytes.get(start..).unwrap_or_default();
        let bytes = bytes.get(..max).unwrap_or(bytes);
        let is_placeholder = |at: usize| {
            bytes.get(at) == Some(&b'[')
                && matches!(placeholder::at(self.bytes, start + at, true), placeholder::Look::Ends(_))
        };
        let len = (0..bytes.len()).find(|at| is_placeholder(*at)).unwrap_or(bytes.len());
        if len == bytes.len() && len < max && self.end == End::SoFar {
            self.saw_end.set(true);
        }
        bytes.get(..len).unwrap_or_default()
    }

    fn bracket(&self, index: usize) -> Option<u8> {
        match placeholder::at(self.bytes, index, self.end != End::SoFar) {
            placeholder::Look::No => Some(b'['),
            placeholder::Look::Ends(_) => {
                self.saw_placeholder.set(true);
                None
            }
            placeholder::Look::NeedsMore => {
                self.saw_end.set(true);
                None
            }
        }
    }

    /// The byte before `index`; `None` at the floor.
    #[inline(never)]
    pub(super) fn before(&self, index: usize) -> Option<u8> {
        if index > self.floor { self.bytes.get(index - 1).copied() } else { None }
    }

    /// Up to `count` bytes before `index`, never past the floor.
    #[inline(never)]
    pub(super) fn back(&self, index: usize, count: usize) -> &'t [u8] {
        debug_assert!(count <= CONTEXT_BYTES);
        let start = index.saturating_sub(count).max(self.floor);
        self.bytes.get(start..index).unwrap_or_default()
    }

    /// Bytes already read by the caller through [`Window::at`].
    #[inline(never)]
    pub(super) fn slice(&self, start: usize, end: usize) -> &'t [u8] {
        self.bytes.get(start..end).unwrap_or_default()
    }

    /// Length of the run from `start` of bytes of a class, at most `max`.
    #[inline(never)]
    pub(super) fn run(&self, start: usize, max: usize, class: &Class) -> usize {
        let max = max.min(LOOK_AHEAD_BYTES);
        let rest = self.bytes.get(start..).unwrap_or_default();
        let rest = rest.get(..max).unwrap_or(rest);
        let mut len = 0;
        loop {
            let plain = |byte: &&u8| **byte != b'[' && class.has(**byte);
            let more = rest.iter().skip(len).take_while(plain).count();
            #[cfg(test)]
            READS.with(|reads| reads.set(reads.get() + more));
            len += more;
            // The byte that ends the run, a bracket, or the end: they are looked at as ever.
            if len == max || !self.at(start + len).is_some_and(|byte| class.has(byte)) {
                return len;
            }
            len += 1;
        }
    }

    #[inline(never)]
    pub(super) fn starts_with(&self, start: usize, literal: &[u8]) -> bool {
        literal.iter().enumerate().all(|(offset, &byte)| self.at(start + offset) == Some(byte))
    }

    /// `lower` must be lower-case.
    pub(super) fn starts_with_ignore_case(&self, start: usize, lower: &[u8]) -> bool {
        lower
            .iter()
            .enumerate()
            .all(|(offset, &byte)| self.at(start + offset).is_some_and(|b| b.to_ascii_lowercase() == byte))
    }

    /// No word character before `index`. The end of an escape is not one: chat text holds JSON in strings, addresses and
    /// what terminals show.
    #[inline(never)]
    pub(super) fn word_starts(&self, index: usize) -> bool {
        word_starts(self.back(index, ESCAPE_BYTES))
    }

    /// No word character at `index`.
    #[inline(never)]
    pub(super) fn word_ends(&self, index: usize) -> bool {
        !self.at(index).is_some_and(is_word)
    }
}

#[cfg(test)]
thread_local! {
    static READS: Cell<usize> = const { Cell::new(0) };
}

/// How many bytes detectors look at while this runs: a measure of work that no clock disturbs.
#[cfg(test)]
pub(super) fn reads_during(run: impl FnOnce()) -> usize {
    READS.with(|reads| reads.set(0));
    run();
    READS.with(Cell::get)
}
