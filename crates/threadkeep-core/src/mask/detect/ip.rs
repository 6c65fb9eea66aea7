//! IP addresses as text: IPv4 dotted quads, IPv6 (RFC 4291, with zone and prefix length).

use std::ops::Range;

use crate::mask::window::Window;

/// IPv4, triggered by the first digit.
pub(in crate::mask) fn v4(window: &Window<'_>, anchor: Range<usize>) -> Option<Range<usize>> {
    let start = anchor.start;
    if !v4_may_start(window, start) {
        return None;
    }
    let mut at = start;
    for part in 0..4 {
        if part > 0 {
            if window.at(at) != Some(b'.') {
                return None;
            }
            at += 1;
        }
        at += octet(window, at)?;
    }
    v4_may_end(window, at).then_some(start..at)
}

/// Not inside a longer dotted number, a word, or a version (`v1.2.3.4`).
fn v4_may_start(window: &Window<'_>, start: usize) -> bool {
    window.word_starts(start) && !matches!(window.before(start), Some(b'.' | b'-' | b'+'))
}

/// A fifth number that stands apart (`192.168.1.1.1`) is the tail of something else: the address is masked.
fn v4_may_end(window: &Window<'_>, end: usize) -> bool {
    match window.at(end) {
        Some(b'-' | b'+') => !window.at(end + 1).is_some_and(|byte| byte.is_ascii_alphabetic()),
        Some(b'.') => !window.at(end + 1).is_some_and(|byte| byte.is_ascii_alphabetic()),
        _ => window.word_ends(end),
    }
}

/// Length of a decimal number of at most 255 without leading zero.
pub(super) fn octet(window: &Window<'_>, start: usize) -> Option<usize> {
    let len = window.run(start, 4, |byte| byte.is_ascii_digit());
    let digits = window.slice(start, start + len);
    let value = digits.iter().fold(0u32, |value, digit| value * 10 + u32::from(digit - b'0'));
    let plain = matches!(len, 1..=3) && (len == 1 || digits.first() != Some(&b'0'));
    (plain && value <= 255).then_some(len)
}
