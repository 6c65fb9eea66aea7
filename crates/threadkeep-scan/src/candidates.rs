//! The rules worth trying at a place, one after the other.

use std::ops::Range;

use crate::index::{Anchors, Index, MAX_DIGITS};
use crate::scan::{Place, Text};
use crate::search::Sought;
use crate::word::word_starts;

/// What [`Candidates`] give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Candidate {
    /// A rule by its number, and the range of the anchor that it is tried for; empty for digits and addresses.
    Rule(usize, Range<usize>),
    /// Whether there is one depends on what has not arrived yet. Nothing comes after this.
    NeedsMore,
}

/// The candidates of one place: by its digits, as an address, then by its anchors in the order of their rules.
#[derive(Debug)]
pub struct Candidates<'a> {
    index: &'a Index,
    text: Text<'a>,
    place: Place,
    digits: &'a [u16],
    /// See [`Text::is_grouped`].
    grouped: bool,
    groups: Option<usize>,
    colons: Option<usize>,
    anchors: Option<Anchors<'a>>,
    needs_more: bool,
}

impl<'a> Candidates<'a> {
    pub(crate) fn new(index: &'a Index, text: Text<'a>, place: Place) -> Self {
        let known = text.bytes.len() - place.at;
        let cut = text.open && place.digits && known <= place.run && known < MAX_DIGITS;
        let anchors = if place.anchors { index.anchors(text.bytes.get(place.at..).unwrap_or_default()) } else { None };
        Self {
            index,
            text,
            place,
            digits: if place.digits && !cut { index.digits(place.run) } else { &[] },
            grouped: place.digits && text.is_grouped(place.at + place.run),
            groups: index.search.groups.filter(|_| place.groups),
            colons: index.search.colons.filter(|_| place.colons),
            needs_more: cut || text.open && place.anchors && anchors.is_none(),
            anchors,
        }
    }

    fn digit_rule(&mut self) -> Option<usize> {
        let Place { at, run, .. } = self.place;
        let before = if at > self.text.floor { self.text.bytes.get(at - 1).copied() } else { None };
        let after = self.text.bytes.get(at + run).copied();
        while let Some((number, rest)) = self.digits.split_first() {
            self.digits = rest;
            if let Some(rule) = self.index.digit_rule(*number, before, after, self.grouped) {
                return Some(rule);
            }
        }
        None
    }

    fn anchor(&mut self) -> Option<Candidate> {
        let Text { bytes, floor, open } = self.text;
        for anchor in self.anchors.as_mut()? {
            if anchor.sought == Sought::BeforeToken && !self.place.before_token {
                continue;
            }
            let Some(start) = self.place.at.checked_sub(anchor.offset.into()).filter(|start| *start >= floor) else {
                continue;
            };
            let literal = self.index.literal(anchor);
            let text = bytes.get(start..).unwrap_or_default();
            let text = text.get(..literal.len()).unwrap_or(text);
            let is = |(own, byte): (&u8, &u8)| own == byte || anchor.any_case && *own == byte.to_ascii_lowercase();
            if !literal.iter().zip(text).all(is) {
                continue;
            }
            if text.len() < literal.len() {
                if open {
                    return Some(Candidate::NeedsMore);
                }
                continue;
            }
            let before = bytes.get(floor..start).unwrap_or_default();
            let starts =
                !anchor.word_start || word_starts(before) || anchor.is_distinct() && before.last() == Some(&b'_');
            if starts {
                return Some(Candidate::Rule(anchor.rule.into(), start..start + literal.len()));
            }
        }
        None
    }
}

impl Iterator for Candidates<'_> {
    type Item = Candidate;

    // Not where it is called: the callers are compiled for size.
    #[inline(never)]
    fn next(&mut self) -> Option<Candidate> {
        let at = self.place.at;
        if let Some(rule) = self.digit_rule() {
            return Some(Candidate::Rule(rule, at..at));
        }
        if let Some(rule) = self.groups.take().or_else(|| self.colons.take()) {
            return Some(Candidate::Rule(rule, at..at));
        }
        self.anchor().or_else(|| std::mem::take(&mut self.needs_more).then_some(Candidate::NeedsMore))
    }
}
