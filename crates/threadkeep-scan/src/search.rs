//! What the first pass looks for: fingerprints of anchors, runs of digits, separators of addresses.

use crate::block::{FINGERPRINT_BYTES, Prints};

/// Three bytes, six bits of each.
const TRIPLES: usize = 1 << 18;

/// A bit for each way of searching: see [`Sought`].
const ALL_WAYS: u64 = 7;

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
    /// A fingerprint of one byte is in force, beside the one of `prints`: every place counts.
    unsifted: bool,
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
            unsifted: false,
        }
    }

    /// Enters the bytes of a fingerprint; when there are but two, every third.
    pub(crate) fn sift(&mut self, sought: Sought, print: [Option<u8>; FINGERPRINT_BYTES], any_case: bool) {
        let [Some(first), second, third] = print else { return };
        match second {
            Some(second) => cases(first, any_case).for_each(|first| {
                cases(second, any_case).for_each(|second| match third {
                    Some(third) => cases(third, any_case).for_each(|third| self.enter(sought, first, second, third)),
                    None => (0..64).for_each(|third| self.enter(sought, first, second, third)),
                });
            }),
            // Enough that a long word starts there; six bits of each byte are looked at.
            None if sought == Sought::Long => (0..64).for_each(|second| {
                (0..64).for_each(|third| self.enter(sought, first, second, third));
            }),
            None => self.unsifted |= first != self.prints.single,
        }
    }

    #[inline(never)]
    fn enter(&mut self, sought: Sought, first: u8, second: u8, third: u8) {
        let triple = triple(first, second, third);
        if let Some(ways) = self.triples.get_mut(triple / 16) {
            *ways |= (sought.bit()) << (4 * (triple % 16));
        }
    }

    /// The ways of searching by which a fingerprint may be at the start of these bytes.
    #[inline(always)]
    pub(crate) fn may_start(&self, bytes: &[u8]) -> u64 {
        let [first, second, third, ..] = bytes else { return ALL_WAYS };
        if self.unsifted || *first == self.prints.single {
            return ALL_WAYS;
        }
        let triple = triple(*first, *second, *third);
        self.triples.get(triple / 16).map_or(ALL_WAYS, |ways| ways >> (4 * (triple % 16)) & ALL_WAYS)
    }
}

impl Sought {
    /// One bit for each.
    pub(crate) fn bit(self) -> u64 {
        1 << self as u32
    }
}

/// Six bits of each byte: no two lower-case words are mistaken for each other, as a hash would.
#[inline(always)]
pub(crate) fn triple(first: u8, second: u8, third: u8) -> usize {
    usize::from(first & 63) << 12 | usize::from(second & 63) << 6 | usize::from(third & 63)
}

/// The byte, and its capital when that counts too.
pub(crate) fn cases(byte: u8, any_case: bool) -> impl Iterator<Item = u8> {
    let capital = byte.to_ascii_uppercase();
    std::iter::once(byte).chain((any_case && capital != byte).then_some(capital))
}
