//! Fingerprints: three bytes of an anchor by which a vector of bytes is searched for all anchors at once.
//!
//! They are gathered in eight buckets, and a text is held against each bucket nibble by nibble. So fingerprints in one
//! bucket let others through that mix their nibbles; what is chosen here decides how many.

use threadkeep_scan::{FINGERPRINT_BYTES, Literal, Prints};

const BUCKETS: usize = 8;

/// Fingerprints, a line for each bucket, separated by spaces; a tabulator stands for a space.
type Lines = [&'static str; BUCKETS];

/// Those of the built-in rules that count everywhere, found by annealing against prose, source text and JSON
/// (`docs/masking.md`): of other texts a sixth as many pass as when each takes what is best for itself. Whatever is not here
/// goes by its first three bytes.
const ANYWHERE: Lines = [
    "xox :fx za| pas |ey",
    "EGI AKC AP1 AP2 AP3 AP4 AP5 AP6 AP7 AP8 AP9 JQQ %7C AWS AAA AZD +AC *:",
    "CS: m2_ SSW ==: []: ssw cur",
    ":// fm1 fo1 64: lt: \"== \"\t= \"!= \"\t! '== '\t= '!= '\t!",
    "sic pik ta: SWM _mm _ac sAc pwd swd tif",
    "bea 00D ;Se 23$ bc1 BC1",
    "-u\t -us V1\t v1. zr| [RE",
    "Q~ RAL :AA :A pw",
];

/// Those that count before a token, found against what stands there.
const BEFORE_TOKEN: Lines = [
    "e_k eke ede uth gol rok rak ete wol erh gre ral wre zbe wak ebe zoh",
    "tok n_k iva _pa dob ook ndb dfl nfl oll ypa ida epo ypo ifa tfo ndl ilj xpa ndo ipo ota ell efl",
    "itt tfu pgr tsy tly lgu rdu itr nsy nfu ycr plu pst ltr",
    "sia coh nnh ark aiv cov nba arq sma nyx",
    "eke key cce sal san ckh eci sen eau cel zen ceg eal udi emy smi zne een enw eni seu",
    "api ogi tad agi yti twi daf yai aid ipd otf imi dad gid owf odd doi dmi oti",
    "ecr eds bea kta itb nic ckr bir cir isc bsp kuc esp ics igc isq cus elp eyc nia mis ngc nsc eyb nsp ndb",
    "rum igm ico rco rmo lif ivo lym zem rif rtm lim iff zil lco jum lmo bfl",
];

/// The bytes of a fingerprint; 0 for one that the anchor has not, which may be any.
type Print = [u8; FINGERPRINT_BYTES];

/// The fingerprints of literals that are searched for together.
pub(super) struct Fingerprints {
    pub(super) prints: Prints,
    chosen: &'static Chosen,
}

impl Fingerprints {
    /// For what counts everywhere.
    pub(super) fn anywhere() -> Self {
        static CHOSEN: Chosen = Chosen::of(&read::<{ read::<0>(&ANYWHERE).1 }>(&ANYWHERE).0);
        Self { prints: Prints::default(), chosen: &CHOSEN }
    }

    /// For what counts before a token.
    pub(super) fn before_token() -> Self {
        static CHOSEN: Chosen = Chosen::of(&read::<{ read::<0>(&BEFORE_TOKEN).1 }>(&BEFORE_TOKEN).0);
        Self { prints: Prints::default(), chosen: &CHOSEN }
    }

    /// Enters the fingerprint of a literal, and says where in the literal it starts. Those of built-in rules come first.
    pub(super) fn add(&mut self, literal: &Literal<'_>) -> usize {
        let print = |at: usize| print(literal.text, at);
        let place = (0..starts(literal.text)).find_map(|at| Some((at, self.chosen.bucket(print(at))?)));
        let (at, bucket) = place.map_or((0, None), |(at, bucket)| (at, Some(bucket)));
        match print(at) {
            [byte, 0, _] if self.prints.single == 0 => self.prints.single = byte,
            print => enter(&mut self.prints, bucket, print, literal.any_case),
        }
        at
    }
}

fn print(anchor: &[u8], at: usize) -> Print {
    let byte = |offset: usize| anchor.get(at + offset).copied().unwrap_or(0);
    [byte(0), byte(1), byte(2)]
}

/// Into its bucket, or else into the one that has most of its nibbles already.
fn enter(prints: &mut Prints, bucket: Option<usize>, print: Print, any_case: bool) {
    let bucket = bucket.unwrap_or_else(|| {
        let known = |bucket: &usize| {
            let places = print.iter().zip(prints.low.iter().zip(&prints.high));
            let nibbles =
                places.flat_map(|(byte, (low, high))| [low[usize::from(byte & 15)], high[usize::from(byte >> 4)]]);
            nibbles.filter(|buckets| buckets >> bucket & 1 == 1).count()
        };
        (0..BUCKETS).max_by_key(known).unwrap_or(0)
    });
    let bit = 1 << bucket;
    for ((byte, low), high) in print.into_iter().zip(&mut prints.low).zip(&mut prints.high) {
        if byte == 0 {
            low.iter_mut().chain(high).for_each(|buckets| *buckets |= bit);
            continue;
        }
        // Letters of either case share their low nibble.
        let capital = if any_case { byte.to_ascii_uppercase() } else { byte };
        low[usize::from(byte & 15)] |= bit;
        high[usize::from(byte >> 4)] |= bit;
        high[usize::from(capital >> 4)] |= bit;
    }
}

/// Fingerprints with their buckets.
struct Chosen {
    prints: &'static [(Print, u8)],
    /// Says of most texts that they are none of them, sooner than a search.
    filter: [u64; FILTER_BITS / 64],
}

const FILTER_BITS: usize = 1 << 12;

impl Chosen {
    const fn of(prints: &'static [(Print, u8)]) -> Self {
        let mut filter = [0; FILTER_BITS / 64];
        let mut number = 0;
        while number < prints.len() {
            let hash = hash(prints[number].0);
            filter[hash / 64] |= 1 << (hash % 64);
            number += 1;
        }
        Self { prints, filter }
    }

    fn bucket(&self, print: Print) -> Option<usize> {
        if self.filter[hash(print) / 64] >> (hash(print) % 64) & 1 == 0 {
            return None;
        }
        self.prints.iter().find(|(own, _)| *own == print).map(|(_, bucket)| usize::from(*bucket))
    }
}

const fn hash(print: Print) -> usize {
    (print[0] as usize * 31 * 31 + print[1] as usize * 31 + print[2] as usize) % FILTER_BITS
}

/// As many of them as fit, and how many there are.
const fn read<const N: usize>(lines: &Lines) -> ([(Print, u8); N], usize) {
    let mut prints = [([0; FINGERPRINT_BYTES], 0); N];
    let (mut count, mut bucket) = (0, 0);
    while bucket < BUCKETS {
        let line = lines[bucket].as_bytes();
        let (mut at, mut place) = (0, 0);
        while at < line.len() {
            if line[at] == b' ' {
                (count, place) = (count + 1, 0);
            } else {
                if count < N {
                    prints[count].0[place] = if line[at] == b'\t' { b' ' } else { line[at] };
                    prints[count].1 = bucket as u8;
                }
                place += 1;
            }
            at += 1;
        }
        (count, bucket) = (count + 1, bucket + 1);
    }
    (prints, count)
}

/// Where a fingerprint may start: before the first space, because what precedes a space may already have been given
/// away by a stream; and so that all of its bytes are known, if the anchor has as many.
fn starts(anchor: &[u8]) -> usize {
    let usable = anchor.iter().position(|byte| *byte == b' ').unwrap_or(anchor.len());
    usable.min((anchor.len() + 1).saturating_sub(FINGERPRINT_BYTES)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mask::Masker;
    use threadkeep_scan::Sought;

    /// What the first pass does with three bytes.
    fn passes(prints: &Prints, bytes: &[u8]) -> bool {
        let buckets = |(place, byte): (usize, &u8)| {
            prints.low[place][usize::from(byte & 15)] & prints.high[place][usize::from(byte >> 4)]
        };
        bytes.first() == Some(&prints.single)
            || bytes.iter().enumerate().map(buckets).fold(0xff, |all, own| all & own) != 0
    }

    #[test]
    fn every_literal_is_let_through() {
        for mut fingerprints in [Fingerprints::anywhere(), Fingerprints::before_token()] {
            let sought = Sought::Anywhere;
            let mut literals = Masker::default().searched(false);
            literals.extend(Masker::default().searched(true));
            // Some of a caller's own, one of them in one case only.
            literals.extend([(b"%".to_vec(), false), (b"QX".to_vec(), false), (b"emp-no_".to_vec(), true)]);
            let mut add = |(text, any_case): &(Vec<u8>, bool)| {
                fingerprints.add(&Literal { text, any_case: *any_case, word_start: false, sought, offset: 0 })
            };
            let offsets: Vec<_> = literals.iter().map(&mut add).collect();
            for ((text, any_case), offset) in literals.iter().zip(offsets) {
                let text = &text[offset..text.len().min(offset + FINGERPRINT_BYTES)];
                assert!(passes(&fingerprints.prints, text), "{text:?}");
                assert!(!any_case || passes(&fingerprints.prints, &text.to_ascii_uppercase()), "{text:?}");
            }
        }
    }

    #[test]
    fn a_fingerprint_starts_before_a_space() {
        assert_eq!(starts(b"ab cdef"), 2);
        assert_eq!(starts(b"-u "), 1);
        assert_eq!(starts(b"@"), 1);
    }
}
