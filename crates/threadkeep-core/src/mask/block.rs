//! What 64 bytes are made of, one bit per byte: the first is bit 0.
//!
//! One table look-up per nibble gives the classes of a byte, and another three whether an anchor may be fingerprinted
//! there. With WebAssembly's 128-bit vectors sixteen bytes are looked up at once; elsewhere one by one, with the same result.
//! Which it is, is decided by the build (`.cargo/config.toml`): Node 16, the browsers of 2023 and workerd have them.

use super::prints::FREE_BUCKETS;

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
    /// `[A-Za-z0-9_]`.
    pub(super) word: u64,
    /// ASCII word characters, `$%+-./`, `=`, `^`, `~`: what tokens are made of, and a little more.
    pub(super) token: u64,
    pub(super) colon: u64,
    /// A hyphen or a dot.
    pub(super) dash: u64,
    /// What an escape starts with: a backslash, a percent sign, or the escape character itself.
    pub(super) escape: u64,
    pub(super) underscore: u64,
    /// `#$%`.
    pub(super) sign: u64,
    /// A fingerprint may start here.
    pub(super) print: u64,
    /// The fingerprint of an anchor that counts before a token may.
    pub(super) print_before_token: u64,
}

/// For each byte of a fingerprint and each nibble: the buckets (bits) of anchors that have it there.
#[derive(Debug, Clone, Default)]
pub(super) struct Prints {
    pub(super) low: [[u8; 16]; FINGERPRINT_BYTES],
    pub(super) high: [[u8; 16]; FINGERPRINT_BYTES],
    /// One byte that is a fingerprint by itself; 0 when there is none.
    pub(super) single: u8,
}

/// Buckets of what counts everywhere.
const FREE: u8 = (1 << FREE_BUCKETS) - 1;

/// Signs that stand in drawn passwords, and seldom inside of a word.
#[cfg(not(target_feature = "simd128"))]
const SIGNS: std::ops::RangeInclusive<u8> = b'#'..=b'%';

/// Classes by nibble: a byte is of a class when both of its nibbles have the bit.
const DIGIT: u8 = 1;
const HEX_LETTER: u8 = 2;
const LETTER: u8 = 4 | 8;
const SIGN: u8 = 16;
/// `^`, `_`, `~`.
const TOKEN_SIGN: u8 = 32;
const EQUALS: u8 = 64;
const UNDERSCORE: u8 = 128;

/// By the low nibble: `0-9`; `A-F`; `A-O`; `P-Z`; `$%+-./`; `^_~`; `=`; `_`.
const LOW: [u8; 16] = [9, 15, 15, 15, 31, 31, 15, 13, 13, 13, 12, 20, 4, 84, 52, 180];
/// By the high nibble: signs; digits and `=`; letters of either case, `_` among the first.
const HIGH: [u8; 16] = [0, 0, 16, 65, 6, 168, 6, 40, 0, 0, 0, 0, 0, 0, 0, 0];

impl Block {
    /// The classes of the first bytes; those from `known` on are zero.
    pub(super) fn of(bytes: &[u8; READ_BYTES], known: usize, prints: &Prints) -> Block {
        #[cfg(target_feature = "simd128")]
        {
            let _ = known;
            vector::block(bytes, prints)
        }
        #[cfg(not(target_feature = "simd128"))]
        scalar(bytes, known, prints)
    }
}

#[cfg(not(target_feature = "simd128"))]
fn scalar(bytes: &[u8; READ_BYTES], known: usize, prints: &Prints) -> Block {
    let mut block = Block::default();
    for (at, window) in bytes.windows(FINGERPRINT_BYTES).enumerate().take(known) {
        let &[first, second, third] = window else { continue };
        let class = CLASSES[usize::from(first)];
        let bit = |bits: u8| u64::from(class & bits != 0) << at;
        block.digit |= bit(DIGIT);
        block.hex |= bit(DIGIT | HEX_LETTER);
        block.word |= bit(DIGIT | LETTER | UNDERSCORE);
        block.token |= bit(DIGIT | LETTER | SIGN | TOKEN_SIGN | EQUALS);
        block.underscore |= bit(UNDERSCORE);
        let buckets = match prints.buckets(0, first) {
            0 => 0,
            starts => starts & prints.buckets(1, second) & prints.buckets(2, third),
        };
        block.print |= u64::from(buckets & FREE != 0 || first == prints.single) << at;
        block.print_before_token |= u64::from(buckets & !FREE != 0) << at;
        block.sign |= u64::from(SIGNS.contains(&first)) << at;
        match first {
            b':' => block.colon |= 1 << at,
            b'-' | b'.' => block.dash |= 1 << at,
            b'\\' | b'%' | 0x1b => block.escape |= 1 << at,
            _ => {}
        }
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
    fn buckets(&self, place: usize, byte: u8) -> u8 {
        self.low[place][usize::from(byte & 15)] & self.high[place][usize::from(byte >> 4)]
    }
}

#[cfg(target_feature = "simd128")]
mod vector {
    use core::arch::wasm32::{
        u8x16_bitmask, u8x16_eq, u8x16_ne, u8x16_splat, u8x16_swizzle, u16x8_shr, v128, v128_and, v128_load, v128_or,
    };

    use super::{
        Block, DIGIT, EQUALS, FREE, HEX_LETTER, HIGH, LETTER, LOW, Prints, READ_BYTES, SIGN, TOKEN_SIGN, UNDERSCORE,
    };

    pub(super) fn block(bytes: &[u8; READ_BYTES], prints: &Prints) -> Block {
        let first = Four::load::<0>(bytes);
        let class = first.look_up(&LOW, &HIGH);
        let [low, high] = [&prints.low, &prints.high];
        let buckets = first
            .look_up(&low[0], &high[0])
            .and(Four::load::<1>(bytes).look_up(&low[1], &high[1]))
            .and(Four::load::<2>(bytes).look_up(&low[2], &high[2]));
        Block {
            digit: class.has(DIGIT).bits(),
            hex: class.has(DIGIT | HEX_LETTER).bits(),
            word: class.has(DIGIT | LETTER | UNDERSCORE).bits(),
            token: class.has(DIGIT | LETTER | SIGN | TOKEN_SIGN | EQUALS).bits(),
            underscore: class.has(UNDERSCORE).bits(),
            colon: first.is(b':').bits(),
            dash: first.is(b'-').or(first.is(b'.')).bits(),
            escape: first.is(b'\\').or(first.is(b'%')).or(first.is(0x1b)).bits(),
            sign: first.is(b'#').or(first.is(b'$')).or(first.is(b'%')).bits(),
            print: buckets.has(FREE).or(first.is(prints.single)).bits(),
            print_before_token: buckets.has(!FREE).bits(),
        }
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

        /// The bits that both nibbles of each byte have.
        #[inline(always)]
        fn look_up(self, low: &[u8; 16], high: &[u8; 16]) -> Self {
            let (low, high) = (load(Some(low)), load(Some(high)));
            let nibble = u8x16_splat(15);
            let look_up = |bytes: v128| {
                let low = u8x16_swizzle(low, v128_and(bytes, nibble));
                v128_and(low, u8x16_swizzle(high, v128_and(u16x8_shr(bytes, 4), nibble)))
            };
            Self(look_up(self.0), look_up(self.1), look_up(self.2), look_up(self.3))
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

        /// All bits of the bytes that have one of these.
        #[inline(always)]
        fn has(self, bits: u8) -> Self {
            let (bits, none) = (u8x16_splat(bits), u8x16_splat(0));
            let has = |bytes: v128| u8x16_ne(v128_and(bytes, bits), none);
            Self(has(self.0), has(self.1), has(self.2), has(self.3))
        }

        /// All bits of the bytes that are this one.
        #[inline(always)]
        fn is(self, byte: u8) -> Self {
            let byte = u8x16_splat(byte);
            Self(u8x16_eq(self.0, byte), u8x16_eq(self.1, byte), u8x16_eq(self.2, byte), u8x16_eq(self.3, byte))
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
        Block::of(&[byte; READ_BYTES], BLOCK_BYTES, &Prints::default())
    }

    #[test]
    fn classes_are_what_they_say() {
        for byte in 0..=255u8 {
            let block = of(byte);
            let full = |holds: bool| if holds { u64::MAX } else { 0 };
            let word = byte.is_ascii_alphanumeric() || byte == b'_';
            assert_eq!(block.digit, full(byte.is_ascii_digit()), "{byte}");
            assert_eq!(block.hex, full(byte.is_ascii_hexdigit()), "{byte}");
            assert_eq!(block.word, full(word), "{byte}");
            assert_eq!(block.dash, full(matches!(byte, b'-' | b'.')), "{byte}");
            assert_eq!(block.underscore, full(byte == b'_'), "{byte}");
            assert_eq!(block.escape, full(b"\\%\x1b".contains(&byte)), "{byte}");
            assert_eq!(block.token, full(word || b"$%+-./=^~\x7f".contains(&byte)), "{byte}");
            assert_eq!(block.sign, full(b"#$%".contains(&byte)), "{byte}");
            assert_eq!(block.colon, full(byte == b':'), "{byte}");
        }
    }
}
