//! The first pass: the few places of a text where a rule may apply.
//!
//! It runs over the whole text, 64 bytes at a time, and says "perhaps" or "no"; a "no" is final. So whatever is asked
//! here must follow from what the rules ask, and a byte that is not known yet counts as the one that is wished for.

use super::block::{BLOCK_BYTES, Block, READ_BYTES};
use super::index::{DigitRuns, Index, MAX_DIGITS};
use super::window::ESCAPE_BYTES;

/// Token characters that a value of a long anchor has at least, from the first byte of its anchor on.
pub(super) const LONG_WORD_BYTES: usize = 8;

/// Bytes before the start of a scan that decide what starts there.
const CONTEXT_BYTES: usize = ESCAPE_BYTES + 2;

/// A place where a rule may apply, and why.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) at: usize,
    /// The fingerprint of an anchor.
    pub(super) anchors: bool,
    /// A run of digits starts.
    pub(super) digits: bool,
    /// How many digits, at most [`MAX_DIGITS`] of them.
    pub(super) run: usize,
    pub(super) groups: bool,
    pub(super) colons: bool,
}

#[derive(Debug)]
pub(super) struct Scan<'a> {
    bytes: &'a [u8],
    index: &'a Index,
    /// More bytes may follow.
    open: bool,
    /// Index of the first byte of `here`.
    base: usize,
    before: Block,
    here: Block,
    after: Block,
    /// Behind `after`: whether a token starts there depends on how it goes on.
    later: Block,
    words_here: Words,
    words_after: Words,
    places: Places,
    /// Those of `places` that have not been given out.
    left: u64,
}

/// The places of one block, one mask for each reason.
#[derive(Debug, Clone, Copy, Default)]
struct Places {
    anchors: u64,
    digits: u64,
    groups: u64,
    colons: u64,
}

impl<'a> Scan<'a> {
    /// From `from` on; what precedes `floor` does not count.
    pub(super) fn new(index: &'a Index, bytes: &'a [u8], from: usize, floor: usize, open: bool) -> Self {
        let base = from.saturating_sub(CONTEXT_BYTES).max(floor).min(from);
        let mut scan = Self {
            bytes,
            index,
            open,
            base,
            before: Block::default(),
            here: Block::default(),
            after: Block::default(),
            later: Block::default(),
            words_here: Words::default(),
            words_after: Words::default(),
            places: Places::default(),
            left: 0,
        };
        scan.here = scan.block(base);
        scan.after = scan.block(base + BLOCK_BYTES);
        scan.later = scan.block(base + 2 * BLOCK_BYTES);
        scan.words_here = Words::of(&scan.before, &scan.here, &scan.after);
        scan.words_after = Words::of(&scan.here, &scan.after, &scan.later);
        scan.find();
        scan.left &= u64::MAX.checked_shl((from - base) as u32).unwrap_or(0);
        scan
    }

    pub(super) fn next(&mut self) -> Option<Place> {
        let Places { anchors, digits, groups, colons } = loop {
            if self.left == 0 {
                self.advance()?;
                continue;
            }
            let others = self.places.digits | self.places.groups | self.places.colons;
            let bit = self.left & self.left.wrapping_neg();
            let at = self.base + bit.trailing_zeros() as usize;
            if others & bit != 0 || self.index.may_start(self.bytes.get(at..).unwrap_or_default()) {
                break self.places;
            }
            self.left ^= bit;
        };
        let bit = self.left & self.left.wrapping_neg();
        self.left ^= bit;
        let shift = bit.trailing_zeros();
        Some(Place {
            at: self.base + shift as usize,
            run: self.run(shift),
            anchors: anchors & bit != 0,
            digits: digits & bit != 0,
            groups: groups & bit != 0,
            colons: colons & bit != 0,
        })
    }

    /// On to the next block; `None` at the end.
    fn advance(&mut self) -> Option<()> {
        if self.base + BLOCK_BYTES >= self.bytes.len() {
            return None;
        }
        self.base += BLOCK_BYTES;
        self.before = self.here;
        self.here = self.after;
        self.after = self.later;
        self.later = self.block(self.base + 2 * BLOCK_BYTES);
        self.words_here = self.words_after;
        self.words_after = Words::of(&self.here, &self.after, &self.later);
        self.find();
        Some(())
    }

    /// Length of the run of digits that starts at a bit of `here`.
    fn run(&self, shift: u32) -> usize {
        let Self { here, after, .. } = self;
        let digits = if shift == 0 { here.digit } else { ahead(here.digit, after.digit, shift) };
        (digits.trailing_ones() as usize).min(MAX_DIGITS)
    }

    fn block(&self, at: usize) -> Block {
        let prints = &self.index.prints;
        if let Some(bytes) = self.bytes.get(at..).and_then(|rest| rest.first_chunk()) {
            return Block::of(bytes, BLOCK_BYTES, prints);
        }
        let rest = self.bytes.get(at..).unwrap_or_default();
        let mut block = Block::default();
        if !rest.is_empty() {
            let mut bytes = [0; READ_BYTES];
            bytes.iter_mut().zip(rest).for_each(|(slot, byte)| *slot = *byte);
            block = Block::of(&bytes, rest.len().min(BLOCK_BYTES), prints);
        }
        if self.open && rest.len() < READ_BYTES {
            block.assume(rest.len());
        }
        block
    }

    /// What is asked of each kind of place.
    fn find(&mut self) {
        let Self { before, here, after, index, words_here, words_after, .. } = self;
        let words = behind(here.word, before.word, 1);
        // An escape ends a word, and some anchors may stand behind an underscore.
        let starts = !words | behind_escape(before, here) | behind(here.underscore, before.underscore, 1);
        let near = match words_after.tokens {
            0 => up_to_last(words_here.tokens),
            _ => u64::MAX,
        };
        self.places.anchors = here.print | here.print_before_token & near | words_here.long & starts;
        let runs = here.digit & !behind(here.digit, before.digit, 1);
        self.places.digits = match index.digit_runs {
            DigitRuns::None => 0,
            DigitRuns::Apart => runs & (starts | behind_two_letters(before, here)),
            DigitRuns::All => runs,
        };
        let signs = &index.signs;
        self.places.groups = if signs.groups.is_some() { groups(before, here, after) } else { 0 };
        self.places.colons = if signs.colons.is_some() { colons(before, here, after) } else { 0 };
        let Places { anchors, digits, groups, colons } = self.places;
        self.left = anchors | digits | groups | colons;
        let known = self.bytes.len() - self.base;
        if known < BLOCK_BYTES {
            self.left &= (1 << known) - 1;
        }
    }
}

impl Block {
    /// Makes every byte from `known` on one that may be anything, and every fingerprint that needs one of them stand.
    fn assume(&mut self, known: usize) {
        let mask = |known: usize| u64::MAX.checked_shl(known as u32).unwrap_or(0);
        let unknown = mask(known);
        self.digit |= unknown;
        self.hex |= unknown;
        self.word |= unknown;
        self.token |= unknown;
        self.colon |= unknown;
        self.sign |= unknown;
        self.dash |= unknown;
        let prints = mask(known.saturating_sub(super::block::FINGERPRINT_BYTES - 1));
        self.print |= prints;
        self.print_before_token |= prints;
    }
}

/// Bit n is bit n - `count`: what stands before each byte.
#[inline(always)]
fn behind(here: u64, before: u64, count: u32) -> u64 {
    here << count | before >> (64 - count)
}

/// Bit n is bit n + `count`: what stands after each byte.
#[inline(always)]
fn ahead(here: u64, after: u64, count: u32) -> u64 {
    here >> count | after << (64 - count)
}

/// The bits up to the last one.
fn up_to_last(bits: u64) -> u64 {
    u64::MAX.checked_shr(bits.leading_zeros()).unwrap_or(0)
}

/// What goes on for some bytes from each byte of a block.
#[derive(Debug, Clone, Copy, Default)]
struct Words {
    /// A run of token characters.
    long: u64,
    /// What tells a token: see [`token::stands`].
    tokens: u64,
}

impl Words {
    fn of(before: &Block, here: &Block, after: &Block) -> Self {
        let long = run_of_8(here.token, after.token);
        let digits = one_of_8(here.digit, after.digit);
        let letters = run_of_20(here.word & !here.underscore, after.word & !after.underscore);
        let signs = here.sign & behind(here.word | here.sign, before.word | before.sign, 1);
        Self { long, tokens: long & digits | letters | signs }
    }
}

/// Where a run of eight goes on from.
fn run_of_8(here: u64, after: u64) -> u64 {
    !one_of_8(!here, !after)
}

/// Where one of eight bytes is.
fn one_of_8(here: u64, after: u64) -> u64 {
    let (mut here, mut after) = (here, after);
    for count in [1, 2, 4] {
        here |= ahead(here, after, count);
        after |= after >> count;
    }
    here
}

/// Where a run of twenty goes on from.
fn run_of_20(here: u64, after: u64) -> u64 {
    let (mut here, mut after) = (here, after);
    for count in [1, 2, 4, 8, 4] {
        here &= ahead(here, after, count);
        after &= after >> count;
    }
    here
}

/// What an escape may end before: see `Window::word_starts`.
#[inline(always)]
fn behind_escape(before: &Block, here: &Block) -> u64 {
    if here.escape | before.escape == 0 {
        return 0;
    }
    (2..=ESCAPE_BYTES as u32 + 2).map(|count| behind(here.escape, before.escape, count)).fold(0, |all, own| all | own)
}

/// What follows two letters that start a word.
fn behind_two_letters(before: &Block, here: &Block) -> u64 {
    let (letters, letters_before) = (here.word & !here.digit, before.word & !before.digit);
    let starts = !behind(here.word, before.word, 3) | behind_escape(before, here);
    behind(letters, letters_before, 1) & behind(letters, letters_before, 2) & starts
}

/// The first separator of a MAC address: two hexadecimal digits on either side and the next separators, or four.
fn groups(before: &Block, here: &Block, after: &Block) -> u64 {
    let hex = |count: u32| behind(here.hex, before.hex, count);
    let hex_ahead = |count: u32| ahead(here.hex, after.hex, count);
    let both = hex(1) & hex(2) & hex_ahead(1) & hex_ahead(2);
    let separated = |mask: u64, next: u64, width: u32| {
        mask & ahead(mask, next, width) & ahead(mask, next, 2 * width) & ahead(mask, next, 3 * width)
    };
    let two = separated(here.colon, after.colon, 3) | separated(here.dash, after.dash, 3);
    let four = here.dash & hex(3) & hex(4) & hex_ahead(3) & hex_ahead(4) & ahead(here.dash, after.dash, 5);
    both & (two | four)
}

/// First colons of an IPv6 address: two, between hexadecimal digits or no word at all; or one between groups of at
/// most four digits.
fn colons(before: &Block, here: &Block, after: &Block) -> u64 {
    if here.colon == 0 {
        return 0;
    }
    let hex_before = behind(here.hex, before.hex, 1);
    let edge_before = hex_before | !behind(here.word, before.word, 1);
    let edge_after = ahead(here.hex, after.hex, 2) | !ahead(here.word, after.word, 2);
    let double = ahead(here.colon, after.colon, 1) & edge_before & edge_after;
    let mut digits = hex_before;
    let mut single = 0;
    for count in 1..=4 {
        digits &= ahead(here.hex, after.hex, count);
        single |= digits & ahead(here.colon, after.colon, count + 1);
    }
    here.colon & (double | single)
}
