//! The one pass: from candidate to candidate, left to right, never back.
//!
//! Architecture invariant: whether a candidate is a finding depends on at most [`CONTEXT_BYTES`] before it, on
//! [`LOOK_AHEAD_BYTES`] after it and on the end of the span or placeholder before it. So a text cut anywhere gives the
//! same findings as the whole, and a text costs its length times a constant.
//!
//! [`CONTEXT_BYTES`]: super::window::CONTEXT_BYTES
//! [`LOOK_AHEAD_BYTES`]: super::window::LOOK_AHEAD_BYTES

use std::ops::Range;

use super::check::sample;
use super::compiled::{Compiled, CompiledRule, CompiledShape};
use super::index::Anchor;
use super::placeholder;
use super::window::{End, Window};

/// Longer runs of digits than this are no number anyone writes.
const MAX_DIGITS: usize = 20;

/// How far into a value the fingerprint of an anchor at its start may be, in bytes.
const NAME_BYTES: usize = 48;

/// Where a pass stands.
#[derive(Debug, Clone, Default)]
pub(super) struct Cursor {
    /// No candidate before this is left.
    pub(super) at: usize,
    /// End of the last span or placeholder: nothing before it can be part of a span, or is looked at.
    pub(super) floor: usize,
    /// Spans decided on while the text between their trigger and them was not: `Authorization` in
    /// `Authorization for jo@example.org: …`. The nearest is last. Each is shorter than a name and its operator.
    ahead: Vec<(Range<usize>, usize)>,
}

impl Cursor {
    /// Makes up for `count` bytes dropped from the front of the text.
    pub(super) fn shift(&mut self, count: usize) {
        self.at -= count;
        self.floor = self.floor.saturating_sub(count);
        for (span, _) in &mut self.ahead {
            *span = span.start - count..span.end - count;
        }
    }

    fn pass(&mut self, span: Range<usize>, rule: usize) -> Step {
        self.at = span.end;
        self.floor = span.end;
        Step::Found(span, rule)
    }
}

#[derive(Debug)]
pub(super) enum Step {
    /// A span to replace, by the rule of this number. The cursor stands behind it.
    Found(Range<usize>, usize),
    /// Every candidate before the cursor is decided; the one at the cursor needs more text, or there is none.
    Pending,
}

/// Moves the cursor to the next finding.
pub(super) fn next(compiled: &Compiled, bytes: &[u8], cursor: &mut Cursor, complete: bool) -> Step {
    loop {
        let end = match cursor.ahead.last() {
            Some(_) => End::AtSpan,
            None if complete => End::OfText,
            None => End::SoFar,
        };
        let visible = cursor.ahead.last().map_or(bytes, |(span, _)| bytes.get(..span.start).unwrap_or(bytes));
        let text = Text { compiled, bytes: visible, floor: cursor.floor, end };
        match text.next(cursor) {
            Some(Verdict::Span(span, rule)) if span.start > cursor.at + 1 => match text.name(&span, rule) {
                Some(rule) => cursor.ahead.push((span, rule)),
                None => return Step::Pending,
            },
            Some(Verdict::Span(span, rule)) => return cursor.pass(span, rule),
            Some(Verdict::NeedsMore) => return Step::Pending,
            Some(Verdict::None) => {}
            None => match cursor.ahead.pop() {
                Some((span, rule)) => return cursor.pass(span, rule),
                None => return Step::Pending,
            },
        }
    }
}

enum Verdict {
    None,
    NeedsMore,
    Span(Range<usize>, usize),
}

/// What one search sees: the text up to the nearest decided span.
struct Text<'a> {
    compiled: &'a Compiled,
    bytes: &'a [u8],
    floor: usize,
    end: End,
}

impl Text<'_> {
    /// Moves the cursor to the next candidate that is more than nothing, or past a placeholder; `None` at the end.
    fn next(&self, cursor: &mut Cursor) -> Option<Verdict> {
        // What precedes the floor is invisible, so a run of digits that starts there starts there for good.
        if cursor.at == cursor.floor {
            let is_digit = self.bytes.get(cursor.at).is_some_and(u8::is_ascii_digit);
            let triggers = if is_digit { self.compiled.index.digit_triggers() } else { 0 };
            match self.try_triggers(cursor.at, cursor.at, triggers) {
                Verdict::None => {}
                verdict @ (Verdict::NeedsMore | Verdict::Span(..)) => return Some(verdict),
            }
        }
        while let Some(at) = self.compiled.index.next(self.bytes, cursor.at) {
            cursor.at = at;
            if self.bytes.get(at) == Some(&b'[') {
                match placeholder::at(self.bytes, at, self.end != End::SoFar) {
                    placeholder::Look::No => {}
                    placeholder::Look::NeedsMore => return Some(Verdict::NeedsMore),
                    placeholder::Look::Ends(end) => {
                        cursor.at = end;
                        cursor.floor = end;
                        return Some(Verdict::None);
                    }
                }
            }
            match self.try_at(at) {
                Verdict::None => cursor.at = at + 1,
                verdict @ (Verdict::NeedsMore | Verdict::Span(..)) => return Some(verdict),
            }
        }
        cursor.at = cursor.at.max(self.bytes.len().saturating_sub(1));
        None
    }

    /// Tries every rule whose fingerprint is at `at`.
    fn try_at(&self, at: usize) -> Verdict {
        let Some((triggers, anchors)) = self.compiled.index.candidate(self.bytes, at) else { return Verdict::None };
        match self.try_triggers(at, at + 1, triggers) {
            Verdict::None => {}
            verdict @ (Verdict::NeedsMore | Verdict::Span(..)) => return verdict,
        }
        for anchor in anchors {
            match self.try_anchor(at, anchor) {
                Verdict::None => {}
                verdict @ (Verdict::NeedsMore | Verdict::Span(..)) => return verdict,
            }
        }
        Verdict::None
    }

    /// The triggers of these bits: runs of digits start at `digits`, all else at `at`.
    fn try_triggers(&self, at: usize, digits: usize, mut triggers: u128) -> Verdict {
        let run = self.digits(digits);
        while triggers != 0 {
            let number = triggers.trailing_zeros();
            triggers &= triggers - 1;
            let Some(trigger) = self.compiled.index.trigger(number) else { continue };
            if trigger.after_hex && !self.after_hex(at) {
                continue;
            }
            let start = match trigger.digits {
                Some(_) if run.is_none() => return Verdict::NeedsMore,
                Some((min, max)) if run.is_some_and(|run| (min..=max).contains(&run)) => digits,
                Some(_) => continue,
                None => at,
            };
            match self.verify(trigger.rule, start..start) {
                Verdict::None => {}
                verdict @ (Verdict::NeedsMore | Verdict::Span(..)) => return verdict,
            }
        }
        Verdict::None
    }

    /// Two colons, or anything behind a hexadecimal digit.
    fn after_hex(&self, at: usize) -> bool {
        let before = at.checked_sub(1).filter(|before| *before >= self.floor).and_then(|before| self.bytes.get(before));
        before.is_some_and(u8::is_ascii_hexdigit) || self.bytes.get(at..at + 2) == Some(b"::")
    }

    /// Length of the run of digits; `None` when it may go on in what has not arrived yet.
    fn digits(&self, start: usize) -> Option<usize> {
        let rest = self.bytes.get(start..).unwrap_or_default();
        let run = rest.iter().take(MAX_DIGITS).take_while(|byte| byte.is_ascii_digit()).count();
        let open = run == rest.len() && run < MAX_DIGITS && self.end == End::SoFar;
        (!open).then_some(run)
    }

    /// The rule that names a span found by a generic one; `None` when that needs more text.
    fn name(&self, span: &Range<usize>, rule: usize) -> Option<usize> {
        let is_generic = |rule: usize| self.compiled.rules.get(rule).is_some_and(|rule| rule.rule.generic);
        if !is_generic(rule) {
            return Some(rule);
        }
        // The longest anchor reaches no further from its start to its fingerprint.
        for at in span.start..span.end.min(span.start + NAME_BYTES) {
            let Some((_, anchors)) = self.compiled.index.candidate(self.bytes, at) else { continue };
            for anchor in anchors.iter().filter(|anchor| at - span.start == anchor.offset && !is_generic(anchor.rule)) {
                match self.try_anchor(at, anchor) {
                    Verdict::Span(own, named) if own == *span => return Some(named),
                    Verdict::NeedsMore => return None,
                    Verdict::Span(..) | Verdict::None => {}
                }
            }
        }
        Some(rule)
    }

    fn try_anchor(&self, at: usize, anchor: &Anchor) -> Verdict {
        let Some(start) = at.checked_sub(anchor.offset).filter(|start| *start >= self.floor) else {
            return Verdict::None;
        };
        let window = Window::new(self.bytes, self.floor, self.end);
        let stands = if anchor.any_case {
            window.starts_with_ignore_case(start, &anchor.literal)
        } else {
            window.starts_with(start, &anchor.literal)
        };
        if window.needs_more() {
            return Verdict::NeedsMore;
        }
        let starts = !anchor.word_start
            || window.word_starts(start)
            || anchor.is_distinct() && window.before(start) == Some(b'_');
        if !stands || !starts {
            return Verdict::None;
        }
        self.verify(anchor.rule, start..start + anchor.literal.len())
    }

    fn verify(&self, number: usize, anchor: Range<usize>) -> Verdict {
        let window = Window::new(self.bytes, self.floor, self.end);
        let span = self.compiled.rules.get(number).and_then(|rule| rule.find(&window, anchor));
        if window.needs_more() {
            return Verdict::NeedsMore;
        }
        match span {
            Some(span) if !window.touched_placeholder() && !self.is_allowed(&span) => {
                debug_assert!(span.start >= self.floor && span.end > span.start);
                Verdict::Span(span, number)
            }
            _ => Verdict::None,
        }
    }

    fn is_allowed(&self, span: &Range<usize>) -> bool {
        let value = self.bytes.get(span.clone()).unwrap_or_default();
        self.compiled.allowed.iter().any(|allowed| allowed.as_bytes() == value)
    }
}

impl CompiledRule {
    fn find(&self, window: &Window<'_>, anchor: Range<usize>) -> Option<Range<usize>> {
        match &self.shape {
            CompiledShape::Pattern(pattern) => {
                let found = pattern.find(window, anchor)?;
                let body = window.slice(found.body.start, found.body.end);
                let value = window.slice(found.span.start, found.span.end);
                (self.rule.check.holds(body) && !sample::is_published(value)).then_some(found.span)
            }
            CompiledShape::Detector(detect) => {
                let span = detect(window, anchor)?;
                let value = window.slice(span.start, span.end);
                (self.rule.check.holds(value) && !sample::is_published(value)).then_some(span)
            }
        }
    }
}
