//! What must hold of the characters of a value, beyond its shape.

pub(super) mod base58;
pub(super) mod base64;
pub(super) mod bech32;
pub(super) mod entropy;
pub(super) mod keccak;
pub(super) mod luhn;
pub(super) mod mod97;
pub(super) mod national;
pub(super) mod sample;

/// A property of the body of a value: the part after its anchor, or the span of a detector.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Check {
    /// The shape says it all.
    None,
    /// Looks drawn at random: at least this many bits per character (Shannon), no filler such as `xxxx`, no keyboard
    /// or alphabet sequence.
    Random(f32),
    /// Random, and holds a digit and a letter.
    RandomMixed(f32),
    /// Random, and not hexadecimal all through.
    RandomNotHex(f32),
    /// No manual's: no `EXAMPLE`, no `XXXX`.
    Real,
    /// A digit, a letter and this many bits per character, filler or not: numbers may repeat a digit.
    Mixed(f32),
    /// Random, and no stretch of the alphabet.
    RandomNoSequence(f32),
}

impl Check {
    pub(super) fn holds(self, body: &[u8]) -> bool {
        match self {
            Check::None => true,
            Check::Random(bits) => entropy::is_random(body, bits),
            Check::RandomMixed(bits) => {
                body.iter().any(u8::is_ascii_digit)
                    && body.iter().any(u8::is_ascii_alphabetic)
                    && entropy::is_random(body, bits)
            }
            Check::RandomNotHex(bits) => !body.iter().all(u8::is_ascii_hexdigit) && entropy::is_random(body, bits),
            Check::Real => {
                !body.windows(4).any(|part| part == b"XXXX") && !body.windows(7).any(|part| part == b"EXAMPLE")
            }
            Check::Mixed(bits) => {
                body.iter().any(u8::is_ascii_digit)
                    && body.iter().any(u8::is_ascii_alphabetic)
                    && entropy::shannon(body) >= bits
            }
            Check::RandomNoSequence(bits) => entropy::is_random(body, bits) && entropy::longest_sequence(body) < 12,
        }
    }
}
