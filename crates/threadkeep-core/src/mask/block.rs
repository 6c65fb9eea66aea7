//! What 64 bytes are made of, one bit per byte: the first is bit 0.
//!
//! One table look-up per nibble gives the classes of a byte, and another three whether an anchor may be fingerprinted
//! there. With 128-bit vectors sixteen bytes are looked up at once; elsewhere one by one, with the same result.

/// Bytes of a block.
pub(super) const BLOCK_BYTES: usize = 64;

/// Bytes that are read for a block: a fingerprint may go on in the next one.
pub(super) const READ_BYTES: usize = BLOCK_BYTES + FINGERPRINT_BYTES - 1;

/// Bytes of an anchor that are looked at in the first pass.
pub(super) const FINGERPRINT_BYTES: usize = 3;

/// One mask per class.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) digit: u64,
    /// Digits and `a` to `f` in either case.
    pub(super) hex: u64,
    /// `[A-Za-z0-9_]` and every byte of a non-ASCII character.
    pub(super) word: u64,
    /// ASCII word characters, `$%+-./`, `=`, `^`, `~`: what tokens are made of, and a little more.
    pub(super) token: u64,
    pub(super) colon: u64,
    pub(super) hyphen: u64,
    pub(super) dot: u64,
    pub(super) backslash: u64,
    pub(super) underscore: u64,
    /// A fingerprint may start here.
    pub(super) print: u64,
}

/// For each byte of a fingerprint and each nibble: the buckets (bits) of anchors that have it there.
#[derive(Debug, Clone, Default)]
pub(super) struct Prints {
    pub(super) low: [[u8; 16]; FINGERPRINT_BYTES],
    pub(super) high: [[u8; 16]; FINGERPRINT_BYTES],
    /// One byte that is a fingerprint by itself; 0 when there is none.
    pub(super) single: u8,
}

/// Classes by nibble: a byte is of a class when both of its nibbles have the bit.
const DIGIT: u8 = 1;
const HEX_LETTER: u8 = 2;
const LETTER: u8 = 4 | 8;
const SIGN: u8 = 16;
/// `^`, `_`, `~`.
const TOKEN_SIGN: u8 = 32;

/// By the low nibble: `0-9`; `A-F`; `A-O`; `P-Z`; `$%+-./`; `^_~`.
const LOW: [u8; 16] = [9, 15, 15, 15, 31, 31, 15, 13, 13, 13, 12, 20, 4, 20, 52, 52];
/// By the high nibble: signs; digits; letters of either case.
const HIGH: [u8; 16] = [0, 0, 16, 1, 6, 40, 6, 40, 0, 0, 0, 0, 0, 0, 0, 0];

impl Block {
    /// The classes of the first bytes; those from `known` on are zero.
    pub(super) fn of(bytes: &[u8; READ_BYTES], known: usize, prints: &Prints) -> Block {
        #[cfg(target_arch = "wasm32")]
        {
            let _ = known;
            vector::block(bytes, prints)
        }
        #[cfg(not(target_arch = "wasm32"))]
        scalar(bytes, known, prints)
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn scalar(bytes: &[u8; READ_BYTES], known: usize, prints: &Prints) -> Block {
    let mut block = Block::default();
    for (at, window) in bytes.windows(FINGERPRINT_BYTES).enumerate().take(known) {
        let &[first, second, third] = window else { continue };
        let class = CLASSES[usize::from(first)];
        let bit = |bits: u8| u64::from(class & bits != 0) << at;
        block.digit |= bit(DIGIT);
        block.hex |= bit(DIGIT | HEX_LETTER);
        block.word |= bit(DIGIT | LETTER) | u64::from(first == b'_' || first >= 0x80) << at;
        block.token |= bit(DIGIT | LETTER | SIGN | TOKEN_SIGN) | u64::from(first == b'=') << at;
        let starts = prints.buckets(0, first);
        let stands = starts != 0 && starts & prints.buckets(1, second) & prints.buckets(2, third) != 0;
        if stands || first == prints.single {
            block.print |= 1 << at;
        }
        match first {
            b':' => block.colon |= 1 << at,
            b'-' => block.hyphen |= 1 << at,
            b'.' => block.dot |= 1 << at,
            b'\\' => block.backslash |= 1 << at,
            b'_' => block.underscore |= 1 << at,
            _ => {}
        }
    }
    block
}

#[cfg(not(target_arch = "wasm32"))]
static CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = LOW[byte & 15] & HIGH[byte >> 4];
        byte += 1;
    }
    classes
};

#[cfg(not(target_arch = "wasm32"))]
impl Prints {
    fn buckets(&self, place: usize, byte: u8) -> u8 {
        self.low[place][usize::from(byte & 15)] & self.high[place][usize::from(byte >> 4)]
    }
}

#[cfg(target_arch = "wasm32")]
mod vector {
    use core::arch::wasm32::{
        u8x16_bitmask, u8x16_eq, u8x16_ne, u8x16_splat, u8x16_swizzle, u16x8_shr, v128, v128_and, v128_load,
    };

    use super::{Block, DIGIT, HEX_LETTER, HIGH, LETTER, LOW, Prints, READ_BYTES, SIGN, TOKEN_SIGN};

    /// Every host of ours has had these instructions for years: Node 16, the browsers of 2023, workerd.
    #[target_feature(enable = "simd128")]
    pub(super) fn block(bytes: &[u8; READ_BYTES], prints: &Prints) -> Block {
        let mut block = Block::default();
        let tables = Tables {
            low: load(&LOW),
            high: load(&HIGH),
            single: prints.single,
            prints: [0, 1, 2].map(|place| (load(&prints.low[place]), load(&prints.high[place]))),
        };
        for part in 0..4 {
            let at = part * 16;
            let (Some(first), Some(second), Some(third)) =
                (sixteen(bytes, at), sixteen(bytes, at + 1), sixteen(bytes, at + 2))
            else {
                continue;
            };
            block.add(&tables, [load(first), load(second), load(third)], at);
        }
        block
    }

    struct Tables {
        low: v128,
        high: v128,
        prints: [(v128, v128); 3],
        single: u8,
    }

    impl Block {
        #[inline]
        #[target_feature(enable = "simd128")]
        fn add(&mut self, tables: &Tables, parts: [v128; 3], at: usize) {
            let [first, second, third] = parts;
            let class = look_up(tables.low, tables.high, first);
            let digit = bits(of(class, DIGIT), at);
            let letter = bits(of(class, LETTER), at);
            let equal = |byte: u8| bits(u8x16_eq(first, u8x16_splat(byte)), at);
            let underscore = equal(b'_');
            self.digit |= digit;
            self.hex |= digit | bits(of(class, HEX_LETTER), at);
            self.word |= digit | letter | underscore | bits(first, at);
            self.token |= digit | letter | equal(b'=') | bits(of(class, SIGN | TOKEN_SIGN), at);
            self.underscore |= underscore;
            self.colon |= equal(b':');
            self.hyphen |= equal(b'-');
            self.dot |= equal(b'.');
            self.backslash |= equal(b'\\');
            let [one, two, three] = tables.prints;
            let buckets = v128_and(
                v128_and(look_up(one.0, one.1, first), look_up(two.0, two.1, second)),
                look_up(three.0, three.1, third),
            );
            self.print |= bits(u8x16_ne(buckets, u8x16_splat(0)), at) | equal(tables.single);
        }
    }

    /// The bits that both nibbles of each byte have.
    #[inline]
    #[target_feature(enable = "simd128")]
    fn look_up(low: v128, high: v128, bytes: v128) -> v128 {
        let nibble = u8x16_splat(15);
        v128_and(
            u8x16_swizzle(low, v128_and(bytes, nibble)),
            u8x16_swizzle(high, v128_and(u16x8_shr(bytes, 4), nibble)),
        )
    }

    #[inline]
    #[target_feature(enable = "simd128")]
    fn of(class: v128, bits: u8) -> v128 {
        u8x16_ne(v128_and(class, u8x16_splat(bits)), u8x16_splat(0))
    }

    /// The highest bit of each byte.
    #[inline]
    #[target_feature(enable = "simd128")]
    fn bits(bytes: v128, at: usize) -> u64 {
        u64::from(u8x16_bitmask(bytes)) << at
    }

    #[inline]
    fn sixteen(bytes: &[u8; READ_BYTES], at: usize) -> Option<&[u8; 16]> {
        bytes.get(at..)?.first_chunk()
    }

    #[inline]
    #[target_feature(enable = "simd128")]
    #[expect(unsafe_code, reason = "there is no safe load; a reference to sixteen bytes is all that it asks for")]
    fn load(bytes: &[u8; 16]) -> v128 {
        // SAFETY: sixteen bytes are readable behind the reference, and the load needs no alignment.
        unsafe { v128_load(bytes.as_ptr().cast()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(byte: u8) -> Block {
        Block::of(&[byte; READ_BYTES], BLOCK_BYTES, &Prints::default())
    }

    #[test]
    fn classes_are_what_they_say() {
        for byte in 0..=255u8 {
            let block = of(byte);
            let full = |holds: bool| if holds { u64::MAX } else { 0 };
            let word = byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80;
            assert_eq!(block.digit, full(byte.is_ascii_digit()), "{byte}");
            assert_eq!(block.hex, full(byte.is_ascii_hexdigit()), "{byte}");
            assert_eq!(block.word, full(word), "{byte}");
            assert_eq!((block.hyphen, block.dot), (full(byte == b'-'), full(byte == b'.')), "{byte}");
            assert_eq!(block.token, full(word && byte < 0x80 || b"$%+-./=^~\x7f".contains(&byte)), "{byte}");
            assert_eq!(block.colon, full(byte == b':'), "{byte}");
        }
    }
}
