//! Checksums of national numbers. All take the digits as values 0 to 9, the check digits among them.

use super::luhn;

/// Sum of the digits times these weights.
fn weighted(digits: &[u8], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(digit, weight)| u32::from(*digit) * weight).sum()
}

/// The digits as one number.
fn number(digits: &[u8]) -> u64 {
    digits.iter().fold(0, |number, digit| number * 10 + u64::from(*digit))
}

fn last(digits: &[u8]) -> u32 {
    digits.last().map_or(u32::MAX, |digit| u32::from(*digit))
}

/// Australian business number: mod 89 after one is taken from the first digit.
pub(in crate::mask) fn abn(digits: &[u8]) -> bool {
    let sum = weighted(digits, &[10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]);
    digits.first() != Some(&0) && sum % 89 == 10
}

/// Australian company number.
pub(in crate::mask) fn acn(digits: &[u8]) -> bool {
    (10 - weighted(digits, &[8, 7, 6, 5, 4, 3, 2, 1]) % 10) % 10 == last(digits)
}

/// Australian tax file number.
pub(in crate::mask) fn tfn(digits: &[u8]) -> bool {
    weighted(digits, &[1, 4, 3, 7, 5, 8, 6, 9, 10]).is_multiple_of(11)
}

/// Australian Medicare: the ninth digit checks the first eight.
pub(in crate::mask) fn medicare(digits: &[u8]) -> bool {
    let check = digits.get(8).map_or(99, |digit| u32::from(*digit));
    matches!(digits.first(), Some(2..=6)) && weighted(digits, &[1, 3, 7, 9, 1, 3, 7, 9]) % 10 == check
}

/// US bank routing number.
pub(in crate::mask) fn aba(digits: &[u8]) -> bool {
    let district = digits.get(..2).map_or(99, number);
    matches!(district, 1..=12 | 21..=32 | 61..=72 | 80)
        && weighted(digits, &[3, 7, 1, 3, 7, 1, 3, 7, 1]).is_multiple_of(10)
}

/// US national provider identifier: Luhn behind the prefix 80840.
pub(in crate::mask) fn npi(digits: &[u8]) -> bool {
    let uniform = digits.iter().skip(1).take(8).all(|digit| Some(digit) == digits.first());
    !uniform && matches!(digits.first(), Some(1 | 2)) && luhn::holds(&[&[8, 0, 8, 4, 0], digits].concat())
}

/// Canadian social insurance number.
pub(in crate::mask) fn sin(digits: &[u8]) -> bool {
    !matches!(digits.first(), Some(0 | 8)) && luhn::holds(digits)
}

/// British NHS number.
pub(in crate::mask) fn nhs(digits: &[u8]) -> bool {
    weighted(digits, &[10, 9, 8, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11)
}

/// German tax id: ISO 7064 mod 11,10; no digit occurs more than three times among the first ten.
pub(in crate::mask) fn de_tax_id(digits: &[u8]) -> bool {
    let Some((check, body)) = digits.split_last() else { return false };
    let mut counts = [0u8; 10];
    body.iter().for_each(|digit| counts[usize::from(*digit % 10)] += 1);
    let product = body.iter().fold(10, |product, digit| {
        let sum = (u32::from(*digit) + product) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    let most = counts.iter().max().is_some_and(|count| *count <= 3);
    body.first() != Some(&0) && most && (11 - product) % 10 == u32::from(*check)
}

/// French NIR (without Corsican letters): the key is 97 less the remainder.
pub(in crate::mask) fn nir(digits: &[u8]) -> bool {
    let (Some(body), Some(key)) = (digits.get(..13), digits.get(13..)) else { return false };
    let month = digits.get(3..5).map_or(99, number);
    matches!(digits.first(), Some(1 | 2))
        && matches!(month, 1..=12 | 20..=42 | 50..=99)
        && 97 - number(body) % 97 == number(key)
}

/// Indian Aadhaar: Verhoeff.
pub(in crate::mask) fn aadhaar(digits: &[u8]) -> bool {
    const PERMUTATION: [u8; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
    let mut check = 0;
    for (place, digit) in digits.iter().rev().enumerate() {
        let permuted = (0..place % 8).fold(*digit, |digit, _| PERMUTATION[usize::from(digit % 10)]);
        check = dihedral(check, permuted);
    }
    matches!(digits.first(), Some(2..=9)) && check == 0
}

/// The product of two elements of the dihedral group of order ten.
fn dihedral(a: u8, b: u8) -> u8 {
    match (a < 5, b < 5) {
        (true, true) => (a + b) % 5,
        (true, false) => (a + b) % 5 + 5,
        (false, true) => (a + 5 - b) % 5 + 5,
        (false, false) => (a + 5 - b) % 5,
    }
}

/// Polish PESEL.
pub(in crate::mask) fn pesel(digits: &[u8]) -> bool {
    let month = digits.get(2..4).map_or(99, number) % 20;
    matches!(month, 1..=12) && weighted(digits, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]).is_multiple_of(10)
}

/// Swedish personal and organisation numbers: Luhn over the last ten digits.
pub(in crate::mask) fn personnummer(digits: &[u8]) -> bool {
    let own = digits.get(digits.len().saturating_sub(10)..).unwrap_or_default();
    let century = digits.len() == 10 || matches!(digits.get(..2), Some([1, 8 | 9] | [2, 0]));
    own.len() == 10 && century && luhn::holds(own)
}

/// Dutch BSN: the test of eleven.
pub(in crate::mask) fn bsn(digits: &[u8]) -> bool {
    let sum = weighted(digits, &[9, 8, 7, 6, 5, 4, 3, 2]);
    sum > 0 && sum % 11 == last(digits)
}

/// Brazilian CPF: two digits mod 11.
pub(in crate::mask) fn cpf(digits: &[u8]) -> bool {
    let check = |count: u32| {
        let weights: Vec<u32> = (2..=count + 1).rev().collect();
        weighted(digits, &weights) * 10 % 11 % 10
    };
    let uniform = digits.iter().all(|digit| Some(digit) == digits.first());
    !uniform && digits.get(9).map(|digit| u32::from(*digit)) == Some(check(9)) && last(digits) == check(10)
}

/// Turkish national id.
pub(in crate::mask) fn turkish(digits: &[u8]) -> bool {
    let odd: u32 = digits.iter().take(9).step_by(2).map(|digit| u32::from(*digit)).sum();
    let even: u32 = digits.iter().take(8).skip(1).step_by(2).map(|digit| u32::from(*digit)).sum();
    let all: u32 = digits.iter().take(10).map(|digit| u32::from(*digit)).sum();
    let tenth = (odd * 7 + 100 - even) % 10;
    digits.first() != Some(&0)
        && digits.get(9).map(|digit| u32::from(*digit)) == Some(tenth)
        && all % 10 == last(digits)
}

/// Thai national id: the second and third digit are a province.
pub(in crate::mask) fn thai(digits: &[u8]) -> bool {
    let sum = weighted(digits, &[13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
    let province = digits.get(1..3).map_or(0, number);
    let known = matches!(province, 10..=27 | 31..=58 | 60..=67 | 70..=77 | 80..=86 | 90..=96);
    known && matches!(digits.first(), Some(1..=8)) && (11 - sum % 11) % 10 == last(digits)
}

/// South African id: a date of birth, a citizenship digit, Luhn.
pub(in crate::mask) fn south_african(digits: &[u8]) -> bool {
    let month = digits.get(2..4).map_or(99, number);
    let day = digits.get(4..6).map_or(99, number);
    matches!(month, 1..=12) && matches!(day, 1..=31) && matches!(digits.get(10), Some(0..=2)) && luhn::holds(digits)
}

/// Korean resident registration number: a date of birth; numbers of before October 2020 carry a checksum.
pub(in crate::mask) fn korean(digits: &[u8]) -> bool {
    let month = digits.get(2..4).map_or(99, number);
    let day = digits.get(4..6).map_or(99, number);
    let sum = weighted(digits, &[2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]);
    let dated = matches!(month, 1..=12) && matches!(day, 1..=31) && matches!(digits.get(6), Some(1..=8));
    dated && (11 - sum % 11) % 10 == last(digits)
}

/// Italian VAT number.
pub(in crate::mask) fn italian_vat(digits: &[u8]) -> bool {
    digits.iter().any(|digit| *digit > 0) && luhn::holds(digits)
}

/// The letter of a Spanish NIF or NIE.
pub(in crate::mask) fn spanish_letter(digits: &[u8], letter: u8) -> bool {
    b"TRWAGMYFPDXBNJZSQVHLCKE".get((number(digits) % 23) as usize) == Some(&letter.to_ascii_uppercase())
}

/// The last character of a Finnish identity code, over date and individual number.
pub(in crate::mask) fn finnish_letter(digits: &[u8], letter: u8) -> bool {
    b"0123456789ABCDEFHJKLMNPRSTUVWXY".get((number(digits) % 31) as usize) == Some(&letter.to_ascii_uppercase())
}

/// The last letter of an Italian fiscal code: the first fifteen characters, by a table of their own at odd places.
pub(in crate::mask) fn italian_letter(code: &[u8]) -> bool {
    const ODD: [u32; 26] =
        [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
    let value =
        |byte: u8| if byte.is_ascii_digit() { byte - b'0' } else { byte.to_ascii_uppercase().wrapping_sub(b'A') };
    let sum: u32 = code
        .iter()
        .take(15)
        .enumerate()
        .map(|(place, byte)| match (place % 2, usize::from(value(*byte))) {
            (0, value) => ODD.get(value).copied().unwrap_or(0),
            (_, value) => value as u32,
        })
        .sum();
    code.get(15).is_some_and(|letter| u32::from(value(*letter)) == sum % 26)
}
