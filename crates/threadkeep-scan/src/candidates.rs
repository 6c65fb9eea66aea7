//! The rules worth trying at a place, one after the other.

use std::ops::Range;

use crate::digits::{LONG_GROUP, MAX_DIGITS};
use crate::index::{Anchors, Index, PLACEHOLDER};
use crate::scan::Text;
use crate::search::Sought;
use crate::word::word_starts;

/// What a scan finds at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Candidate {
    /// A rule by its number, and the range of the anchor that it is tried for; empty for digits and addresses.
    Rule(usize, Range<usize>),
    /// A bracket that may start a placeholder.
    Bracket,
    /// Whether there is one depends on what has not arrived yet.
    NeedsMore,
}

impl Candidate {
    /// The same, for a text that starts so many bytes later.
    #[must_use]
    pub fn behind(self, count: usize) -> Self {
        match self {
            Self::Rule(rule, anchor) => {
                Self::Rule(rule, anchor.start.saturating_sub(count)..anchor.end.saturating_sub(count))
            }
            other => other,
        }
    }
}

/// Why a place is one.
#[derive(Debug, Clone, Copy, Default)]
pub struct Reasons {
    /// The fingerprint of an anchor.
    pub anchors: bool,
    /// A token may follow.
    pub before_token: bool,
    /// A run of so many digits starts, [`MAX_DIGITS`] at most.
    pub digits: usize,
    /// A separator of a MAC address.
    pub groups: bool,
    /// The first colon of an IPv6 address.
    pub colons: bool,
}

impl Reasons {
    /// Any anchor.
    pub const ANCHORS: Self = Self { anchors: true, before_token: true, digits: 0, groups: false, colons: false };
}

/// The candidates of one place: a bracket, by its digits, as an address, then by its anchors in the order of their rules.
#[derive(Debug)]
pub(crate) struct Candidates<'a> {
    pub(crate) index: &'a Index,
    pub(crate) text: Text<'a>,
    pub(crate) at: usize,
    bracket: bool,
    /// Kinds of runs of digits that are left.
    digits: u64,
    groups: Option<usize>,
    colons: Option<usize>,
    anchors: Option<Anchors<'a>>,
    before_token: bool,
    needs_more: bool,
}

impl<'a> Candidates<'a> {
    pub(crate) fn new(index: &'a Index, text: Text<'a>) -> Self {
        Self {
            index,
            text,
            at: 0,
            bracket: false,
            digits: 0,
            groups: None,
            colons: None,
            anchors: None,
            before_token: false,
            needs_more: false,
        }
    }

    /// Those of a place, by what was seen there.
    #[inline(always)]
    pub(crate) fn start(&mut self, at: usize, reasons: Reasons) {
        let Reasons { anchors, before_token, digits, groups, colons } = reasons;
        self.at = at;
        self.before_token = before_token;
        self.needs_more = false;
        if digits > 0 {
            if self.is_cut(at, digits) {
                // How long it is decides first.
                self.needs_more = true;
                return;
            }
            self.digits = self.kinds(at, digits);
        }
        self.groups = self.index.search.groups.filter(|_| groups);
        self.colons = self.index.search.colons.filter(|_| colons);
        if anchors {
            let rest = self.text.bytes.get(at..).unwrap_or_default();
            self.bracket =
                rest.first() == Some(&PLACEHOLDER[0]) && rest.get(1).is_none_or(|byte| *byte == PLACEHOLDER[1]);
            self.anchors = self.index.anchors(rest);
            self.needs_more |= self.text.open && self.anchors.is_none();
        }
    }

    /// Some rule takes runs of this length that stand where this one does, before such groups of digits.
    #[inline(always)]
    pub(crate) fn may_be_digits(&self, at: usize, run: usize) -> bool {
        self.is_cut(at, run) || self.kinds(at, run) != 0
    }

    /// The kinds that a run of digits may be.
    #[inline(always)]
    fn kinds(&self, at: usize, run: usize) -> u64 {
        let before = if at > self.text.floor { self.text.bytes.get(at - 1).copied() } else { None };
        let byte = |at: usize| self.text.bytes.get(at).copied();
        let table = &self.index.digits;
        let kinds = table.kinds(run, byte(at).unwrap_or(0), before, byte(at + run));
        if kinds & table.grouped == 0 { kinds } else { kinds & self.with_next_group(at + run) }
    }

    /// The kinds that a run of digits may be for what follows it.
    #[inline(never)]
    fn with_next_group(&self, end: usize) -> u64 {
        let table = &self.index.digits;
        match self.text.next_group(end) {
            0 => !table.grouped,
            1..LONG_GROUP => !table.long_grouped,
            _ => u64::MAX,
        }
    }

    /// The run may go on in what has not arrived yet.
    #[inline(always)]
    fn is_cut(&self, at: usize, run: usize) -> bool {
        let known = self.text.bytes.len().saturating_sub(at);
        self.text.open && known <= run && known < MAX_DIGITS
    }

    #[inline(always)]
    pub(crate) fn next(&mut self) -> Option<Candidate> {
        let whole = |rule| Some(Candidate::Rule(rule, self.at..self.at));
        if std::mem::take(&mut self.bracket) {
            return Some(Candidate::Bracket);
        }
        if self.digits != 0
            && let Some(rule) = self.index.digits.rule(self.digits)
        {
            self.digits &= self.digits - 1;
            return whole(rule);
        }
        if let Some(rule) = self.groups.take().or_else(|| self.colons.take()) {
            return whole(rule);
        }
        if self.anchors.is_some()
            && let Some(candidate) = self.anchor()
        {
            return Some(candidate);
        }
        std::mem::take(&mut self.needs_more).then_some(Candidate::NeedsMore)
    }

    fn anchor(&mut self) -> Option<Candidate> {
        let Text { bytes, floor, open } = self.text;
        for anchor in self.anchors.as_mut()? {
            if anchor.sought == Sought::BeforeToken && !self.before_token {
                continue;
            }
            let Some(start) = self.at.checked_sub(anchor.offset.into()).filter(|start| *start >= floor) else {
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
        self.anchors = None;
        None
    }
}
