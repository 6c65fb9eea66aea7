//! The one pass: from candidate to candidate, left to right, never back.
//!
//! Architecture invariant: whether a candidate is a finding depends on at most [`CONTEXT_BYTES`] before it, on
//! [`LOOK_AHEAD_BYTES`] after it and on the end of the span or placeholder before it. So a text cut anywhere gives the
//! same findings as the whole, and a text costs its length times a constant.
//!
//! [`CONTEXT_BYTES`]: super::window::CONTEXT_BYTES
//! [`LOOK_AHEAD_BYTES`]: super::window::LOOK_AHEAD_BYTES

use std::ops::Range;

use super::compiled::{Compiled, CompiledRule, CompiledShape};
use super::index::{self, Anchor};
use super::placeholder;
use super::window::Window;

/// Where a pass stands.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Cursor {
    /// No candidate before this is left.
    pub(super) at: usize,
    /// End of the last span or placeholder: nothing before it can be part of a span, or is looked at.
    pub(super) floor: usize,
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
        // What precedes the floor is invisible, so a run of digits that starts there starts there for good.
        if cursor.at == cursor.floor {
            match try_at(compiled, bytes, cursor, complete, None) {
                Verdict::None => {}
                Verdict::NeedsMore => return Step::Pending,
                Verdict::Span(span, rule) => return found(cursor, span, rule),
            }
        }
        let Some(at) = compiled.index.next(bytes, cursor.at) else {
            cursor.at = cursor.at.max(bytes.len().saturating_sub(1));
            return Step::Pending;
        };
        cursor.at = at;
        if bytes[at] == b'[' {
            match placeholder::at(bytes, at, complete) {
                placeholder::Look::No => {}
                placeholder::Look::NeedsMore => return Step::Pending,
                placeholder::Look::Ends(end) => {
                    *cursor = Cursor { at: end, floor: end };
                    continue;
                }
            }
        }
        match try_at(compiled, bytes, cursor, complete, Some(bytes[at])) {
            Verdict::None => cursor.at = at + 1,
            Verdict::NeedsMore => return Step::Pending,
            Verdict::Span(span, rule) => return found(cursor, span, rule),
        }
    }
}

fn found(cursor: &mut Cursor, span: Range<usize>, rule: usize) -> Step {
    *cursor = Cursor { at: span.end, floor: span.end };
    Step::Found(span, rule)
}

enum Verdict {
    None,
    NeedsMore,
    Span(Range<usize>, usize),
}

/// Tries every rule whose fingerprint is at the cursor. `first` is the first byte of the pair there, or `None` for
/// the virtual pair of "nothing" and the byte at the floor.
fn try_at(compiled: &Compiled, bytes: &[u8], cursor: &Cursor, complete: bool, first: Option<u8>) -> Verdict {
    let at = cursor.at;
    let second = bytes.get(if first.is_some() { at + 1 } else { at }).copied();
    let Some(second) = second else {
        return Verdict::None;
    };
    for trigger in compiled.index.pair_triggers() {
        let start = match first {
            Some(first) if (trigger.test)(first, second) => at + trigger.offset,
            None if trigger.offset == 1 && (trigger.test)(0, second) => at,
            _ => continue,
        };
        match verify(compiled, bytes, cursor, complete, trigger.rule, start..start) {
            Verdict::None => {}
            verdict @ (Verdict::NeedsMore | Verdict::Span(..)) => return verdict,
        }
    }
    let Some(first) = first else {
        return Verdict::None;
    };
    for anchor in compiled.index.anchors(index::pair(first, second)) {
        match try_anchor(compiled, bytes, cursor, complete, anchor) {
            Verdict::None => {}
            verdict @ (Verdict::NeedsMore | Verdict::Span(..)) => return verdict,
        }
    }
    Verdict::None
}

fn try_anchor(compiled: &Compiled, bytes: &[u8], cursor: &Cursor, complete: bool, anchor: &Anchor) -> Verdict {
    let Some(start) = cursor.at.checked_sub(anchor.offset).filter(|start| *start >= cursor.floor) else {
        return Verdict::None;
    };
    let window = Window::new(bytes, cursor.floor, complete);
    let stands = if anchor.any_case {
        window.starts_with_ignore_case(start, &anchor.literal)
    } else {
        window.starts_with(start, &anchor.literal)
    };
    if window.needs_more() {
        return Verdict::NeedsMore;
    }
    if !stands || anchor.word_start && !window.word_starts(start) {
        return Verdict::None;
    }
    verify(compiled, bytes, cursor, complete, anchor.rule, start..start + anchor.literal.len())
}

fn verify(
    compiled: &Compiled,
    bytes: &[u8],
    cursor: &Cursor,
    complete: bool,
    number: usize,
    anchor: Range<usize>,
) -> Verdict {
    let window = Window::new(bytes, cursor.floor, complete);
    let span = compiled.rules.get(number).and_then(|rule| rule.find(&window, anchor));
    if window.needs_more() {
        return Verdict::NeedsMore;
    }
    match span {
        Some(span) if !window.touched_placeholder() && !is_allowed(compiled, window.slice(span.start, span.end)) => {
            debug_assert!(span.start >= cursor.floor && span.end > span.start);
            Verdict::Span(span, number)
        }
        _ => Verdict::None,
    }
}

fn is_allowed(compiled: &Compiled, value: &[u8]) -> bool {
    compiled.allowed.iter().any(|allowed| allowed.as_bytes() == value)
}

impl CompiledRule {
    fn find(&self, window: &Window<'_>, anchor: Range<usize>) -> Option<Range<usize>> {
        match &self.shape {
            CompiledShape::Pattern(pattern) => {
                let found = pattern.find(window, anchor)?;
                let body = window.slice(found.body.start, found.body.end);
                self.rule.check.holds(body).then_some(found.span)
            }
            CompiledShape::Detector(detect) => {
                let span = detect(window, anchor)?;
                self.rule.check.holds(window.slice(span.start, span.end)).then_some(span)
            }
        }
    }
}
