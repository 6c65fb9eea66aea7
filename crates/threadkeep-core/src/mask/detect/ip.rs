//! IP addresses as text: IPv4 dotted quads, IPv6 (RFC 4291) with zone and prefix length.

use std::ops::Range;

use threadkeep_scan::Class;
use threadkeep_scan::is_word;

use crate::mask::window::Window;

/// Longest zone of an address (`%eth0`), in bytes: an interface name of Linux.
const ZONE_BYTES: usize = 16;

const ZONE: Class = Class::ALNUM.or(b"_.-");

/// IPv4, triggered by the first digit.
pub(in crate::mask) fn v4(window: &Window<'_>, anchor: Range<usize>) -> Option<Range<usize>> {
    let start = anchor.start;
    // First of all: most numbers with a dot behind them are no four.
    let end = quad(window, start)?;
    if !window.word_starts(start)
        || matches!(window.before(start), Some(b'.' | b'-' | b'+'))
        || is_numbering(window, start)
    {
        return None;
    }
    // A fifth number that stands apart (a dot, then digits) is the tail of something else: the address is masked.
    let ends = match window.at(end) {
        Some(b'-' | b'+' | b'.') => !window.at(end + 1).is_some_and(|byte| byte.is_ascii_alphabetic()),
        _ => window.word_ends(end),
    };
    // `1.3.6.1.5`, `2.5.29.17.1`: the arcs of an object identifier (ITU-T X.660) start with 0, 1 or 2.
    let arcs = matches!(window.slice(start, start + 2), [b'0'..=b'2', b'.'])
        && window.at(end) == Some(b'.')
        && window.at(end + 1).is_some_and(|byte| byte.is_ascii_digit());
    let local =
        matches!(window.slice(start, end), [b'1', b'2', b'7', b'.', ..] | b"0.0.0.0") || prefix(window, end) > 0;
    (ends && !arcs && !(local && is_literal(window, start, end))).then_some(start..end)
}

/// An address of this very machine, or a range, that stands in source text: quoted, the host of a URL, with a port. It says
/// nothing about anybody, and manuals are full of it.
fn is_literal(window: &Window<'_>, start: usize, end: usize) -> bool {
    let before = matches!(window.before(start), Some(b'"' | b'\'' | b'`' | b'/' | b'@' | b'['));
    let after = match window.at(end) {
        Some(b'"' | b'\'' | b'`' | b'/') => true,
        Some(b':') => window.at(end + 1).is_some_and(|byte| byte.is_ascii_digit() || matches!(byte, b'$' | b'{')),
        _ => false,
    };
    before || after
}

/// `Section 6.2.1.3`, `version 4.7.1.1`, `RFC 7540 8.1.2.4`.
fn is_numbering(window: &Window<'_>, start: usize) -> bool {
    let before = window.back(start, 12).to_ascii_lowercase();
    // `version=4.7.1.1`, `Chrome/120.0.0.0`.
    if before.ends_with(b"version=") || is_product(window.back(start, 24)) {
        return true;
    }
    let Some(before) = before.strip_suffix(b" ") else { return false };
    let words =
        [&b"section"[..], b"version", b"release", b"build", b"chapter", b"clause", b"appendix", b"sec.", b"rev"];
    let after_rfc = before.windows(4).any(|part| part == b"rfc ");
    let after_letter = matches!(before, [.., b' ', letter] if letter.is_ascii_alphabetic());
    words.iter().any(|word| before.ends_with(word)) || after_rfc || after_letter
}

/// A product and a slash, as user agents name themselves (RFC 9110, 10.1.5): one word that starts with a capital.
fn is_product(before: &[u8]) -> bool {
    let Some(before) = before.strip_suffix(b"/") else { return false };
    let word = before.iter().rev().take_while(|byte| byte.is_ascii_alphanumeric()).count();
    let (lead, word) = before.split_at(before.len() - word);
    word.first().is_some_and(u8::is_ascii_uppercase) && !matches!(lead.last(), Some(b'/' | b'.' | b'-' | b'_'))
}

/// End of four numbers of at most 255 with dots between them.
fn quad(window: &Window<'_>, start: usize) -> Option<usize> {
    let mut at = start;
    for part in 0..4 {
        if part > 0 {
            at += usize::from(window.at(at) == Some(b'.'));
            if window.before(at) != Some(b'.') {
                return None;
            }
        }
        at += octet(window, at)?;
    }
    Some(at)
}

/// Length of a decimal number of at most 255 without leading zero.
fn octet(window: &Window<'_>, start: usize) -> Option<usize> {
    let len = window.run(start, 4, &Class::DIGIT);
    let digits = window.slice(start, start + len);
    let value = digits.iter().fold(0u32, |value, digit| value * 10 + u32::from(digit - b'0'));
    let plain = matches!(len, 1..=3) && (len == 1 || digits.first() != Some(&b'0'));
    (plain && value <= 255).then_some(len)
}

/// IPv6, triggered by its first colon.
pub(in crate::mask) fn v6(window: &Window<'_>, anchor: Range<usize>) -> Option<Range<usize>> {
    let before = window.back(anchor.start, 5);
    let lead = before.iter().rev().take_while(|byte| byte.is_ascii_hexdigit()).count();
    let start = anchor.start - lead;
    if lead > 4 || !v6_may_start(window, start) {
        return None;
    }
    let address = V6::read(window, start)?;
    let mut end = address.end;
    if window.at(end) == Some(b'%') {
        let zone = window.run(end + 1, ZONE_BYTES, &ZONE);
        end += if zone > 0 { zone + 1 } else { 0 };
    }
    let host_end = end;
    let prefix = prefix(window, end);
    end += prefix;
    let dotted = window.at(end) == Some(b'.') && window.at(end + 1).is_some_and(|byte| byte.is_ascii_alphanumeric());
    let ends = window.word_ends(end) && window.at(end) != Some(b':') && !dotted;
    let local = matches!(window.slice(start, host_end), b"::1" | b"::") || prefix > 0;
    let harmless = local && is_literal(window, start, end);
    (ends && !harmless && address.is_plausible(window, start, prefix > 0)).then_some(start..end)
}

/// Not inside a word or a longer chain of colons; behind a name and one colon an address may start.
fn v6_may_start(window: &Window<'_>, start: usize) -> bool {
    match window.before(start) {
        Some(b':') => {
            let name = window.back(start - 1, 12);
            let word: Vec<u8> = name.iter().rev().copied().take_while(|byte| is_word(*byte)).collect();
            word.iter().any(|byte| !byte.is_ascii_hexdigit())
        }
        Some(b'.') => false,
        // The first pass knows no escapes: what starts with colons stands behind no letter at all.
        Some(byte) if window.at(start) == Some(b':') => !is_word(byte),
        _ => window.word_starts(start),
    }
}

struct V6 {
    end: usize,
    groups: usize,
    compressed: bool,
}

impl V6 {
    fn read(window: &Window<'_>, start: usize) -> Option<Self> {
        let mut address = V6 { end: start, groups: 0, compressed: false };
        loop {
            let at = address.end;
            let len = window.run(at, 5, &Class::HEX);
            if len > 4 || address.groups > 8 {
                return None;
            }
            if len > 0 {
                let may_be_quad = address.groups == 6 || address.compressed && address.groups < 6;
                if may_be_quad && let Some(end) = quad(window, at) {
                    address.end = end;
                    address.groups += 2;
                    break;
                }
                address.groups += 1;
                address.end = at + len;
            }
            if window.at(address.end) != Some(b':') {
                break;
            }
            match (window.at(address.end + 1), address.compressed) {
                (Some(b':'), true) => return None,
                (Some(b':'), false) => {
                    address.compressed = true;
                    address.end += 2;
                }
                (Some(byte), _) if byte.is_ascii_hexdigit() && len > 0 => address.end += 1,
                _ => break,
            }
        }
        let complete = if address.compressed { address.groups < 8 } else { address.groups == 8 };
        complete.then_some(address)
    }

    /// Not a path of source code (`std::cmp`, `Vec::add`, `f :: Int`): there is a digit, or a sign of an address around.
    fn is_plausible(&self, window: &Window<'_>, start: usize, has_prefix: bool) -> bool {
        let has_digit = window.slice(start, self.end).iter().any(u8::is_ascii_digit);
        has_digit || has_prefix || self.groups == 8 || self.groups == 0 && window.before(start) == Some(b'=')
    }
}

/// Length of `/64` and the like.
fn prefix(window: &Window<'_>, at: usize) -> usize {
    if window.at(at) != Some(b'/') {
        return 0;
    }
    let digits = window.run(at + 1, 4, &Class::DIGIT);
    let value =
        window.slice(at + 1, at + 1 + digits).iter().fold(0u32, |value, digit| value * 10 + u32::from(digit - b'0'));
    if matches!(digits, 1..=3) && value <= 128 { digits + 1 } else { 0 }
}
