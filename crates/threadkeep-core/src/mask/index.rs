//! From a place in a text to the rules worth trying there.
//!
//! Literals are found by a fingerprint of three bytes, or, when a long word follows them anyway, at the starts of long
//! words; then a table of byte pairs says which of them it may be.

use super::block::Prints;
use super::class::Class;
use super::pattern::{self, Pattern};
use super::prints;
use super::rule::{On, Rule, Shape};
use super::scan::LONG_WORD_BYTES;
use super::search::{DigitRuns, Search, Sought, cases};
use super::token::TOKEN;

/// Stands for a space in a table of anchors, where a space separates.
const SPACE: &str = "␣";

/// The start of a placeholder.
const PLACEHOLDER: &[u8] = b"[RE";

/// Pairs of seven-bit bytes.
const PAIRS: usize = 1 << 14;

/// Longest run of digits that is told from longer ones.
pub(super) const MAX_DIGITS: usize = 20;

#[derive(Debug, Clone)]
pub(super) struct Index {
    pub(super) search: Search,
    pub(super) signs: Signs,
    /// Number of the first link of each pair, plus one; 0 when there is none.
    pairs: Box<[u16]>,
    links: Vec<Link>,
    anchors: Vec<Anchor>,
    /// What the anchors refer to.
    literals: Vec<u8>,
    digits: Vec<Digits>,
    /// For each length of a run, the numbers of `digits` that may apply, one length after the other.
    by_length: Vec<u16>,
    /// Where each length ends in `by_length`.
    length_ends: [u16; MAX_DIGITS + 1],
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

/// The rules that are triggered by a sign, by their number.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Signs {
    pub(super) groups: Option<usize>,
    pub(super) colons: Option<usize>,
}

/// A literal that a value has, and where in it the pair is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Anchor {
    pub(super) rule: u16,
    literal: u16,
    len: u8,
    pub(super) offset: u8,
    pub(super) any_case: bool,
    pub(super) word_start: bool,
    pub(super) sought: Sought,
}

/// A kind of runs of digits.
#[derive(Debug, Clone, Copy)]
struct Digits {
    rule: u16,
    least: u8,
    most: u8,
    before: Option<Class>,
    after: Option<Class>,
    /// Two more groups of digits follow.
    grouped: bool,
}

impl Index {
    pub(super) fn new(rules: &[Rule]) -> Self {
        let mut index = Self {
            search: Search::new(),
            signs: Signs::default(),
            pairs: vec![0; PAIRS].into_boxed_slice(),
            links: Vec::new(),
            anchors: Vec::new(),
            literals: Vec::new(),
            digits: Vec::new(),
            by_length: Vec::new(),
            length_ends: [0; MAX_DIGITS + 1],
        };
        for (number, rule) in rules.iter().enumerate() {
            index.add(number, rule);
        }
        index.choose_prints();
        // The anchors of a pair are chained from the last to the first, so that the first stands in front.
        for number in (0..index.anchors.len()).rev() {
            index.chain(number);
        }
        index.sort_digits();
        index
    }

    fn add(&mut self, number: usize, rule: &Rule) {
        let words = rule.trigger.text.as_bytes().split(|byte| *byte == b' ').filter(|word| !word.is_empty());
        match rule.trigger.on {
            On::Prefix | On::PrefixAnyCase | On::Word | On::Inside | On::InsideAnyCase | On::BeforeToken => {
                words.for_each(|literal| self.add_literal(number as u16, rule, literal));
            }
            On::Digits => words.for_each(|runs| self.add_digits(number as u16, runs)),
            On::HexGroups => {
                self.signs.groups = Some(number);
                self.search.groups = true;
            }
            On::HexColon => {
                self.signs.colons = Some(number);
                self.search.colons = true;
            }
        }
    }

    fn add_literal(&mut self, rule: u16, own: &Rule, literal: &[u8]) {
        let start = self.literals.len();
        let mut rest = literal;
        while let Some((byte, tail)) = rest.split_first() {
            let spaced = rest.strip_prefix(SPACE.as_bytes());
            self.literals.push(if spaced.is_some() { b' ' } else { *byte });
            rest = spaced.unwrap_or(tail);
        }
        let literal = self.literals.get(start..).unwrap_or_default();
        let word_start = !matches!(own.trigger.on, On::Inside | On::InsideAnyCase | On::BeforeToken);
        self.anchors.push(Anchor {
            rule,
            literal: start as u16,
            len: literal.len() as u8,
            offset: 0,
            any_case: matches!(own.trigger.on, On::PrefixAnyCase | On::InsideAnyCase | On::BeforeToken),
            word_start,
            sought: match own.trigger.on {
                On::BeforeToken => Sought::BeforeToken,
                On::Word => Sought::Long,
                _ if word_start && is_long(own, literal) => Sought::Long,
                _ => Sought::Anywhere,
            },
        });
    }

    /// For the anchors that no long word gives away, and the start of a placeholder, which is skipped.
    fn choose_prints(&mut self) {
        self.search.prints = self.prints_of(Sought::Anywhere, &[(PLACEHOLDER, false)]);
        self.search.prints_before_token = self.prints_of(Sought::BeforeToken, &[]);
        self.search.sift(Sought::Anywhere, PLACEHOLDER, false);
    }

    fn prints_of(&mut self, sought: Sought, more: &[(&[u8], bool)]) -> Prints {
        let own = self.anchors.iter().filter(|anchor| anchor.sought == sought);
        let texts: Vec<_> = own.map(|anchor| (self.literal(anchor), anchor.any_case)).chain(more.iter().copied()).collect();
        let (prints, offsets) = prints::choose(&texts);
        for (anchor, offset) in self.anchors.iter_mut().filter(|anchor| anchor.sought == sought).zip(offsets) {
            anchor.offset = offset as u8;
        }
        prints
    }

    fn chain(&mut self, number: usize) {
        let Some(anchor) = self.anchors.get(number).copied() else { return };
        let literal = self.literal(&anchor).to_vec();
        let print = literal.get(usize::from(anchor.offset)..).unwrap_or_default();
        let (Some(first), second, third) = (print.first().copied(), print.get(1).copied(), print.get(2).copied())
        else {
            return;
        };
        let link = Link {
            anchor: number as u16,
            next: 0,
            third,
            third_capital: third.filter(|_| anchor.any_case).map(|third| third.to_ascii_uppercase()),
        };
        self.search.sift(anchor.sought, print, anchor.any_case);
        for first in cases(first, anchor.any_case) {
            match second {
                Some(second) => cases(second, anchor.any_case).for_each(|second| self.link(pair(first, second), link)),
                None => (0..128).for_each(|second| self.link(pair(first, second), link)),
            }
        }
    }

    fn link(&mut self, pair: usize, link: Link) {
        let Some(first) = self.pairs.get_mut(pair) else { return };
        self.links.push(Link { next: *first, ..link });
        *first = self.links.len() as u16;
    }

    fn add_digits(&mut self, rule: u16, runs: &[u8]) {
        let (before, bytes) = match runs {
            [b'^', b'<', rest @ ..] => (None, rest),
            [class, b'<', rest @ ..] => (Class::parse(*class), rest),
            rest => {
                self.search.digit_runs = DigitRuns::All;
                (None, rest)
            }
        };
        if self.search.digit_runs == DigitRuns::None {
            self.search.digit_runs = DigitRuns::Apart;
        }
        let (after, grouped, bytes) = match bytes {
            [rest @ .., b'>', b'>', class] => (Class::parse(*class), true, rest),
            [rest @ .., b'>', class] => (Class::parse(*class), false, rest),
            rest => (None, false, rest),
        };
        if let Some((least, most)) = pattern::range(bytes, b'-') {
            self.digits.push(Digits {
                rule,
                least: least.min(MAX_DIGITS) as u8,
                most: most.min(MAX_DIGITS) as u8,
                before,
                after,
                grouped,
            });
        }
    }

    fn sort_digits(&mut self) {
        for (len, end) in self.length_ends.iter_mut().enumerate() {
            let fits = |digits: &Digits| (digits.least..=digits.most).contains(&(len as u8));
            let numbers = self.digits.iter().enumerate().filter(|(_, digits)| fits(digits));
            self.by_length.extend(numbers.map(|(number, _)| number as u16));
            *end = self.by_length.len() as u16;
        }
    }

    /// The anchors whose fingerprint may stand at the start of these bytes; `None` when there are no two.
    pub(super) fn anchors(&self, bytes: &[u8]) -> Option<Anchors<'_>> {
        let [first, second, rest @ ..] = bytes else { return None };
        let next = self.pairs.get(pair(*first, *second)).copied().unwrap_or(0);
        Some(Anchors { index: self, next, third: rest.first().copied() })
    }

    pub(super) fn literal(&self, anchor: &Anchor) -> &[u8] {
        let start = usize::from(anchor.literal);
        self.literals.get(start..start + usize::from(anchor.len)).unwrap_or_default()
    }

    /// The kinds of runs of `len` digits.
    pub(super) fn digits(&self, len: usize) -> &[u16] {
        let start = len.checked_sub(1).and_then(|shorter| self.length_ends.get(shorter)).copied().unwrap_or(0);
        let end = self.length_ends.get(len).copied().unwrap_or(0);
        self.by_length.get(usize::from(start)..usize::from(end)).unwrap_or_default()
    }

    /// The rule for this kind of runs, when these bytes may stand around one.
    /// `grouped`: two more groups may follow.
    pub(super) fn digit_rule(
        &self,
        number: u16,
        before: Option<u8>,
        after: Option<u8>,
        grouped: bool,
    ) -> Option<usize> {
        let digits = self.digits.get(usize::from(number))?;
        let fits = is(digits.before, before) && is(digits.after, after) && (grouped || !digits.grouped);
        fits.then_some(digits.rule.into())
    }
}

fn is(class: Option<Class>, byte: Option<u8>) -> bool {
    match (class, byte) {
        (None, _) => true,
        (Some(class), Some(byte)) => class.has(byte),
        (Some(_), None) => false,
    }
}

/// See [`Index::anchors`].
#[derive(Debug)]
pub(super) struct Anchors<'a> {
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

fn pair(first: u8, second: u8) -> usize {
    usize::from(first & 127) << 7 | usize::from(second & 127)
}

impl Anchor {
    /// Long enough to be no accident behind an underscore: `MY_tskey-…`.
    pub(super) fn is_distinct(&self) -> bool {
        self.len >= 5 && !self.any_case
    }
}

/// A long word stands wherever the value does.
fn is_long(rule: &Rule, literal: &[u8]) -> bool {
    match &rule.shape {
        Shape::Pattern(pattern) => {
            literal.iter().all(|byte| TOKEN.has(*byte))
                && literal.len() + Pattern::new(pattern).least_run(TOKEN) >= LONG_WORD_BYTES
        }
        Shape::Detector(_) => false,
        #[cfg(feature = "regex")]
        Shape::Regex(_) => false,
    }
}
