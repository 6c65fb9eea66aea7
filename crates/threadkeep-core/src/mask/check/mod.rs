//! What must hold of the characters of a value, beyond its shape.

pub(super) mod base64;
pub(super) mod entropy;
pub(super) mod luhn;
pub(super) mod mod97;

/// A property of the body of a value: the part after its anchor, or the span of a detector.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Check {
    /// The shape says it all.
    None,
    /// Looks drawn at random: at least this many bits per character (Shannon), no filler such as `xxxx`, no keyboard
    /// or alphabet sequence.
    Random(f32),
    /// Random, and holds a digit.
    RandomDigit(f32),
}

impl Check {
    pub(super) fn holds(self, body: &[u8]) -> bool {
        match self {
            Check::None => true,
            Check::Random(bits) => entropy::is_random(body, bits),
            Check::RandomDigit(bits) => body.iter().any(u8::is_ascii_digit) && entropy::is_random(body, bits),
        }
    }
}
