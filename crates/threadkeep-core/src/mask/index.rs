//! From a pair of bytes to the rules worth trying there.
//!
//! Every trigger is reduced to one pair of neighbouring bytes, its fingerprint. One bit per possible pair (8 KB) decides
//! whether a position is looked at again at all. Then the bytes around the pair are held against what its anchors need,
//! and only after that are anchors compared.

use super::compiled::CompiledRule;
use super::rule::Trigger;

/// Stands for a space in a table of anchors, where a space separates.
const SPACE: char = '␣';

const PAIRS: usize = 1 << 16;

#[derive(Debug, Clone)]
pub(super) struct Index {
    bits: Box<[u64]>,
    /// Number of the candidate of a pair, plus one; 0 when there is none.
    slots: Box<[u16]>,
    candidates: Vec<Candidate>,
    /// Sorted by pair, then by rule; the candidates point into it.
    anchors: Vec<Anchor>,
    triggers: Vec<PairTrigger>,
}

/// What a pair may be the start of.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    /// Bit n: the trigger of number n holds for the pair.
    triggers: u128,
    anchors: std::ops::Range<usize>,
    /// Bit n: some anchor goes on with the byte n behind the pair.
    third: u128,
    /// Every anchor starts with the pair, and at a word boundary.
    starts_word: bool,
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

/// A trigger that is a property of the pair, tried in table order before the anchors of a pair.
#[derive(Debug, Clone, Copy)]
pub(super) struct PairTrigger {
    pub(super) rule: usize,
    test: fn(u8, u8) -> bool,
    /// For a run of digits, which starts with the second byte of the pair: its lengths, in digits.
    pub(super) digits: Option<(usize, usize)>,
    /// The byte before the pair must be a hexadecimal digit, or the pair two colons.
    pub(super) after_hex: bool,
}

impl Index {
    pub(super) fn new(rules: &[CompiledRule]) -> Self {
        let mut index = Self {
            bits: vec![0; PAIRS / 64].into_boxed_slice(),
            slots: vec![0; PAIRS].into_boxed_slice(),
            candidates: Vec::new(),
            anchors: Vec::new(),
            triggers: Vec::new(),
        };
        for (number, rule) in rules.iter().enumerate() {
            index.add(number, &rule.rule.trigger);
        }
        index.anchors.sort_by_key(|anchor| (anchor.pair, anchor.rule));
        for number in 0..PAIRS {
            index.set(number as u16);
        }
        // The start of a placeholder, which is skipped.
        let placeholder = pair(b'[', b'R');
        index.bits[usize::from(placeholder) / 64] |= 1 << (placeholder % 64);
        index
    }

    fn add(&mut self, rule: usize, trigger: &Trigger) {
        match trigger {
            Trigger::Prefix(literals) => self.add_literals(rule, literals, false, true),
            Trigger::PrefixAnyCase(literals) => self.add_literals(rule, literals, true, true),
            Trigger::Inside(literals) => self.add_literals(rule, literals, false, false),
            Trigger::InsideAnyCase(literals) => self.add_literals(rule, literals, true, false),
            Trigger::Digits(min, max) => {
                self.triggers.push(PairTrigger {
                    rule,
                    test: starts_digits,
                    digits: Some((*min, *max)),
                    after_hex: false,
                });
            }
            Trigger::Pair(test) => {
                self.triggers.push(PairTrigger { rule, test: *test, digits: None, after_hex: false })
            }
            Trigger::PairAfterHex(test) => {
                self.triggers.push(PairTrigger { rule, test: *test, digits: None, after_hex: true });
            }
        }
        debug_assert!(self.triggers.len() <= 128, "more triggers than bits");
    }

    fn add_literals(&mut self, rule: usize, literals: &str, any_case: bool, word_start: bool) {
        for literal in literals.split_ascii_whitespace() {
            let literal = literal.replace(SPACE, " ").into_bytes();
            let Some(offset) = rarest_pair(&literal) else { continue };
            let (first, second) = (literal[offset], literal[offset + 1]);
            for pair in cases(first, second, any_case) {
                self.anchors.push(Anchor { pair, rule, literal: literal.clone(), offset, any_case, word_start });
            }
        }
    }

    fn set(&mut self, pair: u16) {
        let [first, second] = pair.to_le_bytes();
        let triggers = self.triggers.iter().enumerate().filter(|(_, trigger)| (trigger.test)(first, second));
        let triggers = triggers.fold(0, |bits, (number, _)| bits | 1 << number);
        let start = self.anchors.partition_point(|anchor| anchor.pair < pair);
        let end = self.anchors.partition_point(|anchor| anchor.pair <= pair);
        if triggers == 0 && start == end {
            return;
        }
        let own = &self.anchors[start..end];
        let third = own.iter().fold(0, |bits, anchor| bits | anchor.third());
        let starts_word = own.iter().all(|anchor| anchor.word_start && anchor.offset == 0);
        self.candidates.push(Candidate { triggers, anchors: start..end, third, starts_word });
        self.slots[usize::from(pair)] = self.candidates.len() as u16;
        self.bits[usize::from(pair) / 64] |= 1 << (pair % 64);
    }

    /// First position from `from` on whose pair is worth a look; `None` when only the last byte is left.
    pub(super) fn next(&self, bytes: &[u8], from: usize) -> Option<usize> {
        let rest = bytes.get(from..)?;
        rest.windows(2).position(|two| self.has(pair(two[0], two[1]))).map(|found| from + found)
    }

    fn has(&self, pair: u16) -> bool {
        self.bits[usize::from(pair) / 64] >> (pair % 64) & 1 == 1
    }

    /// The triggers and the anchors that the bytes around the pair at `at` leave possible.
    pub(super) fn candidate(&self, bytes: &[u8], at: usize) -> Option<(u128, &[Anchor])> {
        let pair = pair(*bytes.get(at)?, *bytes.get(at + 1)?);
        let slot = usize::from(self.slots[usize::from(pair)]).checked_sub(1)?;
        let candidate = self.candidates.get(slot)?;
        let goes_on = match bytes.get(at + 2) {
            Some(third) => *third < 128 && candidate.third >> third & 1 == 1,
            None => true,
        };
        // An escape (`\n`) and, for some anchors, an underscore may precede: see `Window::word_starts`.
        let before = at.checked_sub(1).and_then(|before| bytes.get(before)).copied().unwrap_or(b' ');
        let starts = !candidate.starts_word || !before.is_ascii_alphanumeric() || matches!(before, b'n' | b'r' | b't');
        let anchors = if goes_on && starts { self.anchors.get(candidate.anchors.clone())? } else { &[] };
        Some((candidate.triggers, anchors))
    }

    /// Those that hold for the virtual pair of "nothing" and a digit.
    pub(super) fn digit_triggers(&self) -> u128 {
        let digits = self.triggers.iter().enumerate().filter(|(_, trigger)| trigger.digits.is_some());
        digits.fold(0, |bits, (number, _)| bits | 1 << number)
    }

    pub(super) fn trigger(&self, number: u32) -> Option<&PairTrigger> {
        self.triggers.get(number as usize)
    }
}

impl Anchor {
    /// Long enough to be no accident behind an underscore: `MY_tskey-…`.
    pub(super) fn is_distinct(&self) -> bool {
        self.literal.len() >= 5 && !self.any_case
    }

    /// The bytes that may follow its pair.
    fn third(&self) -> u128 {
        match self.literal.get(self.offset + 2) {
            Some(byte) if self.any_case => 1 << byte | 1 << byte.to_ascii_uppercase(),
            Some(byte) => 1 << byte,
            None => u128::MAX,
        }
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
