//! ISO 7064 MOD 97-10 over letters and digits, as an IBAN uses it (ISO 13616).

/// `text` is upper-case letters and digits, already rotated: account first, country and check digits last.
pub(in crate::mask) fn remainder(text: impl Iterator<Item = u8>) -> u32 {
    text.fold(0, |remainder, byte| {
        if byte.is_ascii_digit() {
            (remainder * 10 + u32::from(byte - b'0')) % 97
        } else {
            (remainder * 100 + u32::from(byte.to_ascii_uppercase().wrapping_sub(b'A')) + 10) % 97
        }
    })
}
