//! What 64 bytes are made of, one bit per byte: the first is bit 0.
//!
//! One table look-up per nibble gives the classes of a byte, and another three whether an anchor may be fingerprinted
//! there. With WebAssembly's 128-bit vectors sixteen bytes are looked up at once; elsewhere one by one, with the same result.
//! Which it is, is decided by the build (`.cargo/config.toml`): Node 16, the browsers of 2023 and workerd have them.

/// Bytes of a block.
pub const BLOCK_BYTES: usize = 64;

/// Bytes that are read for a block: a fingerprint may go on in the next one.
pub(crate) const READ_BYTES: usize = BLOCK_BYTES + FINGERPRINT_BYTES - 1;

/// Bytes of an anchor that are looked at in the first pass.
pub const FINGERPRINT_BYTES: usize = 3;

/// One mask per class.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) digit: u64,
    /// `[A-Za-z0-9_]`.
    pub(crate) word: u64,
    pub(crate) underscore: u64,
    /// ASCII word characters, `$%+-./`, `=`, `^`, `~`: what tokens are made of, and a little more.
    pub(crate) token: u64,
    pub(crate) colon: u64,
    /// What may separate the groups of an address: `:`, `-`, `.`, and `*=>`, which share a nibble.
    pub(crate) separator: u64,
    /// `#$%`: they stand in drawn passwords, and seldom inside of a word.
    pub(crate) sign: u64,
    /// A fingerprint may start here.
    pub(crate) print: u64,
}

/// For each byte of a fingerprint and each nibble: the buckets (bits) of anchors that have it there.
#[derive(Debug, Clone, Default)]
pub struct Prints {
    /// By the low nibble.
    pub low: [[u8; 16]; FINGERPRINT_BYTES],
    /// By the high one.
    pub high: [[u8; 16]; FINGERPRINT_BYTES],
    /// One byte that is a fingerprint by itself; 0 when there is none.
    pub single: u8,
}

/// Classes by nibble: a byte is of a class when both of its nibbles have the bit.
const DIGIT: u8 = 1;
#[cfg(not(target_feature = "simd128"))]
const SEPARATOR: u8 = 2;
const LETTER: u8 = 4 | 8;
const SIGN: u8 = 16;
/// `^`, `_`, `~`.
const TOKEN_SIGN: u8 = 32;
const EQUALS: u8 = 64;
const UNDERSCORE: u8 = 128;
const WORD: u8 = DIGIT | LETTER | UNDERSCORE;
const TOKEN: u8 = WORD | SIGN | TOKEN_SIGN | EQUALS;

/// By the low nibble: `0-9`; `*-.:=>`; `A-O`; `P-Z`; `$%+-./`; `^_~`; `=`; `_`.
const LOW: [u8; 16] = [9, 13, 13, 13, 29, 29, 13, 13, 13, 13, 14, 20, 4, 86, 54, 180];
/// By the high nibble: signs; digits, `:` and `=`; letters of either case, `_` among the first.
const HIGH: [u8; 16] = [0, 0, 18, 67, 4, 168, 4, 40, 0, 0, 0, 0, 0, 0, 0, 0];

impl Block {
    /// Becomes the classes of the first bytes; those from `known` on are zero, where it is not known already that they are.
    // In one place: it is a quarter of this crate's code. In its own place: a copy, by vectors, would wait for these words.
    #[inline(never)]
    pub(crate) fn read(&mut self, bytes: &[u8; READ_BYTES], known: usize, prints: &Prints) {
        #[cfg(target_feature = "simd128")]
        {
            let _ = known;
            vector::read(self, bytes, prints);
        }
        #[cfg(not(target_feature = "simd128"))]
        {
            *self = scalar(bytes, known, prints);
        }
    }
}

/// Where other fingerprints may start in the first 64 bytes.
#[inline(never)]
pub(crate) fn prints(bytes: &[u8; READ_BYTES], prints: &Prints) -> u64 {
    #[cfg(target_feature = "simd128")]
    return vector::prints(bytes, prints);
    #[cfg(not(target_feature = "simd128"))]
    bytes.windows(FINGERPRINT_BYTES).enumerate().fold(0, |all, (at, window)| all | u64::from(prints.has(window)) << at)
}

/// What an escape starts with, among the first 64 bytes: a backslash, a percent sign, or the escape character itself.
#[inline(never)]
pub(crate) fn escapes(bytes: &[u8; READ_BYTES]) -> u64 {
    #[cfg(target_feature = "simd128")]
    return vector::escapes(bytes);
    #[cfg(not(target_feature = "simd128"))]
    bytes
        .iter()
        .take(BLOCK_BYTES)
        .enumerate()
        .fold(0, |all, (at, byte)| all | u64::from(matches!(byte, b'\\' | b'%' | 0x1b)) << at)
}

#[cfg(not(target_feature = "simd128"))]
fn scalar(bytes: &[u8; READ_BYTES], known: usize, prints: &Prints) -> Block {
    let mut block = Block::default();
    for (at, window) in bytes.windows(FINGERPRINT_BYTES).enumerate().take(known) {
        let first = window[0];
        let class = CLASSES[usize::from(first)];
        let bit = |bits: u8| u64::from(class & bits != 0) << at;
        block.digit |= bit(DIGIT);
        block.word |= bit(WORD);
        block.underscore |= bit(UNDERSCORE);
        block.token |= bit(TOKEN);
        block.separator |= bit(SEPARATOR);
        block.colon |= u64::from(first == b':') << at;
        block.sign |= u64::from((b'#'..=b'%').contains(&first)) << at;
        block.print |= u64::from(prints.has(window)) << at;
    }
    block
}

#[cfg(not(target_feature = "simd128"))]
static CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = LOW[byte & 15] & HIGH[byte >> 4];
        byte += 1;
    }
    classes
};

#[cfg(not(target_feature = "simd128"))]
impl Prints {
    fn has(&self, window: &[u8]) -> bool {
        let buckets = |place: usize| {
            window
                .get(place)
                .map_or(0, |byte| self.low[place][usize::from(byte & 15)] & self.high[place][usize::from(byte >> 4)])
        };
        let starts = buckets(0);
        starts != 0 && starts & buckets(1) & buckets(2) != 0 || window.first() == Some(&self.single)
    }
}

#[cfg(target_feature = "simd128")]
mod vector {
    use core::arch::wasm32::{
        u8x16_bitmask, u8x16_eq, u8x16_le, u8x16_splat, u8x16_sub, u8x16_swizzle, u16x8_shl, u16x8_shr, v128, v128_and,
        v128_load, v128_or,
    };

    use super::{Block, HIGH, LOW, Prints, READ_BYTES, TOKEN, WORD};

    #[inline(always)]
    pub(super) fn read(block: &mut Block, bytes: &[u8; READ_BYTES], prints: &Prints) {
        let first = Four::load::<0>(bytes);
        let class = first.look_up(&LOW, &HIGH);
        // The lowest bit, and the one above it, to where the mask is taken from.
        block.digit = class.map(|class| u16x8_shl(class, 7)).bits();
        block.separator = class.map(|class| u16x8_shl(class, 6)).bits();
        block.word = !class.map(|class| u8x16_eq(v128_and(class, u8x16_splat(WORD)), u8x16_splat(0))).bits();
        block.underscore = class.bits();
        block.token = !class.map(|class| u8x16_eq(v128_and(class, u8x16_splat(TOKEN)), u8x16_splat(0))).bits();
        block.colon = first.is(b':').bits();
        block.sign = first.map(|first| u8x16_le(u8x16_sub(first, u8x16_splat(b'#')), u8x16_splat(2))).bits();
        block.print = found(bytes, first, prints);
    }

    pub(crate) fn prints(bytes: &[u8; READ_BYTES], prints: &Prints) -> u64 {
        found(bytes, Four::load::<0>(bytes), prints)
    }

    pub(crate) fn escapes(bytes: &[u8; READ_BYTES]) -> u64 {
        let bytes = Four::load::<0>(bytes);
        bytes.is(b'\\').or(bytes.is(b'%')).or(bytes.is(0x1b)).bits()
    }

    #[inline(always)]
    fn found(bytes: &[u8; READ_BYTES], first: Four, prints: &Prints) -> u64 {
        let [low, high] = [&prints.low, &prints.high];
        let buckets = first
            .look_up(&low[0], &high[0])
            .and(Four::load::<1>(bytes).look_up(&low[1], &high[1]))
            .and(Four::load::<2>(bytes).look_up(&low[2], &high[2]))
            .or(first.is(prints.single));
        !buckets.map(|buckets| u8x16_eq(buckets, u8x16_splat(0))).bits()
    }

    /// 64 bytes.
    #[derive(Clone, Copy)]
    struct Four(v128, v128, v128, v128);

    impl Four {
        #[inline(always)]
        fn load<const AT: usize>(bytes: &[u8; READ_BYTES]) -> Self {
            let part = |number: usize| load(bytes.get(AT + 16 * number..).and_then(|rest| rest.first_chunk()));
            Self(part(0), part(1), part(2), part(3))
        }

        #[inline(always)]
        fn map(self, change: impl Fn(v128) -> v128) -> Self {
            Self(change(self.0), change(self.1), change(self.2), change(self.3))
        }

        /// The bits that both nibbles of each byte have.
        #[inline(always)]
        fn look_up(self, low: &[u8; 16], high: &[u8; 16]) -> Self {
            let (low, high) = (load(Some(low)), load(Some(high)));
            let nibble = u8x16_splat(15);
            self.map(|bytes| {
                let low = u8x16_swizzle(low, v128_and(bytes, nibble));
                v128_and(low, u8x16_swizzle(high, v128_and(u16x8_shr(bytes, 4), nibble)))
            })
        }

        #[inline(always)]
        fn and(self, other: Self) -> Self {
            Self(
                v128_and(self.0, other.0),
                v128_and(self.1, other.1),
                v128_and(self.2, other.2),
                v128_and(self.3, other.3),
            )
        }

        #[inline(always)]
        fn or(self, other: Self) -> Self {
            Self(v128_or(self.0, other.0), v128_or(self.1, other.1), v128_or(self.2, other.2), v128_or(self.3, other.3))
        }

        /// All bits of the bytes that are this one.
        #[inline(always)]
        fn is(self, byte: u8) -> Self {
            let byte = u8x16_splat(byte);
            self.map(|bytes| u8x16_eq(bytes, byte))
        }

        /// The highest bit of each byte.
        #[inline(always)]
        fn bits(self) -> u64 {
            let (one, two) = (u64::from(u8x16_bitmask(self.0)), u64::from(u8x16_bitmask(self.1)));
            let (three, four) = (u64::from(u8x16_bitmask(self.2)), u64::from(u8x16_bitmask(self.3)));
            one | two << 16 | three << 32 | four << 48
        }
    }

    /// Zeros for what is not there.
    #[inline(always)]
    #[expect(unsafe_code, reason = "there is no safe load; a reference to sixteen bytes is all that it asks for")]
    fn load(bytes: Option<&[u8; 16]>) -> v128 {
        match bytes {
            // SAFETY: sixteen bytes are readable behind the reference, and the load needs no alignment.
            Some(bytes) => unsafe { v128_load(bytes.as_ptr().cast()) },
            None => u8x16_splat(0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(byte: u8) -> Block {
        let mut block = Block::default();
        block.read(&[byte; READ_BYTES], BLOCK_BYTES, &Prints { single: 0xff, ..Prints::default() });
        block
    }

    #[test]
    fn classes_are_what_they_say() {
        for byte in 0..=255u8 {
            let block = of(byte);
            let full = |holds: bool| if holds { u64::MAX } else { 0 };
            let word = byte.is_ascii_alphanumeric() || byte == b'_';
            assert_eq!(block.digit, full(byte.is_ascii_digit()), "{byte}");
            assert_eq!(block.word, full(word), "{byte}");
            assert_eq!(block.underscore, full(byte == b'_'), "{byte}");
            assert_eq!(block.token, full(word || b"$%+-./=^~\x7f".contains(&byte)), "{byte}");
            assert_eq!(block.separator, full(b":-.*=>".contains(&byte)), "{byte}");
            assert_eq!(block.colon, full(byte == b':'), "{byte}");
            assert_eq!(block.sign, full(b"#$%".contains(&byte)), "{byte}");
            assert_eq!(block.print, full(byte == 0xff), "{byte}");
            assert_eq!(escapes(&[byte; READ_BYTES]), full(b"\\%\x1b".contains(&byte)), "{byte}");
        }
    }
}
