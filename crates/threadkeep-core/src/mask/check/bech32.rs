//! Bech32 and Bech32m (BIP 173, BIP 350).

const ALPHABET: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/// A whole address: readable part, `1`, data, checksum; one case.
pub(in crate::mask) fn holds(text: &[u8]) -> bool {
    let has_lower = text.iter().any(u8::is_ascii_lowercase);
    if has_lower && text.iter().any(u8::is_ascii_uppercase) {
        return false;
    }
    let Some(separator) = text.iter().rposition(|byte| *byte == b'1') else { return false };
    let (readable, data) = (&text[..separator], &text[separator + 1..]);
    if readable.is_empty() || data.len() < 6 {
        return false;
    }
    let mut sum = 1;
    let lower = |byte: &u8| byte.to_ascii_lowercase();
    for byte in readable.iter().map(lower) {
        sum = step(sum, u32::from(byte >> 5));
    }
    sum = step(sum, 0);
    for byte in readable.iter().map(lower) {
        sum = step(sum, u32::from(byte & 31));
    }
    for byte in data.iter().map(lower) {
        let Some(value) = ALPHABET.iter().position(|known| *known == byte) else { return false };
        sum = step(sum, value as u32);
    }
    matches!(sum, 1 | 0x2bc8_30a3)
}

fn step(sum: u32, value: u32) -> u32 {
    const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    let top = sum >> 25;
    let next = (sum & 0x01ff_ffff) << 5 ^ value;
    GENERATOR.iter().enumerate().filter(|(bit, _)| top >> bit & 1 == 1).fold(next, |next, (_, term)| next ^ term)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_the_specifications() {
        assert!(holds(concat!("BC1QW508D6QEJXTDG4Y5", "R3ZARVARY0C5XW7KV8F3T4").as_bytes()));
        assert!(holds(concat!("bc1p0xlxvlhemja6c4dqv22uapctqupf", "hlxm9h8z3k2e72q4k9hcz7vqzk5jj0").as_bytes()));
        assert!(!holds(b"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5"));
    }
}
