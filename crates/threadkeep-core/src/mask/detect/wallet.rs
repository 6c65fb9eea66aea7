//! Wallets: Bitcoin addresses and private keys, Ethereum addresses. The checksum decides.

use std::ops::Range;

use crate::mask::check::{base58, bech32, keccak};
use crate::mask::window::Window;
use threadkeep_scan::Class;

/// Bitcoin, legacy: `1…` and `3…`; triggered by the first digit.
pub(in crate::mask) fn bitcoin(window: &Window<'_>, anchor: Range<usize>) -> Option<Range<usize>> {
    if !matches!(window.at(anchor.start), Some(b'1' | b'3')) {
        return None;
    }
    let span = word(window, anchor.start, 26..=35)?;
    let payload = base58::decode_checked(window.slice(span.start, span.end))?;
    (payload.len() == 21 && matches!(payload.first(), Some(0x00 | 0x05))).then_some(span)
}

/// A private key in wallet import format: `5…`, `K…`, `L…`; triggered by its first character.
pub(in crate::mask) fn bitcoin_key(window: &Window<'_>, anchor: Range<usize>) -> Option<Range<usize>> {
    if !matches!(window.at(anchor.start), Some(b'5' | b'K' | b'L')) {
        return None;
    }
    let span = word(window, anchor.start, 51..=52)?;
    let payload = base58::decode_checked(window.slice(span.start, span.end))?;
    (matches!(payload.len(), 33 | 34) && payload.first() == Some(&0x80)).then_some(span)
}

/// Bitcoin, segregated witness; triggered by `bc1`.
pub(in crate::mask) fn bitcoin_segwit(window: &Window<'_>, anchor: Range<usize>) -> Option<Range<usize>> {
    let span = word(window, anchor.start, 14..=74)?;
    bech32::holds(window.slice(span.start, span.end)).then_some(span)
}

/// Ethereum, in the mixed case of EIP-55; triggered by `0x`.
pub(in crate::mask) fn ethereum(window: &Window<'_>, anchor: Range<usize>) -> Option<Range<usize>> {
    let digits = anchor.end;
    let len = window.run(digits, 41, &Class::HEX);
    let text = window.slice(digits, digits + len);
    let mixed = text.iter().any(u8::is_ascii_lowercase) && text.iter().any(u8::is_ascii_uppercase);
    (len == 40 && mixed && window.word_ends(digits + len) && keccak::eip55_holds(text))
        .then_some(anchor.start..digits + len)
}

/// A word of base58 characters (letters and digits for the rest) of such a length.
fn word(window: &Window<'_>, start: usize, lengths: std::ops::RangeInclusive<usize>) -> Option<Range<usize>> {
    if !window.word_starts(start) {
        return None;
    }
    let len = window.run(start, lengths.end() + 1, &Class::ALNUM);
    (lengths.contains(&len) && window.word_ends(start + len)).then_some(start..start + len)
}
