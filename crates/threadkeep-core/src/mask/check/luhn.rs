//! The Luhn checksum (ISO/IEC 7812-1, annex B).

/// `digits` are values 0 to 9, the check digit last.
pub(in crate::mask) fn holds(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let digit = u32::from(*digit);
            if place % 2 == 0 { digit } else { digit * 2 / 10 + digit * 2 % 10 }
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_numbers() {
        assert!(holds(&[7, 9, 9, 2, 7, 3, 9, 8, 7, 1, 3]));
        assert!(!holds(&[7, 9, 9, 2, 7, 3, 9, 8, 7, 1, 0]));
    }
}
