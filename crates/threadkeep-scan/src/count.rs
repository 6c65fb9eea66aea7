//! What is counted in whole texts.

/// How often a byte stands in these.
#[inline(never)]
pub fn count(bytes: &[u8], byte: u8) -> usize {
    bytes.iter().filter(|own| **own == byte).count()
}

/// UTF-16 units of bytes of UTF-8.
#[inline(never)]
pub fn utf16_len(bytes: &[u8]) -> usize {
    // In pieces whose sums fit a byte, which vectors add up sixteen at a time.
    bytes.chunks(127).map(|bytes| usize::from(bytes.iter().map(|byte| units(*byte)).sum::<u8>())).sum()
}

/// Units that start with this byte: a letter of four bytes is a surrogate pair.
fn units(byte: u8) -> u8 {
    u8::from(byte & 0xc0 != 0x80) + u8::from(byte >= 0xf0)
}

#[cfg(test)]
mod tests {
    use super::utf16_len;

    #[test]
    fn letters_of_every_length_count_as_in_javascript() {
        for text in ["", "abc", "é", "漢字", "🙂!", &"aé漢🙂".repeat(99)] {
            assert_eq!(utf16_len(text.as_bytes()), text.encode_utf16().count(), "{text}");
        }
    }
}
