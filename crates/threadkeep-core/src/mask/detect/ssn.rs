//! US social security numbers: `AAA-GG-SSSS`, with the ranges that were never issued left out.

use std::ops::Range;

use crate::mask::window::Window;
use threadkeep_scan::Class;

/// Words near a bare number that make it one.
const CONTEXT: [&str; 3] = ["ssn", "social security", "social-security"];

/// How far before a bare number such a word may stand, in bytes.
const CONTEXT_BYTES: usize = 48;

/// With separators; triggered by the first digit.
pub(in crate::mask) fn dashed(window: &Window<'_>, anchor: Range<usize>) -> Option<Range<usize>> {
    let start = anchor.start;
    let separator = window.at(start + 3).filter(|byte| matches!(byte, b'-' | b'.' | b' '))?;
    let stands = window.run(start, 4, &Class::DIGIT) == 3
        && window.run(start + 4, 3, &Class::DIGIT) == 2
        && window.at(start + 6) == Some(separator)
        && window.run(start + 7, 5, &Class::DIGIT) == 4;
    let end = start + 11;
    (stands && stands_free(window, start, end) && is_issued(window.slice(start, end))).then_some(start..end)
}

/// Nine digits after a word that says so; triggered by the first digit.
pub(in crate::mask) fn bare(window: &Window<'_>, anchor: Range<usize>) -> Option<Range<usize>> {
    let start = anchor.start;
    let end = start + 9;
    if window.run(start, 10, &Class::DIGIT) != 9 || !stands_free(window, start, end) {
        return None;
    }
    let context = window.back(start, CONTEXT_BYTES).to_ascii_lowercase();
    let named = CONTEXT.iter().any(|word| context.windows(word.len()).any(|part| part == word.as_bytes()));
    (named && is_issued(window.slice(start, end))).then_some(start..end)
}

fn stands_free(window: &Window<'_>, start: usize, end: usize) -> bool {
    let before = matches!(window.before(start), Some(b'-' | b'.' | b'+' | b'/' | b'#'));
    let after = matches!(window.at(end), Some(b'-' | b'.' | b'/'))
        && window.at(end + 1).is_some_and(|byte| byte.is_ascii_alphanumeric());
    window.word_starts(start) && !before && !after && window.word_ends(end)
}

fn is_issued(text: &[u8]) -> bool {
    let number = text
        .iter()
        .filter(|byte| byte.is_ascii_digit())
        .fold(0u32, |number, byte| number * 10 + u32::from(byte - b'0'));
    let (area, group, serial) = (number / 1_000_000, number / 10_000 % 100, number % 10_000);
    // The last two were printed on wallet inserts and in advertisements.
    !matches!(area, 0 | 666 | 900..)
        && group != 0
        && serial != 0
        && !matches!(number, 78_051_120 | 219_099_999 | 123_456_789 | 987_654_320..=987_654_329)
}
