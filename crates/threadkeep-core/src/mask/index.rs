//! From a place in a text to the rules worth trying there.
//!
//! Literals are found by a fingerprint of three bytes, or, when a long word follows them anyway, at the starts of long
//! words; then a table of byte pairs says which of them it may be.

use super::block::{FINGERPRINT_BYTES, Prints};
use super::class::Class;
use super::pattern::{self, Pattern};
use super::rule::{On, Rule, Shape};
use super::scan::LONG_WORD_BYTES;

/// Stands for a space in a table of anchors, where a space separates.
const SPACE: &str = "␣";

/// Pairs of seven-bit bytes.
const PAIRS: usize = 1 << 14;

/// Longest run of digits that is told from longer ones.
pub(super) const MAX_DIGITS: usize = 20;

/// Characters of tokens: see `Block::token`.
const TOKEN: Class = Class::of(b"0-9A-Z_a-z$%+./=^~\x2d");

#[derive(Debug, Clone)]
pub(super) struct Index {
    pub(super) prints: Prints,
    pub(super) has_digits: bool,
    pub(super) signs: Signs,
    /// Number of the first anchor of each pair, plus one; 0 when there is none.
    pairs: Box<[u16]>,
    anchors: Vec<Anchor>,
    /// What the anchors refer to.
    literals: Vec<u8>,
    digits: Vec<Digits>,
    /// For each length of a run, the numbers of `digits` that may apply, one length after the other.
    by_length: Vec<u16>,
    /// Where each length ends in `by_length`.
    length_ends: [u16; MAX_DIGITS + 1],
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
    /// As in `Index::pairs`: the next anchor of the same pair, of the same rule or a later one.
    next: u16,
    literal: u16,
    len: u8,
    pub(super) offset: u8,
    pub(super) any_case: bool,
    pub(super) word_start: bool,
}

/// A kind of runs of digits.
#[derive(Debug, Clone, Copy)]
struct Digits {
    rule: u16,
    least: u8,
    most: u8,
    before: Option<Class>,
    after: Option<Class>,
}

impl Index {
    pub(super) fn new(rules: &[Rule]) -> Self {
        let mut index = Self {
            prints: Prints::default(),
            has_digits: false,
            signs: Signs::default(),
            pairs: vec![0; PAIRS].into_boxed_slice(),
            anchors: Vec::new(),
            literals: Vec::new(),
            digits: Vec::new(),
            by_length: Vec::new(),
            length_ends: [0; MAX_DIGITS + 1],
        };
        // The anchors of a pair are chained from the last to the first, so that the first stands in front.
        for (number, rule) in rules.iter().enumerate().rev() {
            index.add(number, rule);
        }
        index.digits.reverse();
        index.has_digits = !index.digits.is_empty();
        for (len, end) in index.length_ends.iter_mut().enumerate() {
            let fits = |digits: &Digits| (digits.least..=digits.most).contains(&(len as u8));
            let numbers = index.digits.iter().enumerate().filter(|(_, digits)| fits(digits));
            index.by_length.extend(numbers.map(|(number, _)| number as u16));
            *end = index.by_length.len() as u16;
        }
        // The start of a placeholder, which is skipped.
        index.prints.add(b"[RE", false);
        index
    }

    fn add(&mut self, number: usize, rule: &Rule) {
        match rule.trigger.on {
            On::Prefix | On::PrefixAnyCase | On::Word | On::Inside | On::InsideAnyCase => {
                for literal in words(&rule.trigger.text) {
                    self.add_literal(number as u16, rule, literal);
                }
            }
            On::Digits => words(&rule.trigger.text).for_each(|runs| self.add_digits(number as u16, runs)),
            On::HexGroups => self.signs.groups = Some(number),
            On::HexColon => self.signs.colons = Some(number),
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
        let literal = &self.literals.get(start..).unwrap_or_default().to_vec();
        let any_case = matches!(own.trigger.on, On::PrefixAnyCase | On::InsideAnyCase);
        let word_start = !matches!(own.trigger.on, On::Inside | On::InsideAnyCase);
        let long = own.trigger.on == On::Word || word_start && is_long(own, literal);
        let offset = if long { 0 } else { rarest(literal) };
        let Some(print) = literal.get(offset..) else { return };
        if !long {
            self.prints.add(print, any_case);
        }
        let anchor = Anchor {
            rule,
            next: 0,
            literal: start as u16,
            len: literal.len() as u8,
            offset: offset as u8,
            any_case,
            word_start,
        };
        let Some(first) = print.first() else { return };
        let second = print.get(1);
        for first in cases(*first, any_case) {
            match second {
                Some(second) => cases(*second, any_case).for_each(|second| self.chain(first, second, anchor)),
                None => (0..128).for_each(|second| self.chain(first, second, anchor)),
            }
        }
    }

    fn chain(&mut self, first: u8, second: u8, anchor: Anchor) {
        let Some(first) = self.pairs.get_mut(pair(first, second)) else { return };
        self.anchors.push(Anchor { next: *first, ..anchor });
        *first = self.anchors.len() as u16;
    }

    fn add_digits(&mut self, rule: u16, runs: &[u8]) {
        let (before, bytes) = match runs {
            [class, b'<', rest @ ..] => (Class::parse(*class), rest),
            rest => (None, rest),
        };
        let (after, bytes) = match bytes {
            [rest @ .., b'>', class] => (Class::parse(*class), rest),
            rest => (None, rest),
        };
        if let Some((least, most)) = pattern::range(bytes, b'-') {
            self.digits.push(Digits {
                rule,
                least: least.min(MAX_DIGITS) as u8,
                most: most.min(MAX_DIGITS) as u8,
                before,
                after,
            });
        }
    }

    /// The anchors whose pair stands here.
    pub(super) fn anchors(&self, first: u8, second: u8) -> impl Iterator<Item = &Anchor> {
        let mut next = self.pairs.get(pair(first, second)).copied().unwrap_or(0);
        std::iter::from_fn(move || {
            let anchor = self.anchors.get(usize::from(next).checked_sub(1)?)?;
            next = anchor.next;
            Some(anchor)
        })
    }

    pub(super) fn literal(&self, anchor: &Anchor) -> &[u8] {
        let start = usize::from(anchor.literal);
        self.literals.get(start..start + usize::from(anchor.len)).unwrap_or_default()
    }

    /// The rules for a run of `len` digits between these bytes.
    pub(super) fn digits(&self, len: usize, before: Option<u8>, after: Option<u8>) -> impl Iterator<Item = usize> {
        let start = len.checked_sub(1).and_then(|shorter| self.length_ends.get(shorter)).copied().unwrap_or(0);
        let end = self.length_ends.get(len).copied().unwrap_or(0);
        let numbers = self.by_length.get(usize::from(start)..usize::from(end)).unwrap_or_default();
        let is =
            |class: Option<Class>, byte: Option<u8>| class.is_none_or(|class| byte.is_some_and(|byte| class.has(byte)));
        numbers
            .iter()
            .filter_map(|number| self.digits.get(usize::from(*number)))
            .filter(move |digits| is(digits.before, before) && is(digits.after, after))
            .map(|digits| usize::from(digits.rule))
    }
}

/// From the last to the first.
fn words(text: &str) -> impl Iterator<Item = &[u8]> {
    text.as_bytes().rsplit(|byte| *byte == b' ').filter(|word| !word.is_empty())
}

fn pair(first: u8, second: u8) -> usize {
    usize::from(first & 127) << 7 | usize::from(second & 127)
}

/// The byte, and its capital when that counts too.
fn cases(byte: u8, any_case: bool) -> impl Iterator<Item = u8> {
    let capital = byte.to_ascii_uppercase();
    std::iter::once(byte).chain((any_case && capital != byte).then_some(capital))
}

impl Prints {
    /// Enters the fingerprint at the start of `literal`; a byte that is not there may be any.
    fn add(&mut self, literal: &[u8], any_case: bool) {
        // Anchors that start alike share a bucket: it then has few nibbles, and few other texts fall into it.
        let bucket = 1 << (literal.first().map_or(0, |first| first & 7));
        for place in 0..FINGERPRINT_BYTES {
            match literal.get(place) {
                Some(byte) => {
                    self.low[place][usize::from(byte & 15)] |= bucket;
                    self.high[place][usize::from(byte >> 4)] |= bucket;
                    if any_case && byte.is_ascii_lowercase() {
                        self.high[place][usize::from(byte.to_ascii_uppercase() >> 4)] |= bucket;
                    }
                }
                None => {
                    self.low[place] = self.low[place].map(|buckets| buckets | bucket);
                    self.high[place] = self.high[place].map(|buckets| buckets | bucket);
                }
            }
        }
    }
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
    }
}

/// Where the fingerprint stands that ordinary text holds least often. It starts before the first space: what precedes a
/// space may already have been given away by a stream.
fn rarest(literal: &[u8]) -> usize {
    let usable = literal.iter().position(|byte| *byte == b' ').unwrap_or(literal.len());
    let starts = usable.min((literal.len() + 1).saturating_sub(FINGERPRINT_BYTES)).max(1);
    let common =
        |at: usize| -> u32 { literal.iter().skip(at).take(FINGERPRINT_BYTES).map(|b| commonness(*b)).product() };
    (0..starts).min_by_key(|at| common(*at)).unwrap_or(0)
}

/// Rough rank of a byte in prose, code and JSON.
fn commonness(byte: u8) -> u32 {
    match byte {
        b'e' | b't' | b'a' | b'o' | b'i' | b'n' | b's' | b'r' | b' ' => 12,
        b'h' | b'l' | b'd' | b'c' | b'u' | b'm' | b'p' => 8,
        b'f' | b'g' | b'b' | b'y' | b'w' | b'v' | b'k' | b'.' | b'-' | b'"' | b'/' | b':' | b'=' => 5,
        b'0'..=b'9' | b'_' => 4,
        b'A'..=b'Z' => 3,
        _ => 2,
    }
}
