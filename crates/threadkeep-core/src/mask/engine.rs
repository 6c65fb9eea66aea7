//! The one pass: from candidate to candidate, left to right, never back.
//!
//! Architecture invariant: whether a candidate is a finding depends on at most [`CONTEXT_BYTES`] before it, on
//! [`LOOK_AHEAD_BYTES`] after it and on the span or placeholder before it: its end, and the list that it is in. So a text
//! cut anywhere gives the same findings as the whole, and a text costs its length times a constant.
//!
//! [`CONTEXT_BYTES`]: super::window::CONTEXT_BYTES
//! [`LOOK_AHEAD_BYTES`]: super::window::LOOK_AHEAD_BYTES

use std::ops::Range;

use threadkeep_scan::{Candidate, Reasons, Text as Scanned};

use super::check::sample;
use super::compiled::Compiled;
use super::detect::assignment::list::{BEFORE_BYTES, List};
use super::pattern::Pattern;
use super::payload;
use super::placeholder;
use super::rule::{Rule, Shape};
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
    /// What may go on behind `floor`.
    list: Option<List>,
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

    /// Past a span that becomes a placeholder, or past one.
    fn pass(&mut self, bytes: &[u8], span: Range<usize>, label: &[u8]) {
        let before = bytes.get(self.floor.max(span.start.saturating_sub(BEFORE_BYTES))..span.start);
        self.list = List::opened(before.unwrap_or_default(), label);
        self.at = span.end;
        self.floor = span.end;
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
        if let Some(list) = cursor.list.take() {
            let found = match text.listed(list) {
                Verdict::Span(span, rule) => text.name(&span, rule).map(|rule| text.pass(cursor, span, rule)),
                Verdict::NeedsMore => None,
                Verdict::None => continue,
            };
            cursor.list = Some(list);
            return found.unwrap_or(Step::Pending);
        }
        match text.next(cursor) {
            Some(Verdict::Span(span, rule)) if span.start > cursor.at + 1 => match text.name(&span, rule) {
                Some(rule) => cursor.ahead.push((span, rule)),
                None => return Step::Pending,
            },
            Some(Verdict::Span(span, rule)) => return text.pass(cursor, span, rule),
            Some(Verdict::NeedsMore) => return Step::Pending,
            Some(Verdict::None) => {}
            None => match cursor.ahead.pop() {
                Some((span, rule)) => return text.pass(cursor, span, rule),
                None => return Step::Pending,
            },
        }
    }
}

/// Whether there may be a finding in a text of which a scan of a longer one has given this candidate: only a "no" is sure.
pub(super) fn may_hold(compiled: &Compiled, bytes: &[u8], candidate: Candidate) -> bool {
    match candidate {
        Candidate::Rule(rule, anchor) => {
            let text = Text { compiled, bytes, floor: 0, end: End::OfText };
            // A private key may go on in another text.
            let opens_key = bytes.get(anchor.clone()) == Some(b"-----BEGIN ");
            opens_key || !matches!(text.verify(rule, anchor), Verdict::None)
        }
        Candidate::Bracket | Candidate::NeedsMore => true,
    }
}

/// Whether a value that an anchor gives away begins at the very start.
pub(super) fn starts_with_value(compiled: &Compiled, bytes: &[u8]) -> bool {
    let text = Text { compiled, bytes, floor: 0, end: End::OfText };
    let is_value = |candidate: Candidate| match candidate {
        Candidate::Rule(rule, anchor) => matches!(text.verify(rule, anchor), Verdict::Span(span, _) if span.start == 0),
        Candidate::Bracket | Candidate::NeedsMore => false,
    };
    (0..NAME_BYTES.min(bytes.len())).any(|at| compiled.index.at(text.scanned(), at, Reasons::ANCHORS).any(is_value))
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
        for (at, candidate) in self.compiled.index.scan(self.scanned(), cursor.at) {
            cursor.at = at;
            match candidate {
                Candidate::Bracket => match placeholder::at(self.bytes, at, !open) {
                    placeholder::Look::No => {}
                    placeholder::Look::NeedsMore => return Some(Verdict::NeedsMore),
                    placeholder::Look::Ends(end) => {
                        let label = placeholder::label(self.bytes.get(at..end).unwrap_or_default());
                        cursor.pass(self.bytes, at..end, label);
                        return Some(Verdict::None);
                    }
                },
                Candidate::Rule(rule, anchor) => match self.verify(rule, anchor) {
                    Verdict::None => {}
                    verdict @ (Verdict::NeedsMore | Verdict::Span(..)) => return Some(verdict),
                },
                Candidate::NeedsMore => return Some(Verdict::NeedsMore),
            }
        }
        cursor.at = cursor.at.max(self.bytes.len());
        None
    }

    /// The next value of a list that the cursor is in.
    fn listed(&self, list: List) -> Verdict {
        let window = Window::new(self.bytes, self.floor, self.end);
        let found = list.next(&window, self.floor).and_then(|span| Some((span, self.names(list.label)?)));
        self.judge(&window, found)
    }

    /// The rule by which names give values of this label away; `None` when the label says less, because a caller's own rule,
    /// which comes last, has it, too.
    fn names(&self, label: &str) -> Option<usize> {
        let has_label = |rule: &Rule| rule.label.as_deref() == Some(label);
        let rules = &self.compiled.rules;
        rules.iter().rfind(|rule| has_label(rule)).filter(|rule| rule.generic)?;
        rules.iter().position(|rule| rule.generic && has_label(rule))
    }

    fn pass(&self, cursor: &mut Cursor, span: Range<usize>, rule: usize) -> Step {
        let label = self.compiled.rules.get(rule).map(Rule::label).unwrap_or_default();
        cursor.pass(self.bytes, span.clone(), label.as_bytes());
        Step::Found(span, rule)
    }

    fn scanned(&self) -> Scanned<'_> {
        Scanned { bytes: self.bytes, floor: self.floor, open: self.end == End::SoFar }
    }

    /// The rule that names a span found by a generic one; `None` when that needs more text.
    fn name(&self, span: &Range<usize>, rule: usize) -> Option<usize> {
        let is_generic = |rule: usize| self.compiled.rules.get(rule).is_some_and(|rule| rule.generic);
        if !is_generic(rule) {
            return Some(rule);
        }
        // The longest anchor reaches no further from its start to its fingerprint.
        for at in span.start..span.end.min(span.start + NAME_BYTES) {
            for candidate in self.compiled.index.at(self.scanned(), at, Reasons::ANCHORS) {
                let Candidate::Rule(own, anchor) = candidate else { return None };
                if anchor.start != span.start || is_generic(own) {
                    continue;
                }
                match self.verify(own, anchor) {
                    Verdict::Span(found, named) if found == *span => return Some(named),
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
        self.judge(&window, span.map(|span| (span, number)))
    }

    /// A span and its rule, by the notes that their window has taken.
    fn judge(&self, window: &Window<'_>, found: Option<(Range<usize>, usize)>) -> Verdict {
        if window.needs_more() {
            return Verdict::NeedsMore;
        }
        match found {
            Some((span, number)) if !window.touched_placeholder() && !self.is_allowed(&span) => {
                debug_assert!(span.start >= self.floor && span.end > span.start);
                Verdict::Span(whole_letters(self.bytes, span), number)
            }
            _ => Verdict::None,
        }
    }

    fn is_allowed(&self, span: &Range<usize>) -> bool {
        let value = self.bytes.get(span.clone()).unwrap_or_default();
        sample::is_published(value) || self.compiled.allowed.iter().any(|allowed| allowed.as_bytes() == value)
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
                let anchor_len = anchor.len();
                let found = Pattern::new(pattern).find(window, anchor)?;
                if anchor_len <= payload::MARK_BYTES && payload::goes_on_at(window, found.span.start) {
                    return None;
                }
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
        self.check.holds(window.slice(body.start, body.end)).then_some(span)
    }
}

/// Asks every rule at every byte, and fails when one finds a value where the first pass sees no place for it.
#[cfg(test)]
pub(super) fn check_first_pass(compiled: &Compiled, bytes: &[u8]) {
    let text = Text { compiled, bytes, floor: 0, end: End::OfText };
    let seen: Vec<_> = compiled.index.scan(text.scanned(), 0).collect();
    let first = |mut candidates: &mut dyn Iterator<Item = Candidate>| {
        Iterator::find_map(&mut candidates, |candidate| match candidate {
            Candidate::Rule(rule, anchor) => match text.verify(rule, anchor) {
                Verdict::Span(span, rule) => Some((span, rule)),
                Verdict::None | Verdict::NeedsMore => None,
            },
            Candidate::Bracket | Candidate::NeedsMore => None,
        })
    };
    for at in 0..bytes.len() {
        let is_run = !(at > 0 && bytes[at - 1].is_ascii_digit());
        let run = bytes[at..].iter().take(threadkeep_scan::MAX_DIGITS).take_while(|byte| byte.is_ascii_digit()).count();
        let hex_before = at > 0 && bytes[at - 1].is_ascii_hexdigit();
        let every = Reasons {
            digits: if is_run { run } else { 0 },
            groups: matches!(bytes[at], b':' | b'-' | b'.') && hex_before,
            colons: bytes[at] == b':' && (hex_before || bytes.get(at + 1) == Some(&b':')),
            ..Reasons::ANCHORS
        };
        let found = first(&mut compiled.index.at(text.scanned(), at, every));
        let found_there = first(&mut seen.iter().filter(|(own, _)| *own == at).map(|(_, candidate)| candidate.clone()));
        assert_eq!(found_there, found, "at {at} of {:?}", String::from_utf8_lossy(bytes));
    }
}
