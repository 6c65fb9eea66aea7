//! What the masks of neighbouring blocks say together.

use crate::block::{self, Block};

/// What goes on for some bytes from each byte of a block.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Ahead {
    /// A run of sixteen token characters.
    pub(crate) long: u64,
    /// What tells a token: see `token::stands` of the core.
    pub(crate) tokens: u64,
}

impl Ahead {
    #[inline(always)]
    pub(crate) fn of(before: &Block, here: &Block, after: &Block) -> Self {
        let long = run_of_16(here.token, after.token);
        let mut tokens = here.sign & behind(here.word | here.sign, before.word | before.sign, 1);
        // Most blocks have no digit in a word, and no long word.
        if here.digit | after.digit != 0 {
            tokens |= one_of_8(here.digit, after.digit) & run_of_8(here.token, after.token);
        }
        if long != 0 {
            tokens |= run_of_20(here, after);
        }
        Self { long, tokens }
    }
}

pub(crate) fn from_bit(bit: usize) -> u64 {
    u64::MAX.checked_shl(bit as u32).unwrap_or(0)
}

/// A fingerprint needs the bytes behind it.
pub(crate) fn unknown_prints(known: usize) -> u64 {
    from_bit(known.saturating_sub(block::FINGERPRINT_BYTES - 1))
}

/// The bits up to the last one.
pub(crate) fn up_to_last(bits: u64) -> u64 {
    u64::MAX.checked_shr(bits.leading_zeros()).unwrap_or(0)
}

/// Bit n is bit n - `count`: what stands before each byte.
#[inline(always)]
pub(crate) fn behind(here: u64, before: u64, count: u32) -> u64 {
    here << count | before >> (64 - count)
}

/// Bit n is bit n + `count`: what stands after each byte.
#[inline(always)]
pub(crate) fn ahead(here: u64, after: u64, count: u32) -> u64 {
    // In two steps, because nothing may stand between.
    here >> count | after << 1 << (63 - count)
}

/// Where one of eight bytes is.
#[inline(always)]
fn one_of_8(here: u64, after: u64) -> u64 {
    let two = here | ahead(here, after, 1);
    let two_after = after | after >> 1;
    let four = two | ahead(two, two_after, 2);
    four | ahead(four, two_after | two_after >> 2, 4)
}

/// Where a run of eight bytes goes on from.
#[inline(always)]
fn run_of_8(here: u64, after: u64) -> u64 {
    !one_of_8(!here, !after)
}

/// Where a run of sixteen bytes goes on from.
#[inline(always)]
fn run_of_16(here: u64, after: u64) -> u64 {
    let two = here & ahead(here, after, 1);
    let two_after = after & after >> 1;
    let four = two & ahead(two, two_after, 2);
    let four_after = two_after & two_after >> 2;
    let eight = four & ahead(four, four_after, 4);
    eight & ahead(eight, four_after & four_after >> 4, 8)
}

/// Where a run of twenty letters and digits goes on from.
#[inline(always)]
fn run_of_20(here: &Block, after: &Block) -> u64 {
    let (here, after) = (here.word & !here.underscore, after.word & !after.underscore);
    let run = run_of_16(here, after);
    run & ahead(run, run_of_16(after, 0), 4)
}

/// What follows two letters that start a word.
pub(crate) fn behind_two_letters(before: &Block, here: &Block, escaped: u64) -> u64 {
    let (letters, letters_before) = (here.word & !here.digit, before.word & !before.digit);
    let starts = escaped | !behind(here.word, before.word, 3);
    behind(letters, letters_before, 1) & behind(letters, letters_before, 2) & starts
}

/// The first separator of what may be a MAC address.
#[inline(always)]
pub(crate) fn groups(here: &Block, after: &Block) -> u64 {
    let next = |width: u32| ahead(here.separator, after.separator, width);
    here.separator & (next(3) & next(6) & next(9) | next(5))
}

/// The first colon of what may be an IPv6 address.
#[inline(always)]
pub(crate) fn colons(here: &Block, after: &Block) -> u64 {
    let next = |width: u32| ahead(here.colon, after.colon, width);
    here.colon & (next(1) | next(2) | next(3) | next(4) | next(5))
}
