//! Character classes of token formats, each named by one letter in a pattern.

/// A set of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Class([u32; 8]);

impl Class {
    pub const DIGIT: Class = Class::of(b"0-9");
    pub const HEX: Class = Class::of(b"0-9a-fA-F");
    pub const ALNUM: Class = Class::of(b"0-9a-zA-Z");
    /// White space as `u8::is_ascii_whitespace` has it.
    pub const SPACE: Class = Class::of(b" \t\n\x0c\r");
    pub const BLANK: Class = Class::of(b" \t");
    pub const QUOTE: Class = Class::of(b"\"'");
    pub const CONTROL: Class = Class::of(b"\0-\x1f\x7f");
    pub const BASE64: Class = Class::of(b"0-9a-zA-Z+/");
    pub const BASE64URL: Class = Class::of(b"0-9a-zA-Z_\x2d");
    const NONE: Class = Class([0; 8]);

    /// By the letter of the pattern language; `None` when there is no such class.
    pub const fn parse(letter: u8) -> Option<Class> {
        if letter >= 128 || LETTERS[letter as usize].is_within(&Self::NONE) {
            return None;
        }
        Some(LETTERS[letter as usize])
    }

    /// `X-Y` is a range; a literal hyphen comes last, as `\x2d` after a character that starts no range.
    pub const fn of(spec: &[u8]) -> Class {
        let mut set = [0u32; 8];
        let mut index = 0;
        while index < spec.len() {
            let from = spec[index];
            let is_range = index + 2 < spec.len() && spec[index + 1] == b'-';
            let to = if is_range { spec[index + 2] } else { from };
            let mut byte = from;
            while byte <= to {
                set[(byte >> 5) as usize] |= 1 << (byte & 31);
                byte += 1;
            }
            index += if is_range { 3 } else { 1 };
        }
        Class(set)
    }

    pub const fn has(&self, byte: u8) -> bool {
        self.0[(byte >> 5) as usize] >> (byte & 31) & 1 == 1
    }

    /// Each of these bytes is one.
    pub const fn has_all(&self, bytes: &[u8]) -> bool {
        let mut index = 0;
        while index < bytes.len() && self.has(bytes[index]) {
            index += 1;
        }
        index == bytes.len()
    }

    /// These bytes, too.
    pub const fn or(self, spec: &[u8]) -> Class {
        self.or_of(Class::of(spec))
    }

    pub const fn or_of(mut self, other: Class) -> Class {
        let mut index = 0;
        while index < self.0.len() {
            self.0[index] |= other.0[index];
            index += 1;
        }
        self
    }

    /// Every other byte, those beyond ASCII among them.
    pub const fn not(mut self) -> Class {
        let mut index = 0;
        while index < self.0.len() {
            self.0[index] = !self.0[index];
            index += 1;
        }
        self
    }

    /// Every byte of this class is one of the other.
    pub const fn is_within(&self, other: &Class) -> bool {
        let (mut index, mut beyond) = (0, 0);
        while index < self.0.len() {
            beyond |= self.0[index] & !other.0[index];
            index += 1;
        }
        beyond == 0
    }
}

/// Letters of the pattern language.
const SPECS: [(u8, &[u8]); 31] = [
    (b'd', b"0-9"),
    (b'h', b"0-9a-f"),
    (b'H', b"0-9a-fA-F"),
    (b'U', b"A-F0-9"),
    (b'A', b"A-Z"),
    (b'l', b"a-z"),
    (b'a', b"a-zA-Z"),
    (b'n', b"0-9a-zA-Z"),
    (b'N', b"A-Z0-9"),
    (b'm', b"a-z0-9"),
    (b'w', b"0-9a-zA-Z_"),
    (b'k', b"0-9a-zA-Z_\x2d"),
    (b'i', b"0-9a-zA-Z\x2d"),
    (b'b', b"0-9a-zA-Z+/"),
    (b'B', b"0-9a-zA-Z+/_=\x2d"),
    (b'p', b"0-9a-zA-Z_.\x2d"),
    (b'y', b"0-9a-zA-Z_.=\x2d"),
    (b's', b"1-9A-HJ-NP-Za-km-z"),
    (b'2', b"A-Z2-7"),
    (b'z', b"ac-hj-np-z02-9"),
    (b'e', b"="),
    (b'x', b"0-9a-zA-Z!#-&(-/:;<-@[-_{-~"),
    (b'v', b"0-9a-zA-Z+/=_.~%\x2d"),
    (b't', b" \t"),
    (b'q', b" =:\"'>"),
    (b'g', b"0-9a-zA-Z_.~\x2d"),
    (b'c', b"0-9a-zA-Z+/=_,\x2d"),
    (b'+', b"+"),
    (b'-', b" .\x2d"),
    (b')', b" .)\x2d"),
    (b'.', b"."),
];

static LETTERS: [Class; 128] = {
    let mut letters = [Class::NONE; 128];
    let mut index = 0;
    while index < SPECS.len() {
        let (letter, spec) = SPECS[index];
        letters[letter as usize] = Class::of(spec);
        index += 1;
    }
    letters
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_and_hyphen() {
        let class = Class::BASE64URL;
        assert!(class.has(b'-') && class.has(b'_') && class.has(b'z') && class.has(b'0'));
        assert!(!class.has(b'.') && !class.has(b' ') && !class.has(0xc3));
        let base58 = Class::of(b"1-9A-HJ-NP-Za-km-z");
        assert!(!base58.has(b'0') && !base58.has(b'l') && base58.has(b'k'));
    }

    #[test]
    fn letters_name_classes() {
        assert_eq!(Class::parse(b'h'), Some(Class::of(b"0-9a-f")));
        assert_eq!(Class::parse(b'?'), None);
        assert_eq!(Class::parse(0xc3), None);
    }
}
