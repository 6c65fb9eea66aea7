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
    let (mut count, mut hyphens) = (0, 0);
    let mut at = start;
    while count < length {
        match window.at(at)? {
            byte if byte.is_ascii_alphanumeric() => {
                chars[count] = byte.to_ascii_uppercase();
                count += 1;
            }
            // Groups of four, by spaces or hyphens.
            b' ' if count % 4 == 0 && count > 0 => {}
            b'-' if count == 4 * (hyphens + 1) => hyphens += 1,
            _ => return None,
        }
        at += 1;
    }
    let text = chars.get(..length)?;
    // Behind all of them: the hyphens of a UUID stand behind eight characters.
    let is_grouped = hyphens == 0 || hyphens == (length - 1) / 4;
    let digits_stand = text.get(2..4)?.iter().all(u8::is_ascii_digit);
    let sum = mod97::remainder(text.iter().skip(4).chain(text.iter().take(4)).copied());
    (digits_stand && is_grouped && sum == 1 && window.word_ends(at)).then_some(start..at)
}

/// Characters of a country's IBAN, from the registry of ISO 13616.
fn length(country: &[u8; 2]) -> Option<usize> {
    let (entries, _) = LENGTHS.as_chunks::<4>();
    let found = entries.binary_search_by(|[first, second, ..]| [*first, *second].cmp(country)).ok()?;
    let [.., tens, ones] = entries.get(found)?;
    Some(usize::from(tens - b'0') * 10 + usize::from(ones - b'0'))
}

/// Two letters and two digits each.
const LENGTHS: &[u8] = b"\
    AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22DJ27DK18DO28EE20EG29ES24FI18\
    FK18FO18FR27GB22GE22GI23GL18GR27GT28HN28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20\
    LU20LV21LY25MC27MD24ME22MK19MN20MR27MT31MU30NI28NL18NO15OM23PK24PL28PS29PT25QA29RO24RS22RU33SA24\
    SC31SD18SE24SI19SK24SM27SO23ST25SV28TL23TN24TR26UA29VA22VG24XK20YE30";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_country_has_a_length() {
        let countries: Vec<[u8; 2]> = LENGTHS.chunks(4).map(|entry| [entry[0], entry[1]]).collect();
        assert!(countries.is_sorted());
        assert!(
            countries.iter().all(|country| length(country).is_some_and(|length| (15..=MAX_CHARS).contains(&length)))
        );
        assert_eq!((length(b"DE"), length(b"NO"), length(b"ZZ")), (Some(22), Some(15), None));
    }
}
