//! From a pair of bytes to the rules worth trying there.
//!
//! Every trigger is reduced to one pair of neighbouring bytes, its fingerprint. One bit per possible pair (8 KB) decides
//! whether a position is looked at again at all; only then are the anchors of that pair compared.

use super::compiled::CompiledRule;
use super::rule::Trigger;

/// Stands for a space in a table of anchors, where a space separates.
const SPACE: char = '␣';

const PAIRS: usize = 1 << 16;

#[derive(Debug, Clone)]
pub(super) struct Index {
    bits: Box<[u64]>,
    /// Sorted by pair, then by rule; `ranges` points into it.
    anchors: Vec<Anchor>,
    by_pair: Vec<(u16, u32, u32)>,
    /// Triggers that are a property of the pair, tried in table order before the literals of a pair.
    pairs: Vec<PairTrigger>,
}

#[derive(Debug, Clone)]
pub(super) struct Anchor {
    pair: u16,
    pub(super) rule: usize,
    pub(super) literal: Vec<u8>,
    pub(super) offset: usize,
    pub(super) any_case: bool,
    pub(super) word_start: bool,
}

impl Anchor {
    /// Long enough to be no accident behind an underscore: `MY_tskey-…`.
    pub(super) fn is_distinct(&self) -> bool {
        self.literal.len() >= 5 && !self.any_case
    }
}

#[derive(Debug, Clone, Copy)]
pub(super) struct PairTrigger {
    pub(super) rule: usize,
    pub(super) test: fn(u8, u8) -> bool,
    /// 1 when the position of the trigger is that of the second byte.
    pub(super) offset: usize,
}

impl Index {
    pub(super) fn new(rules: &[CompiledRule]) -> Self {
        let mut index = Self {
            bits: vec![0; PAIRS / 64].into_boxed_slice(),
            anchors: Vec::new(),
            by_pair: Vec::new(),
            pairs: Vec::new(),
        };
        for (number, rule) in rules.iter().enumerate() {
            index.add(number, &rule.rule.trigger);
        }
        index.anchors.sort_by_key(|anchor| (anchor.pair, anchor.rule));
        index.set_bits();
        index
    }

    fn add(&mut self, rule: usize, trigger: &Trigger) {
        match trigger {
            Trigger::Prefix(literals) => self.add_literals(rule, literals, false, true),
            Trigger::PrefixAnyCase(literals) => self.add_literals(rule, literals, true, true),
            Trigger::Inside(literals) => self.add_literals(rule, literals, false, false),
            Trigger::InsideAnyCase(literals) => self.add_literals(rule, literals, true, false),
            Trigger::Digits => self.pairs.push(PairTrigger { rule, test: starts_digits, offset: 1 }),
            Trigger::Pair(test) => self.pairs.push(PairTrigger { rule, test: *test, offset: 0 }),
        }
    }

    fn add_literals(&mut self, rule: usize, literals: &str, any_case: bool, word_start: bool) {
        for literal in literals.split_ascii_whitespace() {
            let literal = literal.replace(SPACE, " ").into_bytes();
            let Some(offset) = rarest_pair(&literal) else {
                continue;
            };
            let (first, second) = (literal[offset], literal[offset + 1]);
            for pair in cases(first, second, any_case) {
                self.anchors.push(Anchor { pair, rule, literal: literal.clone(), offset, any_case, word_start });
            }
        }
    }

    fn set_bits(&mut self) {
        for (number, anchor) in self.anchors.iter().enumerate() {
            self.bits[anchor.pair as usize / 64] |= 1 << (anchor.pair % 64);
            let end = number as u32 + 1;
            match self.by_pair.last_mut() {
                Some((pair, _, last)) if *pair == anchor.pair => *last = end,
                _ => self.by_pair.push((anchor.pair, number as u32, end)),
            }
        }
        let placeholder = pair(b'[', b'R');
        self.bits[placeholder as usize / 64] |= 1 << (placeholder % 64);
        for number in 0..PAIRS {
            let (first, second) = (number as u8, (number >> 8) as u8);
            if self.pairs.iter().any(|trigger| (trigger.test)(first, second)) {
                self.bits[number / 64] |= 1 << (number % 64);
            }
        }
    }

    /// First position from `from` on whose pair is worth a look; `None` when only the last byte is left.
    pub(super) fn next(&self, bytes: &[u8], from: usize) -> Option<usize> {
        let rest = bytes.get(from..)?;
        rest.windows(2).position(|two| self.has(pair(two[0], two[1]))).map(|found| from + found)
    }

    pub(super) fn has(&self, pair: u16) -> bool {
        self.bits[pair as usize / 64] >> (pair % 64) & 1 == 1
    }

    pub(super) fn anchors(&self, pair: u16) -> &[Anchor] {
        match self.by_pair.binary_search_by_key(&pair, |entry| entry.0) {
            Ok(found) => {
                let (_, start, end) = self.by_pair[found];
                &self.anchors[start as usize..end as usize]
            }
            Err(_) => &[],
        }
    }

    pub(super) fn pair_triggers(&self) -> &[PairTrigger] {
        &self.pairs
    }
}

pub(super) fn pair(first: u8, second: u8) -> u16 {
    u16::from_le_bytes([first, second])
}

fn starts_digits(first: u8, second: u8) -> bool {
    !first.is_ascii_digit() && second.is_ascii_digit()
}

fn cases(first: u8, second: u8, any_case: bool) -> Vec<u16> {
    let mut pairs = vec![pair(first, second)];
    if any_case {
        let (upper_first, upper_second) = (first.to_ascii_uppercase(), second.to_ascii_uppercase());
        pairs.extend([pair(upper_first, second), pair(first, upper_second), pair(upper_first, upper_second)]);
    }
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

/// Where the pair stands that ordinary text holds least often. Only the part before the first space counts: what
/// precedes a space may already have been given away by a stream.
fn rarest_pair(literal: &[u8]) -> Option<usize> {
    let usable = literal.iter().position(|byte| *byte == b' ').unwrap_or(literal.len());
    (0..usable.checked_sub(1)?).min_by_key(|at| commonness(literal[*at]) * commonness(literal[at + 1]))
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
