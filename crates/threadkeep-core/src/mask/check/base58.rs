//! Base58Check: the encoding of Bitcoin addresses and keys, with four bytes of double SHA-256 at the end.

use sha2::{Digest, Sha256};

const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// Longest value decoded, in bytes: a private key with version, flag and checksum.
const MAX_BYTES: usize = 38;

/// The payload (version first), when the checksum holds.
pub(in crate::mask) fn decode_checked(text: &[u8]) -> Option<Vec<u8>> {
    let bytes = decode(text)?;
    let (payload, checksum) = bytes.split_at_checked(bytes.len().checked_sub(4)?)?;
    let digest = Sha256::digest(Sha256::digest(payload));
    (digest.get(..4) == Some(checksum)).then(|| payload.to_vec())
}

fn decode(text: &[u8]) -> Option<Vec<u8>> {
    // Little-endian while it grows.
    let mut number: Vec<u8> = Vec::with_capacity(MAX_BYTES);
    for character in text {
        let mut carry = ALPHABET.iter().position(|known| known == character)? as u32;
        for byte in &mut number {
            carry += u32::from(*byte) * 58;
            *byte = carry as u8;
            carry >>= 8;
        }
        while carry > 0 {
            number.push(carry as u8);
            carry >>= 8;
        }
        if number.len() > MAX_BYTES {
            return None;
        }
    }
    let zeros = text.iter().take_while(|character| **character == b'1').count();
    number.extend(std::iter::repeat_n(0, zeros));
    number.reverse();
    Some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_address_holds() {
        let address = concat!("1A1zP1eP5QGefi2D", "MPTfTL5SLmv7DivfNa").as_bytes();
        assert_eq!(decode_checked(address).map(|payload| payload.len()), Some(21));
        assert!(decode_checked(b"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb").is_none());
    }
}
