//! Fingerprints: three bytes of an anchor by which a vector of bytes is searched for all anchors at once.
//!
//! They are gathered in eight buckets, and a text is held against each bucket nibble by nibble. So fingerprints in one
//! bucket let others through that mix their nibbles; what is chosen here decides how many.

use threadkeep_scan::{FINGERPRINT_BYTES, Prints};

const BUCKETS: usize = 8;

/// Fingerprints of the built-in rules that count everywhere, a line for each bucket, separated by spaces; a tabulator stands
/// for a space. They were found by annealing against prose, source text and JSON (`docs/masking.md`): of other texts a sixth
/// as many pass as when each takes what is best for itself. Whatever is not here does so.
const CHOSEN: [&str; BUCKETS] = [
    "xox :fx za| pas |ey",
    "EGI AKC AP1 AP2 AP3 AP4 AP5 AP6 AP7 AP8 AP9 JQQ %7C AWS AAA AZD +AC *:",
    "CS: m2_ SSW ==: []: ssw cur",
    ":// fm1 fo1 64: lt: \"== \"\t= \"!= \"\t! '== '\t= '!= '\t!",
    "sic pik ta: SWM _mm _ac sAc pwd swd tif",
    "bea 00D ;Se 23$",
    "-u\t -us V1\t v1. zr| [RE",
    "Q~ RAL :AA :A pw",
];

/// The bytes of a fingerprint; 0 for one that the anchor has not, which may be any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Print {
    bytes: [u8; FINGERPRINT_BYTES],
    any_case: bool,
}

/// The fingerprints of a bucket.
#[derive(Clone, Copy, Default)]
struct Bucket {
    places: [Nibbles; FINGERPRINT_BYTES],
    /// Of all texts of three bytes, the part that is let through.
    share: f32,
}

/// Nibbles at one place of the fingerprints, as bits.
#[derive(Clone, Copy, Default)]
struct Nibbles {
    low: u16,
    high: u16,
    /// How common the bytes of each high nibble are whose low nibble is here.
    rows: [f32; 8],
}

/// Fingerprints for these anchors (and whether their case counts), and where in each anchor its fingerprint starts.
pub(super) fn choose(anchors: &[(&[u8], bool)]) -> (Prints, Vec<usize>) {
    let chosen = chosen();
    let wanted = Filter::of(chosen.iter().map(|(print, _)| *print));
    let common = Filter::of(common());
    let mut prints: Vec<Print> = Vec::new();
    let mut seen = Filter::default();
    let mut offsets = vec![0; anchors.len()];
    // Short ones have the least choice, and what they chose suits many a longer one: `key`, `api_key`.
    let longest = anchors.iter().map(|(anchor, _)| anchor.len()).max().unwrap_or(0);
    for len in 1..=longest {
        for ((anchor, any_case), offset) in anchors.iter().zip(&mut offsets).filter(|((own, _), _)| own.len() == len) {
            let print = |at: usize| Print::at(anchor, at, *any_case);
            let starts = starts(anchor);
            let is_known = |print: &Print| seen.may_have(print) && prints.contains(print);
            *offset = (0..starts)
                .find(|at| wanted.may_have(&print(*at)) && bucket_of(&chosen, &print(*at)).is_some())
                .or_else(|| (0..starts).find(|at| is_known(&print(*at))))
                .or_else(|| (0..starts).min_by_key(|at| print(*at).commonness(&common)))
                .unwrap_or(0);
            let new = print(*offset);
            if !is_known(&new) {
                seen.add(&new);
                prints.push(new);
            }
        }
    }
    (gather(&prints, &chosen), offsets)
}

/// [`CHOSEN`], with its buckets.
fn chosen() -> Vec<(Print, usize)> {
    let lines = CHOSEN.iter().enumerate().flat_map(|(bucket, line)| line.split(' ').map(move |text| (text, bucket)));
    lines.map(|(text, bucket)| (Print::at(text.replace('\t', " ").as_bytes(), 0, false), bucket)).collect()
}

fn bucket_of(chosen: &[(Print, usize)], print: &Print) -> Option<usize> {
    chosen.iter().find(|(own, _)| own.bytes == print.bytes).map(|(_, bucket)| *bucket)
}

/// Puts each where it lets the fewest other texts through.
fn gather(prints: &[Print], chosen: &[(Print, usize)]) -> Prints {
    let mut buckets = [Bucket::default(); BUCKETS];
    let mut gathered = Prints::default();
    // Those that have a place of their own come first: the others see what is there.
    let of = |print| (print, bucket_of(chosen, print));
    let (placed, others): (Vec<_>, Vec<_>) = prints.iter().map(of).partition(|(_, bucket)| bucket.is_some());
    for (print, bucket) in placed.into_iter().chain(others) {
        if let [byte, 0, _] = print.bytes
            && gathered.single == 0
        {
            gathered.single = byte;
            continue;
        }
        let cost = |bucket: &Bucket| bucket.with(print).share - bucket.share;
        if let Some(best) = bucket.and_then(|number| buckets.get_mut(number)) {
            *best = best.with(print);
        } else if let Some(best) = buckets.iter_mut().min_by(|a, b| cost(a).total_cmp(&cost(b))) {
            *best = best.with(print);
        }
    }
    for (number, bucket) in buckets.iter().enumerate() {
        for place in 0..FINGERPRINT_BYTES {
            for nibble in 0..16 {
                gathered.low[place][nibble] |= ((bucket.places[place].low >> nibble & 1) as u8) << number;
                gathered.high[place][nibble] |= ((bucket.places[place].high >> nibble & 1) as u8) << number;
            }
        }
    }
    gathered
}

/// Says of most that they are not among some, sooner than a search.
struct Filter([u64; FILTER_BITS / 64]);

const FILTER_BITS: usize = 1 << 12;

impl Default for Filter {
    fn default() -> Self {
        Self([0; FILTER_BITS / 64])
    }
}

impl Filter {
    fn of(prints: impl IntoIterator<Item = Print>) -> Self {
        let mut filter = Self::default();
        prints.into_iter().for_each(|print| filter.add(&print));
        filter
    }

    fn add(&mut self, print: &Print) {
        self.0[print.hash() / 64] |= 1 << (print.hash() % 64);
    }

    fn may_have(&self, print: &Print) -> bool {
        self.0[print.hash() / 64] >> (print.hash() % 64) & 1 == 1
    }
}

impl Print {
    fn hash(&self) -> usize {
        self.bytes.iter().fold(0, |hash, byte| hash * 31 + usize::from(*byte)) % FILTER_BITS
    }

    /// Rough share in texts.
    fn commonness(&self, filter: &Filter) -> u32 {
        let known = self.bytes.iter().filter(|byte| **byte != 0);
        let alone: u32 = known.map(|byte| u32::from(commonness(*byte))).product();
        let is_common = filter.may_have(self) && common().any(|common| common.bytes == self.bytes);
        if is_common { alone * 32 } else { alone }
    }

    fn at(anchor: &[u8], at: usize, any_case: bool) -> Self {
        let byte = |offset: usize| anchor.get(at + offset).copied().unwrap_or(0);
        Self { bytes: [byte(0), byte(1), byte(2)], any_case }
    }
}

impl Bucket {
    #[must_use]
    fn with(mut self, print: &Print) -> Self {
        for (place, byte) in self.places.iter_mut().zip(print.bytes) {
            if byte == 0 {
                *place = Nibbles::all();
                continue;
            }
            place.add(byte);
            if print.any_case {
                place.add(byte.to_ascii_uppercase());
            }
        }
        self.share = self.places.iter().map(Nibbles::share).product();
        self
    }
}

impl Nibbles {
    fn all() -> Self {
        let mut all = Self { low: u16::MAX, high: u16::MAX, rows: [0.0; 8] };
        for byte in 0..128u8 {
            all.rows[usize::from(byte >> 4)] += f32::from(COMMONNESS[usize::from(byte)]);
        }
        all
    }

    fn add(&mut self, byte: u8) {
        self.high |= 1 << (byte >> 4);
        let low = byte & 15;
        if self.low >> low & 1 == 0 {
            self.low |= 1 << low;
            for (high, row) in (0u8..).zip(&mut self.rows) {
                *row += f32::from(COMMONNESS[usize::from(high << 4 | low)]);
            }
        }
    }

    fn share(&self) -> f32 {
        let stands = |(high, row): (usize, &f32)| if self.high >> high & 1 == 1 { *row } else { 0.0 };
        self.rows.iter().enumerate().map(stands).sum::<f32>() / 512.0
    }
}

static COMMONNESS: [u8; 128] = {
    let mut table = [0; 128];
    let mut byte = 0;
    while byte < 128 {
        table[byte as usize] = commonness(byte);
        byte += 1;
    }
    table
};

fn common() -> impl Iterator<Item = Print> {
    COMMON.as_bytes().chunks(FINGERPRINT_BYTES).map(|letters| Print::at(letters, 0, false))
}

/// Where a fingerprint may start: before the first space, because what precedes a space may already have been given
/// away by a stream; and so that all of its bytes are known, if the anchor has as many.
fn starts(anchor: &[u8]) -> usize {
    let usable = anchor.iter().position(|byte| *byte == b' ').unwrap_or(anchor.len());
    usable.min((anchor.len() + 1).saturating_sub(FINGERPRINT_BYTES)).max(1)
}

/// The commonest three letters in a row of words and names, one after the other, as far as an anchor holds them.
#[rustfmt::skip]
const COMMON: &str = "theioningtiotermessagessenddatataateallforconveraletrecomentsecignresiveuthwitintprostastrmathetkeyameparoutlictchoneherkentokokemodithneroreidedesnewarecalfilileoptassencactinduseitysetonaillablpliousretcrecododeagessiatinteult";

/// Rough share of a byte in prose, code and JSON.
const fn commonness(byte: u8) -> u8 {
    match byte {
        b' ' => 60,
        b'e' => 40,
        b't' | b'a' | b'o' | b'i' | b'n' | b's' | b'r' => 26,
        b'l' | b'd' | b'c' | b'u' => 14,
        b'h' | b'm' | b'p' => 10,
        b'f' | b'g' | b'b' | b'y' | b'w' | b'v' | b'k' | b'.' | b'-' | b'"' | b'/' | b':' | b'=' | b',' | b'_' => 6,
        b'0'..=b'9' | b'(' | b')' | b'\n' => 5,
        b'A'..=b'Z' | b'\'' => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anchors_share_what_they_have_in_common() {
        let (_, offsets) = choose(&[(b"api_key", true), (b"key", true), (b"-u ", false)]);
        assert_eq!(offsets, [4, 0, 0]);
    }

    #[test]
    fn a_fingerprint_starts_before_a_space() {
        assert_eq!(starts(b"ab cdef"), 2);
        assert_eq!(starts(b"-u "), 1);
        assert_eq!(starts(b"@"), 1);
    }
}
