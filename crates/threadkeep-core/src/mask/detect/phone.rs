//! Telephone numbers: international (E.164 with its `+`), and North American with separators.

use std::ops::Range;

use crate::mask::window::Window;
use threadkeep_scan::Class;

/// Longest E.164 number, in digits.
const MAX_DIGITS: usize = 15;

/// International: triggered by the first digit, right after the `+`.
pub(in crate::mask) fn international(window: &Window<'_>, anchor: Range<usize>) -> Option<Range<usize>> {
    let first = anchor.start;
    if window.before(first) != Some(b'+')
        || window
            .before(first - 1)
            .is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'_' | b']' | b')'))
    {
        return None;
    }
    let number = Number::read(window, first);
    let country = country_digits(number.digits())?;
    let plausible = (8..=MAX_DIGITS).contains(&number.len) && number.len > country + 4;
    (plausible && ends(window, number.end)).then_some(first - 1..number.end)
}

/// North American: `NXX-NXX-XXXX`, the separators required; triggered by the first digit.
pub(in crate::mask) fn north_american(window: &Window<'_>, anchor: Range<usize>) -> Option<Range<usize>> {
    let mut start = anchor.start;
    if window.before(start) == Some(b'(') {
        start -= 1;
    }
    if !window.word_starts(start)
        || matches!(window.before(start), Some(b'.' | b'-' | b'+' | b'/' | b'#' | b'=' | b':'))
            && window.before(start - 1).is_some_and(|byte| !byte.is_ascii_whitespace())
    {
        return None;
    }
    // One of a column of numbers: `20241 440-600-5124`.
    if matches!(window.back(start, 2), [digit, b' '] if digit.is_ascii_digit()) {
        return None;
    }
    let mut at = anchor.start;
    // The country code, or a trunk prefix.
    let lead = window.run(at, 3, &Class::DIGIT);
    if matches!(lead, 1 | 2) && is_separator(window.at(at + lead)) {
        at += lead + 1;
    }
    let opened = window.at(at) == Some(b'(') || start < anchor.start;
    at += usize::from(window.at(at) == Some(b'('));
    at = code(window, at)?;
    let first = window.at(at);
    if opened {
        if first != Some(b')') {
            return None;
        }
        at += 1;
        at += usize::from(is_separator(window.at(at)));
    } else {
        if !is_separator(first) {
            return None;
        }
        at += 1;
    }
    at = code(window, at)?;
    let second = window.at(at);
    if !is_separator(second) || !opened && first != second {
        return None;
    }
    at += 1;
    if window.run(at, 5, &Class::DIGIT) != 4 {
        return None;
    }
    ends(window, at + 4).then_some(start..at + 4)
}

/// Japanese and Korean mobile numbers as they are written at home, with a trunk prefix of three digits and two groups
/// of four; triggered by the first digit.
pub(in crate::mask) fn mobile_trunk(window: &Window<'_>, anchor: Range<usize>) -> Option<Range<usize>> {
    let start = anchor.start;
    let digits = |at: usize, count: usize| window.run(at, count + 1, &Class::DIGIT) == count;
    let lead = [window.at(start)?, window.at(start + 1)?, window.at(start + 2)?];
    let stands = matches!(lead, [b'0', b'1' | b'7' | b'8' | b'9', b'0'])
        && window.at(start + 3) == Some(b'-')
        && digits(start + 4, 4)
        && window.at(start + 8) == Some(b'-')
        && digits(start + 9, 4);
    let free = window.word_starts(start) && !matches!(window.before(start), Some(b'-' | b'.' | b'+'));
    (stands && free && ends(window, start + 13)).then_some(start..start + 13)
}

/// Three digits, the first 2 to 9, the last two not both 1 (those are services).
fn code(window: &Window<'_>, at: usize) -> Option<usize> {
    let digits = [window.at(at)?, window.at(at + 1)?, window.at(at + 2)?];
    let plausible = digits.iter().all(u8::is_ascii_digit) && digits[0] >= b'2' && digits[1..] != *b"11";
    plausible.then_some(at + 3)
}

fn is_separator(byte: Option<u8>) -> bool {
    matches!(byte, Some(b'-' | b'.' | b' '))
}

fn ends(window: &Window<'_>, end: usize) -> bool {
    match window.at(end) {
        Some(b'.' | b'-' | b':') => !window.at(end + 1).is_some_and(|byte| byte.is_ascii_alphanumeric()),
        Some(b'@' | b'/' | b'%' | b'=' | b'+') => false,
        _ => window.word_ends(end),
    }
}

struct Number {
    digits: [u8; MAX_DIGITS + 1],
    len: usize,
    end: usize,
}

impl Number {
    /// Digits with single spaces, dots, hyphens or one bracketed group between them.
    fn read(window: &Window<'_>, start: usize) -> Self {
        let mut number = Number { digits: [0; MAX_DIGITS + 1], len: 0, end: start };
        let mut at = start;
        while number.len <= MAX_DIGITS {
            match window.at(at) {
                Some(byte) if byte.is_ascii_digit() => {
                    number.digits[number.len] = byte - b'0';
                    number.len += 1;
                    at += 1;
                    number.end = at;
                }
                Some(b' ' | b'-' | b'.' | b'(' | b')' | b'/') if at - number.end < 2 => at += 1,
                _ => break,
            }
        }
        number
    }

    fn digits(&self) -> &[u8] {
        self.digits.get(..self.len).unwrap_or_default()
    }
}

/// Length of the country calling code (ITU-T E.164 list of assigned codes).
fn country_digits(digits: &[u8]) -> Option<usize> {
    let two = u32::from(*digits.first()?) * 10 + u32::from(*digits.get(1)?);
    let three = two * 10 + u32::from(*digits.get(2)?);
    match two {
        10..=19 | 70..=79 => Some(1),
        20 | 27 | 30..=34 | 36 | 39..=41 | 43..=49 | 51..=58 | 60..=66 | 81 | 82 | 84 | 86 | 90..=95 | 98 => Some(2),
        _ => matches!(
            three,
            211..=213 | 216 | 218 | 220..=269 | 290 | 291 | 297..=299 | 350..=359 | 370..=389 | 420..=423
            | 500..=509 | 590..=599 | 670 | 672..=692 | 800 | 808 | 850 | 852..=856 | 870 | 878 | 880..=883 | 886 | 888
            | 960..=968 | 970..=977 | 979 | 992..=996 | 998
        )
        .then_some(3),
    }
}
