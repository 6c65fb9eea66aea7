//! National numbers, for those who ask for their locale: bare digits with a checksum of one digit, which one order
//! number in ten passes too.

use std::ops::Range;

use crate::mask::check::national as check;
use crate::mask::rule::DetectorFn;
use crate::mask::window::Window;
use threadkeep_scan::Class;

/// Longest number, in digits.
const MAX_DIGITS: usize = 15;

/// Digits alone or in groups: name, locale, label, lengths of the first group, detector, source.
pub(in crate::mask) type Line = (&'static str, &'static str, &'static str, &'static str, DetectorFn, &'static str);

/// The table of national numbers. They are triggered by a run of digits.
#[rustfmt::skip]
pub(in crate::mask) const TABLE: &[Line] = &[
    ("us-aba", "us", "ABA", "4-9", |w, a| number(w, a, 9, check::aba), "aba.com"),
    ("us-npi", "us", "NPI", "10", |w, a| number(w, a, 10, check::npi), "cms.gov"),
    ("us-itin", "us", "ITIN", "3-9", |w, a| number(w, a, 9, itin), "irs.gov"),
    ("us-mbi", "us", "MBI", "1-2", mbi, "cms.gov"),
    ("au-abn", "au", "ABN", "2-11", |w, a| number(w, a, 11, check::abn), "abr.gov.au"),
    ("au-acn", "au", "ACN", "3-9", |w, a| number(w, a, 9, check::acn), "asic.gov.au"),
    ("au-tfn", "au", "TFN", "3-9", |w, a| number(w, a, 9, check::tfn), "ato.gov.au"),
    ("au-medicare", "au", "MEDICARE", "4-10", |w, a| number(w, a, 10, check::medicare), "servicesaustralia.gov.au"),
    ("br-cpf", "br", "CPF", "3-11", |w, a| number(w, a, 11, check::cpf), "gov.br"),
    ("ca-sin", "ca", "SIN", "3-9", |w, a| number(w, a, 9, check::sin), "canada.ca"),
    ("de-tax-id", "de", "TAX_ID", "2-11", |w, a| number(w, a, 11, check::de_tax_id), "ISO 7064 mod 11,10"),
    ("es-nif", "es", "NIF", "1-8", nif, "interior.gob.es"),
    ("fi-hetu", "fi", "HETU", "6", hetu, "dvv.fi"),
    ("fr-nir", "fr", "NIR", "1-15", |w, a| number(w, a, 15, check::nir), "insee.fr"),
    ("in-aadhaar", "in", "AADHAAR", "4-12", |w, a| number(w, a, 12, check::aadhaar), "uidai.gov.in"),
    ("in-gstin", "in", "GSTIN", "2", gstin, "gst.gov.in"),
    ("in-pan", "in", "PAN", "4", pan, "incometax.gov.in"),
    ("it-fiscal-code", "it", "FISCAL_CODE", "2", fiscal_code, "agenziaentrate.gov.it"),
    ("it-vat", "it", "VAT", "8-11", |w, a| number(w, a, 11, check::italian_vat), "agenziaentrate.gov.it"),
    ("kr-rrn", "kr", "RRN", "6-13", |w, a| number(w, a, 13, check::korean), "mois.go.kr"),
    ("nl-bsn", "nl", "BSN", "3-9", |w, a| number(w, a, 9, check::bsn), "rvig.nl"),
    ("pl-pesel", "pl", "PESEL", "11", |w, a| number(w, a, 11, check::pesel), "gov.pl"),
    ("se-personnummer", "se", "PERSONNUMMER", "6-12", personnummer, "skatteverket.se"),
    ("sg-fin", "sg", "FIN", "7", fin, "ica.gov.sg"),
    ("th-id", "th", "NATIONAL_ID", "1-13", |w, a| number(w, a, 13, check::thai), "bora.dopa.go.th"),
    ("tr-id", "tr", "NATIONAL_ID", "11", |w, a| number(w, a, 11, check::turkish), "nvi.gov.tr"),
    ("uk-nhs", "uk", "NHS", "3-10", |w, a| number(w, a, 10, check::nhs), "nhs.uk"),
    ("uk-nino", "uk", "NINO", "2-6", nino, "gov.uk"),
    ("za-id", "za", "NATIONAL_ID", "13", |w, a| number(w, a, 13, check::south_african), "dha.gov.za"),
];

/// Exactly `count` digits, single separators between them, for which `holds`.
fn number(window: &Window<'_>, anchor: Range<usize>, count: usize, holds: fn(&[u8]) -> bool) -> Option<Range<usize>> {
    let mut digits = [0u8; MAX_DIGITS];
    let mut len = 0;
    let mut at = anchor.start;
    while len < count {
        match window.at(at)? {
            byte if byte.is_ascii_digit() => {
                *digits.get_mut(len)? = byte - b'0';
                len += 1;
            }
            b' ' | b'-' | b'.' | b'/' | b'_' if window.at(at + 1)?.is_ascii_digit() => {}
            _ => return None,
        }
        at += 1;
    }
    (stands_free(window, anchor.start, at) && holds(digits.get(..count)?)).then_some(anchor.start..at)
}

fn stands_free(window: &Window<'_>, start: usize, end: usize) -> bool {
    let joined = |byte: Option<u8>| matches!(byte, Some(b'-' | b'.' | b'/' | b'+'));
    let before = joined(window.before(start)) && window.back(start, 2).first().is_some_and(u8::is_ascii_alphanumeric);
    let after = (joined(window.at(end)) || window.at(end) == Some(b' '))
        && window.at(end + 1).is_some_and(|byte| byte.is_ascii_digit());
    window.word_starts(start) && !before && !after && window.word_ends(end)
}

/// A code with letters around its digits, written without separators; `start` is `back` bytes before the digits.
fn code<'t>(window: &Window<'t>, anchor: &Range<usize>, back: usize, len: usize) -> Option<(Range<usize>, &'t [u8])> {
    let start = anchor.start.checked_sub(back)?;
    if window.back(anchor.start, back).len() != back || window.run(anchor.start, len + 1, &Class::ALNUM) + back != len {
        return None;
    }
    let text = window.slice(start, start + len);
    (window.word_starts(start) && window.word_ends(start + len)).then_some((start..start + len, text))
}

fn values(text: &[u8]) -> Vec<u8> {
    text.iter().filter(|byte| byte.is_ascii_digit()).map(|byte| byte - b'0').collect()
}

/// 9XX-GG-XXXX, the groups the IRS uses.
fn itin(digits: &[u8]) -> bool {
    let group = digits.get(3..5).map_or(0, |group| group[0] * 10 + group[1]);
    digits.first() == Some(&9) && matches!(group, 50..=65 | 70..=88 | 90..=92 | 94..=99)
}

fn personnummer(window: &Window<'_>, anchor: Range<usize>) -> Option<Range<usize>> {
    number(window, anchor.clone(), 12, check::personnummer).or_else(|| number(window, anchor, 10, check::personnummer))
}

/// `12345678Z`, `X1234567L`, with an optional hyphen before the letter.
fn nif(window: &Window<'_>, anchor: Range<usize>) -> Option<Range<usize>> {
    let lead = window.before(anchor.start).filter(u8::is_ascii_alphabetic);
    let digits = window.run(anchor.start, 9, &Class::DIGIT);
    let letter = anchor.start + digits + usize::from(window.at(anchor.start + digits) == Some(b'-'));
    let start = anchor.start - usize::from(lead.is_some());
    let mut number = values(window.slice(anchor.start, anchor.start + digits));
    match lead.map(|lead| lead.to_ascii_uppercase()) {
        Some(lead @ b'X'..=b'Z') if digits == 7 => number.insert(0, lead - b'X'),
        None if matches!(digits, 7 | 8) => {}
        _ => return None,
    }
    let holds = check::spanish_letter(&number, window.at(letter)?);
    (holds && window.word_starts(start) && window.word_ends(letter + 1)).then_some(start..letter + 1)
}

/// `131052-308T`.
fn hetu(window: &Window<'_>, anchor: Range<usize>) -> Option<Range<usize>> {
    let start = anchor.start;
    let sign = window.at(start + 6)?;
    if !matches!(sign, b'+' | b'-' | b'A'..=b'F' | b'U'..=b'Y') || window.run(start + 7, 4, &Class::DIGIT) < 3 {
        return None;
    }
    let date = values(window.slice(start, start + 6));
    let (day, month) = (date[0] * 10 + date[1], date[2] * 10 + date[3]);
    let digits = [date, values(window.slice(start + 7, start + 10))].concat();
    let last_day = match month {
        2 => 29,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let dated = (1..=last_day).contains(&day) && matches!(month, 1..=12);
    let end = start + 11;
    (dated && check::finnish_letter(&digits, window.at(end - 1)?) && window.word_ends(end)).then_some(start..end)
}

/// `27AAPFU0939F1ZV`: state, PAN, entity, `Z`, check.
fn gstin(window: &Window<'_>, anchor: Range<usize>) -> Option<Range<usize>> {
    let (span, text) = code(window, &anchor, 0, 15)?;
    let shape = is_shape(text, b"ddAAAAAddddAnZn");
    let state = values(text.get(..2)?).iter().fold(0, |state, digit| state * 10 + digit);
    (shape && matches!(state, 1..=38 | 97 | 99)).then_some(span)
}

/// `ABCPD1234Z`: the fourth letter is the kind of holder.
fn pan(window: &Window<'_>, anchor: Range<usize>) -> Option<Range<usize>> {
    let (span, text) = code(window, &anchor, 5, 10)?;
    is_shape(text, b"AAAAAddddA").then_some(span)
}

fn fiscal_code(window: &Window<'_>, anchor: Range<usize>) -> Option<Range<usize>> {
    let (span, text) = code(window, &anchor, 6, 16)?;
    (is_shape(&text.to_ascii_uppercase(), b"AAAAAAddAddAdddA") && check::italian_letter(text)).then_some(span)
}

/// `S1234567D`.
fn fin(window: &Window<'_>, anchor: Range<usize>) -> Option<Range<usize>> {
    let (span, text) = code(window, &anchor, 1, 9)?;
    let kind = matches!(text.first(), Some(b'S' | b'T' | b'F' | b'G' | b'M'));
    (kind && is_shape(text, b"AdddddddA")).then_some(span)
}

/// `AA 12 34 56 B`; `anchor` is the first of the digits. Letters that stand apart are no part of the span: no span has
/// white space before its trigger, so that a stream may give away what precedes a space.
fn nino(window: &Window<'_>, anchor: Range<usize>) -> Option<Range<usize>> {
    let spaced = window.before(anchor.start) == Some(b' ');
    let start = anchor.start.checked_sub(2 + usize::from(spaced))?;
    let prefix: [u8; 2] = window.back(anchor.start - usize::from(spaced), 2).to_ascii_uppercase().try_into().ok()?;
    let mut at = anchor.start;
    for pair in 0..3 {
        at += usize::from(pair > 0 && window.at(at) == Some(b' '));
        if !window.at(at)?.is_ascii_digit() || !window.at(at + 1)?.is_ascii_digit() {
            return None;
        }
        at += 2;
    }
    at += usize::from(window.at(at) == Some(b' '));
    let suffix = matches!(window.at(at)?.to_ascii_uppercase(), b'A'..=b'D');
    let unused = matches!(&prefix, b"BG" | b"GB" | b"NK" | b"KN" | b"TN" | b"NT" | b"ZZ")
        || b"DFIQUV".contains(&prefix[0])
        || b"DFIOQUV".contains(&prefix[1]);
    let letters = prefix.iter().all(u8::is_ascii_uppercase);
    let span = if spaced { anchor.start } else { start };
    (suffix && letters && !unused && window.word_starts(start) && window.word_ends(at + 1)).then_some(span..at + 1)
}

/// `1EG4-TE5-MK73`: letters without those that look like digits.
fn mbi(window: &Window<'_>, anchor: Range<usize>) -> Option<Range<usize>> {
    let start = anchor.start;
    let mut at = start;
    for (place, kind) in b"9ZX9ZX9ZZ99".iter().enumerate() {
        at += usize::from(matches!(place, 4 | 7) && window.at(at) == Some(b'-'));
        let byte = window.at(at)?;
        let is_letter = byte.is_ascii_uppercase() && !b"SLOIBZ".contains(&byte);
        let fits = match (place, kind) {
            (0, _) => matches!(byte, b'1'..=b'9'),
            (_, b'9') => byte.is_ascii_digit(),
            (_, b'X') => is_letter || byte.is_ascii_digit(),
            _ => is_letter,
        };
        if !fits {
            return None;
        }
        at += 1;
    }
    stands_free(window, start, at).then_some(start..at)
}

/// `d` a digit, `A` an upper-case letter, `n` either, anything else itself.
fn is_shape(text: &[u8], shape: &[u8]) -> bool {
    text.len() == shape.len()
        && text.iter().zip(shape).all(|(byte, kind)| match kind {
            b'd' => byte.is_ascii_digit(),
            b'A' => byte.is_ascii_uppercase(),
            b'n' => byte.is_ascii_digit() || byte.is_ascii_uppercase(),
            other => byte == other,
        })
}
