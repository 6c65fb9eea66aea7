//! Which rules a run of digits may be tried for, by its length and what stands around it.

use crate::class::Class;
use crate::scan::Text;

/// Longest run of digits that is told from longer ones.
pub const MAX_DIGITS: usize = 20;

/// A kind of runs of digits.
#[derive(Debug, Clone, Copy)]
pub struct Digits {
    /// The number of its rule.
    pub rule: usize,
    /// Lengths of the run; [`MAX_DIGITS`] stands for more.
    pub least: usize,
    /// See `least`.
    pub most: usize,
    /// What stands before the run, if that is asked for.
    pub before: Option<Class>,
    /// What stands behind it.
    pub after: Option<Class>,
    /// Two more groups of digits follow, the first of them of so many digits at least: 1 or [`LONG_GROUP`]. 0 when none need to.
    pub next_group: usize,
    /// The run starts with neither 0 nor 1.
    pub high: bool,
    /// It starts a word, or stands behind two letters that do.
    pub apart: bool,
}

/// One bit for each kind, so 64 of them at most.
#[derive(Debug, Clone)]
pub(crate) struct DigitTable {
    rules: Vec<usize>,
    by_length: [u64; MAX_DIGITS + 1],
    /// By the byte before the run; the last one is for nothing.
    before: Box<Around>,
    after: Box<Around>,
    high: u64,
    pub(crate) grouped: u64,
    /// Those of `grouped` whose next group has four digits at least.
    pub(crate) long_grouped: u64,
}

const NOTHING: usize = 256;

type Around = [u64; NOTHING + 1];

/// Digits of a group that is told from shorter ones.
pub const LONG_GROUP: usize = 4;

// In one place: it runs when a masker is built.
#[inline(never)]
fn enter(table: &mut Around, kind: u64, class: Option<Class>) {
    for (byte, kinds) in table.iter_mut().enumerate() {
        let fits = class.is_none_or(|class| byte != NOTHING && class.has(byte as u8));
        *kinds |= if fits { kind } else { 0 };
    }
}

impl DigitTable {
    pub(crate) fn new() -> Self {
        let none = || Box::new([0; NOTHING + 1]);
        let [high, grouped, long_grouped] = [0; 3];
        Self {
            rules: Vec::new(),
            by_length: [0; MAX_DIGITS + 1],
            before: none(),
            after: none(),
            high,
            grouped,
            long_grouped,
        }
    }

    pub(crate) fn add(&mut self, digits: &Digits) {
        let bit = 1u64.checked_shl(self.rules.len() as u32).unwrap_or(0);
        debug_assert!(bit != 0, "a kind of digits is too many");
        self.rules.push(digits.rule);
        self.by_length.iter_mut().take(digits.most + 1).skip(digits.least).for_each(|kinds| *kinds |= bit);
        enter(&mut self.before, bit, digits.before);
        enter(&mut self.after, bit, digits.after);
        self.high |= if digits.high { bit } else { 0 };
        self.grouped |= if digits.next_group > 0 { bit } else { 0 };
        self.long_grouped |= if digits.next_group >= LONG_GROUP { bit } else { 0 };
    }

    /// The kinds that a run of `len` digits between these bytes may be, of which this is the first.
    #[inline(always)]
    pub(crate) fn kinds(&self, len: usize, first: u8, before: Option<u8>, after: Option<u8>) -> u64 {
        let by = |table: &Around, byte: Option<u8>| table[byte.map_or(NOTHING, usize::from)];
        let low = if first < b'2' { self.high } else { 0 };
        self.by_length.get(len).copied().unwrap_or(0) & by(&self.before, before) & by(&self.after, after) & !low
    }

    /// The rule of the first of these kinds.
    pub(crate) fn rule(&self, kinds: u64) -> Option<usize> {
        self.rules.get(kinds.trailing_zeros() as usize).copied()
    }
}

impl Text<'_> {
    /// Digits of the first of two groups that follow a run that ends here; 0 when there are no two. What has not arrived yet may
    /// hold as many as are wished for.
    pub(crate) fn next_group(&self, end: usize) -> usize {
        let unknown = if self.open { MAX_DIGITS } else { 0 };
        let mut at = end;
        let mut groups = [0; 2];
        for group in &mut groups {
            let start = at;
            while at < start + 2 && self.bytes.get(at).is_some_and(|byte| b" .-()".contains(byte)) {
                at += 1;
            }
            match self.bytes.get(at) {
                None => return unknown,
                Some(byte) if at == start || !byte.is_ascii_digit() => return 0,
                Some(_) => {}
            }
            while at < end + 2 * MAX_DIGITS && self.bytes.get(at).is_some_and(u8::is_ascii_digit) {
                at += 1;
                *group += 1;
            }
        }
        groups[0]
    }
}
