//! Character classes of token formats, each named by one letter in a pattern.

/// A set of ASCII bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Class(u128);

impl Class {
    pub(super) const DIGIT: Class = Class::of(b"0-9");
    pub(super) const LOWER_HEX: Class = Class::of(b"0-9a-f");
    pub(super) const HEX: Class = Class::of(b"0-9a-fA-F");
    pub(super) const ALNUM: Class = Class::of(b"0-9a-zA-Z");
    pub(super) const BASE64: Class = Class::of(b"0-9a-zA-Z+/");
    pub(super) const BASE64URL: Class = Class::of(b"0-9a-zA-Z_\x2d");
    pub(super) const BASE58: Class = Class::of(b"1-9A-HJ-NP-Za-km-z");

    /// Letters of the pattern language.
    pub(super) fn parse(letter: &str) -> Option<Class> {
        Some(match letter {
            "d" => Self::DIGIT,
            "h" => Self::LOWER_HEX,
            "H" => Self::HEX,
            "U" => Class::of(b"A-F0-9"),
            "A" => Class::of(b"A-Z"),
            "l" => Class::of(b"a-z"),
            "a" => Class::of(b"a-zA-Z"),
            "n" => Self::ALNUM,
            "N" => Class::of(b"A-Z0-9"),
            "m" => Class::of(b"a-z0-9"),
            "w" => Class::of(b"0-9a-zA-Z_"),
            "k" => Self::BASE64URL,
            "i" => Class::of(b"0-9a-zA-Z\x2d"),
            "b" => Self::BASE64,
            "B" => Class::of(b"0-9a-zA-Z+/_=\x2d"),
            "p" => Class::of(b"0-9a-zA-Z_.\x2d"),
            "y" => Class::of(b"0-9a-zA-Z_.=\x2d"),
            "s" => Self::BASE58,
            "2" => Class::of(b"A-Z2-7"),
            "z" => Class::of(b"ac-hj-np-z02-9"),
            "e" => Class::of(b"="),
            "x" => Class::of(b"0-9a-zA-Z!#-&(-/:;<-@[-_{-~"),
            "v" => Class::of(b"0-9a-zA-Z+/=_.~%\x2d"),
            "t" => Class::of(b" \t"),
            "q" => Class::of(b" =:\"'>"),
            "g" => Class::of(b"0-9a-zA-Z_.~\x2d"),
            "c" => Class::of(b"0-9a-zA-Z+/=_,\x2d"),
            _ => return None,
        })
    }

    /// `X-Y` is a range; a literal hyphen comes last, as `\x2d` after a character that starts no range.
    const fn of(spec: &[u8]) -> Class {
        let mut set = 0u128;
        let mut index = 0;
        while index < spec.len() {
            let from = spec[index];
            let is_range = index + 2 < spec.len() && spec[index + 1] == b'-';
            let to = if is_range { spec[index + 2] } else { from };
            let mut byte = from;
            while byte <= to {
                set |= 1 << byte;
                byte += 1;
            }
            index += if is_range { 3 } else { 1 };
        }
        Class(set)
    }

    pub(super) const fn has(self, byte: u8) -> bool {
        byte < 128 && self.0 >> byte & 1 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_and_hyphen() {
        let class = Class::BASE64URL;
        assert!(class.has(b'-') && class.has(b'_') && class.has(b'z') && class.has(b'0'));
        assert!(!class.has(b'.') && !class.has(b' ') && !class.has(0xc3));
        assert!(!Class::BASE58.has(b'0') && !Class::BASE58.has(b'l'));
    }
}
