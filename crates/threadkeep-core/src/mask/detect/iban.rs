//! IBAN (ISO 13616): country, its length, mod 97.

use std::ops::Range;

use crate::mask::check::mod97;
use crate::mask::window::Window;

/// Longest IBAN, in characters without spaces.
const MAX_CHARS: usize = 34;

/// Triggered by the two check digits, right after the two letters of the country.
pub(in crate::mask) fn find(window: &Window<'_>, anchor: Range<usize>) -> Option<Range<usize>> {
    let country: [u8; 2] = window.back(anchor.start, 2).try_into().ok()?;
    let length = length(&country.map(|byte| byte.to_ascii_uppercase()))?;
    let start = anchor.start - 2;
    if !window.word_starts(start) {
        return None;
    }
    let mut chars = [0u8; MAX_CHARS];
    let mut count = 0;
    let mut at = start;
    while count < length {
        match window.at(at)? {
            byte if byte.is_ascii_alphanumeric() => {
                chars[count] = byte.to_ascii_uppercase();
                count += 1;
            }
            // Groups of four, by spaces or hyphens.
            b' ' | b'-' if count % 4 == 0 && count > 0 => {}
            _ => return None,
        }
        at += 1;
    }
    let text = chars.get(..length)?;
    let digits_stand = text.get(2..4)?.iter().all(u8::is_ascii_digit);
    let sum = mod97::remainder(text.iter().skip(4).chain(text.iter().take(4)).copied());
    (digits_stand && sum == 1 && window.word_ends(at)).then_some(start..at)
}

/// Characters of a country's IBAN, from the registry of ISO 13616.
fn length(country: &[u8; 2]) -> Option<usize> {
    LENGTHS.binary_search_by_key(&country.as_slice(), |entry| entry.0.as_bytes()).ok().map(|found| LENGTHS[found].1)
}

#[rustfmt::skip]
const LENGTHS: [(&str, usize); 89] = [
    ("AD", 24), ("AE", 23), ("AL", 28), ("AT", 20), ("AZ", 28), ("BA", 20), ("BE", 16), ("BG", 22), ("BH", 22),
    ("BI", 27), ("BR", 29), ("BY", 28), ("CH", 21), ("CR", 22), ("CY", 28), ("CZ", 24), ("DE", 22), ("DJ", 27),
    ("DK", 18), ("DO", 28), ("EE", 20), ("EG", 29), ("ES", 24), ("FI", 18), ("FK", 18), ("FO", 18), ("FR", 27),
    ("GB", 22), ("GE", 22), ("GI", 23), ("GL", 18), ("GR", 27), ("GT", 28), ("HN", 28), ("HR", 21), ("HU", 28),
    ("IE", 22), ("IL", 23), ("IQ", 23), ("IS", 26), ("IT", 27), ("JO", 30), ("KW", 30), ("KZ", 20), ("LB", 28),
    ("LC", 32), ("LI", 21), ("LT", 20), ("LU", 20), ("LV", 21), ("LY", 25), ("MC", 27), ("MD", 24), ("ME", 22),
    ("MK", 19), ("MN", 20), ("MR", 27), ("MT", 31), ("MU", 30), ("NI", 28), ("NL", 18), ("NO", 15), ("OM", 23),
    ("PK", 24), ("PL", 28), ("PS", 29), ("PT", 25), ("QA", 29), ("RO", 24), ("RS", 22), ("RU", 33), ("SA", 24),
    ("SC", 31), ("SD", 18), ("SE", 24), ("SI", 19), ("SK", 24), ("SM", 27), ("SO", 23), ("ST", 25), ("SV", 28),
    ("TL", 23), ("TN", 24), ("TR", 26), ("UA", 29), ("VA", 22), ("VG", 24), ("XK", 20), ("YE", 30),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_is_sorted() {
        assert!(LENGTHS.is_sorted_by_key(|entry| entry.0));
    }
}
