//! MAC addresses (IEEE 802, EUI-48): six pairs with `:` or `-`, three groups of four with `.`.

use std::ops::Range;

use crate::mask::window::Window;
use threadkeep_scan::Class;

/// Triggered by the first separator.
pub(in crate::mask) fn find(window: &Window<'_>, anchor: Range<usize>) -> Option<Range<usize>> {
    let separator = window.at(anchor.start).filter(|byte| matches!(byte, b':' | b'-' | b'.'))?;
    let (groups, width) = if separator == b'.' { (3, 4) } else { (6, 2) };
    let start = anchor.start.checked_sub(width)?;
    if window.back(anchor.start, width).iter().filter(|byte| byte.is_ascii_hexdigit()).count() != width
        || !stands_free(window, start)
    {
        return None;
    }
    let mut at = start;
    for group in 0..groups {
        if group > 0 {
            if window.at(at) != Some(separator) {
                return None;
            }
            at += 1;
        }
        if window.run(at, width + 1, &Class::HEX) != width {
            return None;
        }
        at += width;
    }
    let goes_on = window.at(at) == Some(separator) && window.at(at + 1).is_some_and(|byte| byte.is_ascii_hexdigit());
    (!goes_on && window.word_ends(at) && is_address(window.slice(start, at), separator)).then_some(start..at)
}

fn stands_free(window: &Window<'_>, start: usize) -> bool {
    let glued = matches!(window.before(start), Some(b':' | b'-' | b'.'))
        && window.back(start, 2).first().is_some_and(u8::is_ascii_hexdigit);
    window.word_starts(start) && !glued
}

/// Not all zeros or all ones; digits alone with hyphens or dots are a number or a date.
fn is_address(text: &[u8], separator: u8) -> bool {
    let mut digits = text.iter().filter(|byte| byte.is_ascii_hexdigit());
    let first = digits.next().map(u8::to_ascii_lowercase);
    let uniform = matches!(first, Some(b'0' | b'f')) && digits.all(|byte| Some(byte.to_ascii_lowercase()) == first);
    let has_letter = text.iter().any(u8::is_ascii_alphabetic);
    !uniform && (has_letter || separator == b':')
}
