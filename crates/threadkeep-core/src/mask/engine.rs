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
use super::compiled::Compiled;
use super::index::{Anchor, MAX_DIGITS};
use super::pattern::Pattern;
use super::placeholder;
use super::rule::{Rule, Shape};
use super::scan::{Place, Scan};
use super::search::Sought;
use super::window::{End, Window};

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
    /// `Authorization for {an e-mail address}: …`. The nearest is last. Each is shorter than a name and its operator.
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

/// Whether a value that an anchor gives away begins at the very start.
pub(super) fn starts_with_value(compiled: &Compiled, bytes: &[u8]) -> bool {
    let text = Text { compiled, bytes, floor: 0, end: End::OfText };
    (0..NAME_BYTES).any(|at| matches!(text.try_anchors(at, true), Verdict::Span(span, _) if span.start == 0))
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
        let open = self.end == End::SoFar;
        let mut scan = Scan::new(&self.compiled.index.search, self.bytes, cursor.at, cursor.floor, open);
        while let Some(place) = scan.next() {
            cursor.at = place.at;
            if self.bytes.get(place.at) == Some(&b'[') {
                match placeholder::at(self.bytes, place.at, !open) {
                    placeholder::Look::No => {}
                    placeholder::Look::NeedsMore => return Some(Verdict::NeedsMore),
                    placeholder::Look::Ends(end) => {
                        cursor.at = end;
                        cursor.floor = end;
                        return Some(Verdict::None);
                    }
                }
            }
            match self.try_place(&place) {
                Verdict::None => {}
                verdict @ (Verdict::NeedsMore | Verdict::Span(..)) => return Some(verdict),
            }
        }
        cursor.at = cursor.at.max(self.bytes.len());
        None
    }

    /// Tries every rule that may apply at a place.
    fn try_place(&self, place: &Place) -> Verdict {
        let signs = &self.compiled.index.signs;
        let mut verdict = Verdict::None;
        if place.digits {
            verdict = self.try_digits(place);
        }
        if place.groups && matches!(verdict, Verdict::None) {
            verdict = self.try_sign(place.at, signs.groups);
        }
        if place.colons && matches!(verdict, Verdict::None) {
            verdict = self.try_sign(place.at, signs.colons);
        }
        if place.anchors && matches!(verdict, Verdict::None) {
            verdict = self.try_anchors(place.at, place.before_token);
        }
        verdict
    }

    fn try_sign(&self, at: usize, rule: Option<usize>) -> Verdict {
        rule.map_or(Verdict::None, |rule| self.verify(rule, at..at))
    }

    fn try_digits(&self, place: &Place) -> Verdict {
        let (at, end) = (place.at, place.at + place.run);
        let known = self.bytes.len() - at;
        if known <= place.run && known < MAX_DIGITS && self.end == End::SoFar {
            return Verdict::NeedsMore;
        }
        let before = if at > self.floor { self.bytes.get(at - 1).copied() } else { None };
        let after = self.bytes.get(end).copied();
        let index = &self.compiled.index;
        let grouped = self.is_grouped(end);
        for number in index.digits(place.run) {
            let Some(rule) = index.digit_rule(*number, before, after, grouped) else { continue };
            match self.verify(rule, at..at) {
                Verdict::None => {}
                verdict @ (Verdict::NeedsMore | Verdict::Span(..)) => return verdict,
            }
        }
        Verdict::None
    }

    /// Two more groups of digits follow a run that ends here, or may follow in what has not arrived yet.
    fn is_grouped(&self, end: usize) -> bool {
        let mut at = end;
        for _ in 0..2 {
            let start = at;
            while at < start + 2 && self.bytes.get(at).is_some_and(|byte| b" .-()".contains(byte)) {
                at += 1;
            }
            match self.bytes.get(at) {
                None => return self.end == End::SoFar,
                Some(byte) if at == start || !byte.is_ascii_digit() => return false,
                Some(_) => {}
            }
            while at < end + 2 * MAX_DIGITS && self.bytes.get(at).is_some_and(u8::is_ascii_digit) {
                at += 1;
            }
        }
        true
    }

    fn try_anchors(&self, at: usize, before_token: bool) -> Verdict {
        let Some(anchors) = self.compiled.index.anchors(self.bytes.get(at..).unwrap_or_default()) else {
            return if self.end == End::SoFar { Verdict::NeedsMore } else { Verdict::None };
        };
        for anchor in anchors.filter(|anchor| before_token || anchor.sought != Sought::BeforeToken) {
            match self.try_anchor(at, anchor) {
                Verdict::None => {}
                verdict @ (Verdict::NeedsMore | Verdict::Span(..)) => return verdict,
            }
        }
        Verdict::None
    }

    fn try_anchor(&self, at: usize, anchor: &Anchor) -> Verdict {
        let Some(start) = at.checked_sub(anchor.offset.into()).filter(|start| *start >= self.floor) else {
            return Verdict::None;
        };
        let literal = self.compiled.index.literal(anchor);
        let text = self.bytes.get(start..).unwrap_or_default();
        let text = text.get(..literal.len()).unwrap_or(text);
        let is = |(own, byte): (&u8, &u8)| own == byte || anchor.any_case && *own == byte.to_ascii_lowercase();
        if !literal.iter().zip(text).all(is) {
            return Verdict::None;
        }
        if text.len() < literal.len() {
            return if self.end == End::SoFar { Verdict::NeedsMore } else { Verdict::None };
        }
        let window = Window::new(self.bytes, self.floor, self.end);
        let starts = !anchor.word_start
            || window.word_starts(start)
            || anchor.is_distinct() && window.before(start) == Some(b'_');
        if !starts {
            return Verdict::None;
        }
        self.verify(anchor.rule.into(), start..start + literal.len())
    }

    /// The rule that names a span found by a generic one; `None` when that needs more text.
    fn name(&self, span: &Range<usize>, rule: usize) -> Option<usize> {
        let is_generic = |rule: usize| self.compiled.rules.get(rule).is_some_and(|rule| rule.generic);
        if !is_generic(rule) {
            return Some(rule);
        }
        // The longest anchor reaches no further from its start to its fingerprint.
        for at in span.start..span.end.min(span.start + NAME_BYTES) {
            let bytes = self.bytes.get(at..).unwrap_or_default();
            for anchor in self.compiled.index.anchors(bytes).into_iter().flatten() {
                if at - span.start != usize::from(anchor.offset) || is_generic(anchor.rule.into()) {
                    continue;
                }
                match self.try_anchor(at, anchor) {
                    Verdict::Span(own, named) if own == *span => return Some(named),
                    Verdict::NeedsMore => return None,
                    Verdict::Span(..) | Verdict::None => {}
                }
            }
        }
        Some(rule)
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
                Verdict::Span(whole_letters(self.bytes, span), number)
            }
            _ => Verdict::None,
        }
    }

    fn is_allowed(&self, span: &Range<usize>) -> bool {
        let value = self.bytes.get(span.clone()).unwrap_or_default();
        self.compiled.allowed.iter().any(|allowed| allowed.as_bytes() == value)
    }
}

/// A bound in bytes may fall into a letter beyond ASCII: the whole letter goes.
fn whole_letters(bytes: &[u8], span: Range<usize>) -> Range<usize> {
    let is_inside = |at: usize| bytes.get(at).is_some_and(|byte| matches!(byte, 0x80..=0xbf));
    let (mut start, mut end) = (span.start, span.end);
    while start > 0 && is_inside(start) {
        start -= 1;
    }
    while is_inside(end) {
        end += 1;
    }
    start..end
}

impl Rule {
    fn find(&self, window: &Window<'_>, anchor: Range<usize>) -> Option<Range<usize>> {
        let (span, body) = match &self.shape {
            Shape::Pattern(pattern) => {
                let found = Pattern::new(pattern).find(window, anchor)?;
                (found.span, found.body)
            }
            Shape::Detector(detector) => {
                let span = detector.0(window, anchor)?;
                (span.clone(), span)
            }
            #[cfg(feature = "regex")]
            Shape::Regex(regex) => {
                let text = window.visible(anchor.start, super::rule::MAX_REGEX_BYTES);
                let end = anchor.start + regex.find(text).filter(|found| !found.is_empty())?.end();
                // What it ends before may be a placeholder.
                window.at(end);
                (anchor.start..end, anchor.start..end)
            }
        };
        let holds = self.check.holds(window.slice(body.start, body.end))
            && !sample::is_published(window.slice(span.start, span.end));
        holds.then_some(span)
    }
}

/// Asks every rule at every byte, and fails when one finds a value where the first pass sees no place for it.
#[cfg(test)]
pub(super) fn check_first_pass(compiled: &Compiled, bytes: &[u8]) {
    let text = Text { compiled, bytes, floor: 0, end: End::OfText };
    let mut scan = Scan::new(&compiled.index.search, bytes, 0, 0, false);
    let mut seen = scan.next();
    for at in 0..bytes.len() {
        let digits = bytes[at].is_ascii_digit() && !(at > 0 && bytes[at - 1].is_ascii_digit());
        let run = bytes[at..].iter().take(MAX_DIGITS).take_while(|byte| byte.is_ascii_digit()).count();
        let hex_before = at > 0 && bytes[at - 1].is_ascii_hexdigit();
        let groups = matches!(bytes[at], b':' | b'-' | b'.') && hex_before;
        let colons = bytes[at] == b':' && (hex_before || bytes.get(at + 1) == Some(&b':'));
        let every = Place { at, anchors: true, before_token: true, digits, run, groups, colons };
        let own = seen.filter(|place| place.at == at);
        if own.is_some() {
            seen = scan.next();
        }
        let found = match text.try_place(&every) {
            Verdict::Span(span, rule) => Some((span, rule)),
            Verdict::None | Verdict::NeedsMore => None,
        };
        let found_there = own.and_then(|place| match text.try_place(&place) {
            Verdict::Span(span, rule) => Some((span, rule)),
            Verdict::None | Verdict::NeedsMore => None,
        });
        assert_eq!(found_there, found, "at {at} of {:?}", String::from_utf8_lossy(bytes));
    }
}
