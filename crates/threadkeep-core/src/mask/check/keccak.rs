//! Keccak-256, for the mixed-case checksum of Ethereum addresses (EIP-55).

/// The case of each letter of the 40 hexadecimal digits follows from the hash of the lower-case ones.
pub(in crate::mask) fn eip55_holds(digits: &[u8]) -> bool {
    let hash = hash(&digits.to_ascii_lowercase());
    digits.iter().enumerate().all(|(at, digit)| {
        let nibble = hash.get(at / 2).map_or(0, |byte| if at % 2 == 0 { byte >> 4 } else { byte & 15 });
        !digit.is_ascii_alphabetic() || digit.is_ascii_uppercase() == (nibble >= 8)
    })
}

/// Of at most 135 bytes: one block.
fn hash(input: &[u8]) -> [u8; 32] {
    let mut block = [0u8; 136];
    for (slot, byte) in block.iter_mut().zip(input) {
        *slot = *byte;
    }
    block[input.len().min(135)] ^= 0x01;
    block[135] ^= 0x80;
    let mut state = [0u64; 25];
    for (lane, bytes) in state.iter_mut().zip(block.chunks_exact(8)) {
        *lane = bytes.iter().rev().fold(0, |lane, byte| lane << 8 | u64::from(*byte));
    }
    permute(&mut state);
    let mut hash = [0u8; 32];
    for (bytes, lane) in hash.chunks_exact_mut(8).zip(state) {
        bytes.copy_from_slice(&lane.to_le_bytes());
    }
    hash
}

fn permute(state: &mut [u64; 25]) {
    let mut register = 1u8;
    for _ in 0..24 {
        theta(state);
        rho_pi(state);
        chi(state);
        state[0] ^= round_constant(&mut register);
    }
}

fn theta(state: &mut [u64; 25]) {
    let column = |state: &[u64; 25], x: usize| (0..5).fold(0, |sum, y| sum ^ state[x + 5 * y]);
    let columns: [u64; 5] = std::array::from_fn(|x| column(state, x));
    for (at, lane) in state.iter_mut().enumerate() {
        *lane ^= columns[(at + 4) % 5] ^ columns[(at % 5 + 1) % 5].rotate_left(1);
    }
}

fn rho_pi(state: &mut [u64; 25]) {
    let (mut x, mut y) = (1, 0);
    let mut current = state[1];
    for step in 0..24u32 {
        (x, y) = (y, (2 * x + 3 * y) % 5);
        let rotated = current.rotate_left((step + 1) * (step + 2) / 2 % 64);
        current = std::mem::replace(&mut state[x + 5 * y], rotated);
    }
}

fn chi(state: &mut [u64; 25]) {
    for row in state.chunks_exact_mut(5) {
        let old: [u64; 5] = std::array::from_fn(|x| row[x]);
        for (x, lane) in row.iter_mut().enumerate() {
            *lane = old[x] ^ !old[(x + 1) % 5] & old[(x + 2) % 5];
        }
    }
}

/// The bits of an 8-bit register at the places 0, 1, 3, 7, 15, 31, 63 (FIPS 202, 3.2.5).
fn round_constant(register: &mut u8) -> u64 {
    let mut constant = 0;
    for power in 0..7 {
        if *register & 1 == 1 {
            constant |= 1u64 << ((1u32 << power) - 1);
        }
        *register = *register << 1 ^ if *register & 0x80 != 0 { 0x71 } else { 0 };
    }
    constant
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hash_of_nothing() {
        assert_eq!(hash(b"")[..4], [0xc5, 0xd2, 0x46, 0x01]);
    }

    #[test]
    fn addresses_of_the_proposal() {
        assert!(eip55_holds(b"5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"));
        assert!(!eip55_holds(b"5aAeb6053F3E94C9b9A09f33669435E7Ef1Beaed"));
    }
}
