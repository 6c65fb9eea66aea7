//! What the first pass looks for: fingerprints of anchors, runs of digits, separators of addresses.

use crate::block::{FINGERPRINT_BYTES, Prints};

/// Three bytes, five bits of each.
const TRIPLES: usize = 1 << 15;

#[derive(Debug, Clone)]
pub(crate) struct Search {
    /// Of the anchors that count everywhere.
    pub(crate) prints: Prints,
    /// Of those that count before a token.
    pub(crate) prints_before_token: Prints,
    pub(crate) digit_runs: DigitRuns,
    /// The rule for MAC addresses, by their separators.
    pub(crate) groups: Option<usize>,
    /// The rule for IPv6 addresses, by their colons.
    pub(crate) colons: Option<usize>,
    /// For three bytes one bit per way of searching, four bits apart: whether some fingerprint is so. Most places end here.
    triples: Box<[u64]>,
}

/// How an anchor is searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sought {
    /// By its fingerprint.
    Anywhere,
    /// By its fingerprint, where a token may follow.
    BeforeToken,
    /// At the starts of long words.
    Long,
}

impl Sought {
    /// One for each.
    pub(crate) const fn bit(self) -> u64 {
        1 << self as u32
    }
}

/// Which runs of digits are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum DigitRuns {
    None,
    /// Those that start a word, or stand behind two letters that do.
    Apart,
    All,
}

impl Search {
    pub(crate) fn new() -> Self {
        Self {
            prints: Prints::default(),
            prints_before_token: Prints::default(),
            digit_runs: DigitRuns::None,
            groups: None,
            colons: None,
            triples: vec![0; TRIPLES / 16].into_boxed_slice(),
        }
    }

    /// Enters the bytes of a fingerprint, and every byte in place of one that it has not.
    pub(crate) fn sift(&mut self, sought: Sought, print: [Option<u8>; FINGERPRINT_BYTES]) {
        let [first, second, third] = print.map(|byte| byte.map_or(0..=31, |byte| byte & 31..=byte & 31));
        for first in first {
            for second in second.clone() {
                third.clone().for_each(|third| self.enter(sought, triple(first, second, third)));
            }
        }
    }

    #[inline(never)]
    fn enter(&mut self, sought: Sought, triple: usize) {
        if let Some(ways) = self.triples.get_mut(triple / 16) {
            *ways |= sought.bit() << (4 * (triple % 16));
        }
    }

    /// The ways of searching by which a fingerprint may be at the start of these bytes: a bit for each.
    #[inline(always)]
    pub(crate) fn ways(&self, bytes: &[u8]) -> u64 {
        let [first, second, third, ..] = bytes else { return u64::MAX };
        let triple = triple(*first, *second, *third);
        self.triples.get(triple / 16).map_or(u64::MAX, |ways| ways >> (4 * (triple % 16)))
    }
}

/// Five bits of each byte: letters of either case are the same, and few others are mistaken for each other.
#[inline(always)]
pub(crate) fn pair(first: u8, second: u8) -> usize {
    usize::from(first & 31) << 5 | usize::from(second & 31)
}

/// So few bits that its table fits into the nearest cache.
#[inline(always)]
fn triple(first: u8, second: u8, third: u8) -> usize {
    pair(first, second) << 5 | usize::from(third & 31)
}
