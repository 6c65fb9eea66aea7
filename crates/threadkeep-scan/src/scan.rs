//! The first pass: the few places of a text where a rule may apply.
//!
//! It runs over the whole text, 64 bytes at a time, and says "perhaps" or "no"; a "no" is final. So whatever is asked
//! here must follow from what the rules ask, and a byte that is not known yet counts as the one that is wished for.
//!
//! What most blocks have none of is asked first, and the rest only of the blocks that have it.

use crate::bits::{Ahead, ahead, behind, behind_two_letters, colons, from_bit, groups, unknown_prints, up_to_last};
use crate::block::{self, BLOCK_BYTES, Block, READ_BYTES};
use crate::candidates::{Candidate, Candidates, Reasons};
use crate::digits::MAX_DIGITS;
use crate::index::Index;
use crate::search::{DigitRuns, Search, Sought};
use crate::word::{ESCAPE_BYTES, is_word};

/// Token characters that a value of a long anchor has at least, from the first byte of its anchor on.
pub const LONG_WORD_BYTES: usize = 16;

/// Groups of an IPv6 address that end in a colon when no two stand together, but for the first: an IPv4 address may be the rest.
const LEAST_GROUPS: usize = 5;

/// Bytes before the start of a scan that decide what starts there.
const CONTEXT_BYTES: usize = ESCAPE_BYTES + 2;

/// What is scanned.
#[derive(Debug, Clone, Copy)]
pub struct Text<'a> {
    /// Of UTF-8, usually.
    pub bytes: &'a [u8],
    /// What precedes this does not count.
    pub floor: usize,
    /// More bytes may follow.
    pub open: bool,
}

/// The places of a text and their candidates, from left to right.
#[derive(Debug)]
pub struct Scan<'a> {
    bytes: &'a [u8],
    search: &'a Search,
    open: bool,
    candidates: Candidates<'a>,
    /// Where it started: what precedes that does not count.
    start: usize,
    /// Index of the first byte of the block whose places are given out.
    base: usize,
    next: usize,
    /// Bytes of the first block that only decide what starts behind them.
    skipped: u32,
    /// The one before it, itself, the next, and the one behind that: whether a token starts in the next depends on how it goes
    /// on. By their numbers, modulo 4.
    blocks: [Block; 4],
    number: usize,
    /// What is known of the next block already.
    ahead: Ahead,
    places: Places,
    /// Those of `places` that have not been given out.
    left: u64,
}

/// Blocks by where they are, from the one before the block at hand on.
const BEFORE: usize = 0;
const HERE: usize = 1;
const AFTER: usize = 2;
const LATER: usize = 3;

/// The places of one block, one mask for each reason.
#[derive(Debug, Clone, Copy, Default)]
struct Places {
    anchors: u64,
    before_token: u64,
    digits: u64,
    groups: u64,
    colons: u64,
}

impl<'a> Scan<'a> {
    // These are not where they are called, because the callers are compiled for size.
    #[inline(never)]
    pub(crate) fn new(index: &'a Index, text: Text<'a>, from: usize) -> Self {
        let Text { bytes, floor, open } = text;
        let base = from.saturating_sub(CONTEXT_BYTES).max(floor).min(from);
        let mut scan = Self {
            bytes,
            search: &index.search,
            open,
            candidates: Candidates::new(index, text),
            start: base,
            base,
            next: base,
            skipped: (from - base) as u32,
            blocks: [Block::default(); 4],
            number: 0,
            ahead: Ahead::default(),
            places: Places::default(),
            left: 0,
        };
        // The first block is the next one, as for every other.
        let [here, after] = [base, base + BLOCK_BYTES].map(|at| scan.last_block(at));
        scan.ahead = Ahead::of(&Block::default(), &here, &after);
        scan.blocks = [Block::default(), Block::default(), here, after];
        scan
    }

    /// On to the next block; `None` at the end.
    #[inline(always)]
    fn advance(&mut self) -> Option<()> {
        if self.next >= self.bytes.len() {
            return None;
        }
        self.base = self.next;
        self.next += BLOCK_BYTES;
        self.number += 1;
        let later = self.next + BLOCK_BYTES;
        let slot = (self.number + LATER) % 4;
        match self.bytes.get(later..).and_then(|rest| rest.first_chunk()) {
            Some(bytes) => self.blocks[slot].read(bytes, BLOCK_BYTES, &self.search.prints),
            None => self.blocks[slot] = self.last_block(later),
        }
        self.find();
        Some(())
    }

    #[inline(always)]
    fn block(&self, which: usize) -> &Block {
        &self.blocks[(self.number + which) % 4]
    }

    /// Length of the run of digits that starts at a bit of this block.
    fn run(&self, shift: u32) -> usize {
        let (here, after) = (self.block(HERE).digit, self.block(AFTER).digit);
        (ahead(here, after, shift).trailing_ones() as usize).min(MAX_DIGITS)
    }

    /// The text may end in it.
    #[inline(never)]
    fn last_block(&self, at: usize) -> Block {
        let known = self.bytes.len().saturating_sub(at);
        let mut block = Block::default();
        if known > 0 {
            block.read(&self.last_bytes(at), known.min(BLOCK_BYTES), &self.search.prints);
        }
        if self.open {
            block.assume(known);
        }
        block
    }

    /// Zeros for what is not there.
    fn last_bytes(&self, at: usize) -> [u8; READ_BYTES] {
        let rest = self.bytes.get(at..).unwrap_or_default();
        let rest = rest.get(..READ_BYTES).unwrap_or(rest);
        let mut bytes = [0; READ_BYTES];
        if let Some(slots) = bytes.get_mut(..rest.len()) {
            slots.copy_from_slice(rest);
        }
        bytes
    }

    /// What is asked of each kind of place.
    #[inline(always)]
    fn find(&mut self) {
        let search = self.search;
        let [before, here, after, later] = [BEFORE, HERE, AFTER, LATER].map(|which| self.block(which));
        let Ahead { mut long, tokens } = self.ahead;
        let next = Ahead::of(here, after, later);
        let mut digits = match search.digit_runs {
            DigitRuns::None => 0,
            DigitRuns::Apart | DigitRuns::All => here.digit & !behind(here.digit, before.digit, 1),
        };
        let groups = if search.groups.is_some() { groups(here, after) } else { 0 };
        let colons = if search.colons.is_some() && here.colon != 0 { colons(here, after) } else { 0 };
        // Where a token may follow: within the block's length, at least.
        let near = if next.tokens == 0 { up_to_last(tokens) } else { u64::MAX };
        let words = behind(here.word, before.word, 1);
        if (long | digits) & words != 0 {
            let escaped = self.behind_escape();
            // An escape ends a word, and some anchors may stand behind an underscore.
            let starts = !words | escaped | behind(here.underscore, before.underscore, 1);
            long &= starts;
            if search.digit_runs == DigitRuns::Apart {
                digits &= starts | behind_two_letters(before, here, escaped);
            }
        }
        let before_token = if near == 0 { 0 } else { near & self.prints_before_token() };
        let (anchors, before_token) = self.sift(here.print, before_token, long);
        let digits = self.only(digits, |at, shift| self.candidates.may_be_digits(at, self.run(shift)));
        let groups = self.only(groups, |at, _| self.may_be_groups(at));
        let colons = self.only(colons, |at, _| self.may_be_colons(at));
        self.ahead = next;
        self.places = Places { anchors, before_token, digits, groups, colons };
        self.left = anchors | digits | groups | colons;
        // Places before the start are not asked for, nor any behind the end.
        let known = self.bytes.len() - self.base;
        let end = if known < BLOCK_BYTES { (1 << known) - 1 } else { u64::MAX };
        self.left &= end & u64::MAX << std::mem::take(&mut self.skipped);
    }

    /// What an escape may end before: see `Window::word_starts`.
    #[inline(never)]
    fn behind_escape(&self) -> u64 {
        let escapes = |at: usize| match self.bytes.get(at..).and_then(|rest| rest.first_chunk()) {
            Some(bytes) => block::escapes(bytes),
            None => block::escapes(&self.last_bytes(at)),
        };
        let here = escapes(self.base);
        let before = self.base.checked_sub(BLOCK_BYTES).filter(|at| *at >= self.start).map_or(0, escapes);
        if here | before == 0 {
            return 0;
        }
        (2..=ESCAPE_BYTES as u32 + 2).map(|count| behind(here, before, count)).fold(0, |all, own| all | own)
    }

    /// The places where some fingerprint is, and those of them that count before a token.
    #[inline(always)]
    fn sift(&self, prints: u64, before_token: u64, long: u64) -> (u64, u64) {
        let (mut anchors, mut sifted) = (0, 0);
        let mut left = prints | before_token | long;
        while left != 0 {
            let shift = left.trailing_zeros();
            left &= left - 1;
            let rest = self.bytes.get(self.base + shift as usize..).unwrap_or_default();
            let way = |places: u64, sought: Sought| (places >> shift & 1) * sought.bit();
            let sought =
                way(prints, Sought::Anywhere) | way(before_token, Sought::BeforeToken) | way(long, Sought::Long);
            let ways = sought & self.search.ways(rest);
            anchors |= u64::from(ways != 0) << shift;
            sifted |= u64::from(ways & Sought::BeforeToken.bit() != 0) << shift;
        }
        (anchors, sifted)
    }

    /// The places of which something holds.
    #[inline(always)]
    fn only(&self, places: u64, holds: impl Fn(usize, u32) -> bool) -> u64 {
        let (mut left, mut sifted) = (places, 0);
        while left != 0 {
            let shift = left.trailing_zeros();
            left &= left - 1;
            sifted |= u64::from(holds(self.base + shift as usize, shift)) << shift;
        }
        sifted
    }

    fn prints_before_token(&self) -> u64 {
        let prints = &self.search.prints_before_token;
        match self.bytes.get(self.base..).and_then(|rest| rest.first_chunk()) {
            Some(bytes) => block::prints(bytes, prints),
            None => {
                let unknown = if self.open { unknown_prints(self.bytes.len() - self.base) } else { 0 };
                block::prints(&self.last_bytes(self.base), prints) | unknown
            }
        }
    }

    /// The first separator of a MAC address: two hexadecimal digits on either side and the same separator behind them, or
    /// four with dots.
    #[inline(never)]
    fn may_be_groups(&self, at: usize) -> bool {
        let (separator, width) = match self.bytes.get(at) {
            Some(separator @ (b':' | b'-')) => (*separator, 3),
            Some(separator @ b'.') => (*separator, 5),
            _ => return false,
        };
        self.is(at + width, separator)
            && (1..width).all(|count| self.is_hex(at.wrapping_sub(count)) && self.is_hex(at + count))
    }

    /// The first colon of an IPv6 address: of two, between hexadecimal digits or no word at all; or behind a hexadecimal
    /// digit and before groups of at most four with a colon behind each, until two colons follow each other or there are
    /// enough: no time of day.
    #[inline(never)]
    fn may_be_colons(&self, at: usize) -> bool {
        let is_start = at == self.start;
        let hex_before = !is_start && self.is_hex(at - 1);
        let is_edge = |at: usize| self.is_hex(at) || !self.bytes.get(at).is_some_and(|byte| is_word(*byte));
        if self.is(at + 1, b':') && (is_start || is_edge(at - 1)) && is_edge(at + 2) {
            return true;
        }
        if !hex_before {
            return false;
        }
        let mut at = at;
        for group in 0..LEAST_GROUPS {
            let digits = (1..=4).take_while(|count| self.is_hex(at + count)).count();
            if digits == 0 {
                return group > 0 && self.is(at + 1, b':');
            }
            at += digits + 1;
            if !self.is(at, b':') {
                return false;
            }
        }
        true
    }

    // What is not known yet is what is wished for.
    #[inline(never)]
    fn is_hex(&self, at: usize) -> bool {
        self.bytes.get(at).map_or(self.open, u8::is_ascii_hexdigit)
    }

    #[inline(never)]
    fn is(&self, at: usize, byte: u8) -> bool {
        self.bytes.get(at).map_or(self.open, |own| *own == byte)
    }
}

impl Iterator for Scan<'_> {
    /// A place, and what it may be.
    type Item = (usize, Candidate);

    // Not where it is called: the callers are compiled for size.
    #[inline(never)]
    fn next(&mut self) -> Option<(usize, Candidate)> {
        loop {
            if let Some(candidate) = self.candidates.next() {
                return Some((self.candidates.at, candidate));
            }
            while self.left == 0 {
                self.advance()?;
            }
            let bit = self.left & self.left.wrapping_neg();
            self.left ^= bit;
            let shift = bit.trailing_zeros();
            let at = self.base + shift as usize;
            let Places { anchors, before_token, digits, groups, colons } = self.places;
            let reasons = Reasons {
                anchors: anchors & bit != 0,
                before_token: before_token & bit != 0,
                digits: if digits & bit == 0 { 0 } else { self.run(shift) },
                groups: groups & bit != 0,
                colons: colons & bit != 0,
            };
            self.candidates.start(at, reasons);
        }
    }
}

impl Block {
    /// Makes every byte from `known` on one that may be anything, and every fingerprint that needs one of them stand.
    fn assume(&mut self, known: usize) {
        let unknown = from_bit(known);
        self.digit |= unknown;
        self.word |= unknown;
        self.token |= unknown;
        self.colon |= unknown;
        self.separator |= unknown;
        self.sign |= unknown;
        self.print |= unknown_prints(known);
    }
}
