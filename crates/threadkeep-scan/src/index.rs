//! From a place in a text to the rules worth trying there.
//!
//! Literals are found by a fingerprint of three bytes, or, when a long word follows them anyway, at the starts of long
//! words; then a table of byte pairs says which of them it may be.

use crate::block::{FINGERPRINT_BYTES, Prints};
use crate::candidates::{Candidate, Candidates, Reasons};
use crate::digits::{DigitTable, Digits};
use crate::scan::{Scan, Text};
use crate::search::{DigitRuns, Search, Sought, pair};

/// The start of a placeholder.
pub const PLACEHOLDER: [u8; FINGERPRINT_BYTES] = *b"[RE";

/// See [`pair`].
const PAIRS: usize = 1 << 10;

#[derive(Debug, Clone)]
pub struct Index {
    pub(crate) search: Search,
    /// Number of the first link of each pair, plus one; 0 when there is none.
    pairs: Box<[u16]>,
    links: Vec<Link>,
    anchors: Vec<Anchor>,
    /// What the anchors refer to.
    literals: Vec<u8>,
    pub(crate) digits: DigitTable,
}

/// An anchor of a pair.
#[derive(Debug, Clone, Copy)]
struct Link {
    anchor: u16,
    /// As in `Index::pairs`: the next link of the same pair, which is of the same rule or a later one.
    next: u16,
    /// What follows the pair, if the anchor tells, and its capital if that counts too.
    third: Option<u8>,
    third_capital: Option<u8>,
}

/// A literal that a value has, and where in it the pair is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Anchor {
    pub(crate) rule: u16,
    literal: u16,
    len: u8,
    pub(crate) offset: u8,
    pub(crate) any_case: bool,
    pub(crate) word_start: bool,
    pub(crate) sought: Sought,
}

/// A literal that is looked for.
#[derive(Debug, Clone, Copy)]
pub struct Literal<'l> {
    /// Of ASCII, 1 to 255 bytes.
    pub text: &'l [u8],
    /// It is written in lower case and stands for every case.
    pub any_case: bool,
    /// It counts at the start of a word only.
    pub word_start: bool,
    /// How it is looked for.
    pub sought: Sought,
    /// Where in the text its fingerprint starts: not behind a space, because what precedes one may have been given away by
    /// a stream.
    pub offset: usize,
}

impl Index {
    /// With nothing to look for yet, and room for as many literals of so many bytes together.
    #[must_use]
    pub fn with_room(literals: usize, bytes: usize) -> Self {
        Self {
            search: Search::new(),
            pairs: vec![0; PAIRS].into_boxed_slice(),
            // One of a single letter has a link for each that may follow.
            links: Vec::with_capacity(literals + 32),
            anchors: Vec::with_capacity(literals),
            literals: Vec::with_capacity(bytes),
            digits: DigitTable::new(),
        }
    }

    /// A literal of a rule. Where two stand at one place, the one that was added first is tried first.
    pub fn add_literal(&mut self, rule: usize, literal: Literal<'_>) {
        let Literal { text, any_case, word_start, sought, offset } = literal;
        let start = self.literals.len();
        self.literals.extend_from_slice(text);
        let (rule, literal, len, offset) = (rule as u16, start as u16, text.len() as u8, offset as u8);
        self.anchors.push(Anchor { rule, literal, len, offset, any_case, word_start, sought });
    }

    /// Runs of digits of a rule.
    pub fn add_digits(&mut self, digits: Digits) {
        let runs = if digits.apart { DigitRuns::Apart } else { DigitRuns::All };
        self.search.digit_runs = self.search.digit_runs.max(runs);
        self.digits.add(&digits);
    }

    /// The rule for a colon, hyphen or dot between the groups of an address in hexadecimal.
    pub fn set_groups(&mut self, rule: usize) {
        self.search.groups = Some(rule);
    }

    /// The rule for the first colon of what may be an IPv6 address.
    pub fn set_colons(&mut self, rule: usize) {
        self.search.colons = Some(rule);
    }

    /// Call it when everything was added, with the fingerprints of what counts everywhere, [`PLACEHOLDER`] among it, and of
    /// what counts before a token.
    #[must_use]
    pub fn finish(mut self, prints: Prints, prints_before_token: Prints) -> Self {
        self.search.prints = prints;
        self.search.prints_before_token = prints_before_token;
        self.search.sift(Sought::Anywhere, PLACEHOLDER.map(Some));
        // The anchors of a pair are chained from the last to the first, so that the first stands in front.
        for number in (0..self.anchors.len()).rev() {
            self.chain(number);
        }
        self
    }

    /// The candidates from `from` on, with their places, from left to right.
    pub fn scan<'a>(&'a self, text: Text<'a>, from: usize) -> Scan<'a> {
        Scan::new(self, text, from)
    }

    /// The rules worth trying at one place, whatever a scan would see there.
    pub fn at<'a>(&'a self, text: Text<'a>, at: usize, reasons: Reasons) -> impl Iterator<Item = Candidate> + 'a {
        let mut candidates = Candidates::new(self, text);
        candidates.start(at, reasons);
        std::iter::from_fn(move || candidates.next()).filter(|candidate| *candidate != Candidate::Bracket)
    }

    /// Whether the fingerprint of a literal that is here, or may go on, starts before the last of these bytes.
    pub fn starts_literal(&self, bytes: &[u8]) -> bool {
        let text = Text { bytes, floor: 0, open: true };
        (0..bytes.len().saturating_sub(1)).any(|at| self.at(text, at, Reasons::ANCHORS).next().is_some())
    }

    fn chain(&mut self, number: usize) {
        let Some(anchor) = self.anchors.get(number).copied() else { return };
        let byte = |offset: usize| self.literal(&anchor).get(usize::from(anchor.offset) + offset).copied();
        let [Some(first), second, third] = [byte(0), byte(1), byte(2)] else { return };
        let link = Link {
            anchor: number as u16,
            next: 0,
            third,
            third_capital: third.filter(|_| anchor.any_case).map(|third| third.to_ascii_uppercase()),
        };
        self.search.sift(anchor.sought, [Some(first), second, third]);
        match second {
            Some(second) => self.link(pair(first, second), link),
            None => (0..32).for_each(|second| self.link(pair(first, second), link)),
        }
    }

    fn link(&mut self, pair: usize, link: Link) {
        let Some(first) = self.pairs.get_mut(pair) else { return };
        self.links.push(Link { next: *first, ..link });
        *first = self.links.len() as u16;
    }

    /// The anchors whose fingerprint may stand at the start of these bytes; `None` when there are no two.
    pub(crate) fn anchors(&self, bytes: &[u8]) -> Option<Anchors<'_>> {
        let [first, second, rest @ ..] = bytes else { return None };
        let next = self.pairs.get(pair(*first, *second)).copied().unwrap_or(0);
        Some(Anchors { index: self, next, third: rest.first().copied() })
    }

    pub(crate) fn literal(&self, anchor: &Anchor) -> &[u8] {
        let start = usize::from(anchor.literal);
        self.literals.get(start..start + usize::from(anchor.len)).unwrap_or_default()
    }
}

/// See [`Index::anchors`].
#[derive(Debug)]
pub(crate) struct Anchors<'a> {
    index: &'a Index,
    next: u16,
    third: Option<u8>,
}

impl<'a> Iterator for Anchors<'a> {
    type Item = &'a Anchor;

    #[inline(always)]
    fn next(&mut self) -> Option<&'a Anchor> {
        loop {
            let link = self.index.links.get(usize::from(self.next.checked_sub(1)?))?;
            self.next = link.next;
            let fits = match self.third {
                Some(third) => link.third.is_none_or(|own| own == third) || link.third_capital == Some(third),
                None => true,
            };
            if fits {
                return self.index.anchors.get(usize::from(link.anchor));
            }
        }
    }
}

impl Anchor {
    /// Long enough to be no accident behind an underscore: `MY_tskey-…`.
    pub(crate) fn is_distinct(&self) -> bool {
        self.len >= 5 && !self.any_case
    }
}
