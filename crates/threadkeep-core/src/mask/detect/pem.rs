//! Private keys in armour (RFC 7468, OpenSSH, OpenPGP): masked whole, line breaks real or escaped.

use std::ops::Range;

use crate::mask::class::Class;
use crate::mask::window::{LOOK_AHEAD_BYTES, Window};

/// Longest block that is masked, in bytes. An unterminated one is masked up to here.
const BLOCK_BYTES: usize = LOOK_AHEAD_BYTES - 256;

/// Longest label between the dashes, in bytes.
const LABEL_BYTES: usize = 48;

/// Least key material, in bytes: `...` in a manual is no key.
const LEAST_BYTES: usize = 32;

const LABEL: Class = Class::of(b"A-Z0-9 ");

/// Triggered by `-----BEGIN `.
pub(in crate::mask) fn find(window: &Window<'_>, anchor: Range<usize>) -> Option<Range<usize>> {
    let label = anchor.end;
    let label_len = window.run(label, LABEL_BYTES, &LABEL);
    let name = window.slice(label, label + label_len);
    let body = label + label_len + 5;
    if !name.windows(11).any(|part| part == b"PRIVATE KEY") || !window.starts_with(label + label_len, b"-----") {
        return None;
    }
    let (body_end, end) = block_end(window, body, anchor.start + BLOCK_BYTES);
    let text = window.slice(body, body_end);
    let closed = end > body_end && text.iter().filter(|byte| byte.is_ascii_alphanumeric()).count() >= 20;
    (closed || material(text) >= LEAST_BYTES).then_some(anchor.start..end)
}

/// Where the material ends, and where the block does: after `-----END …-----`, or where the characters of a key end.
fn block_end(window: &Window<'_>, start: usize, limit: usize) -> (usize, usize) {
    let mut at = start;
    let mut end = start;
    while at < limit {
        match window.at(at) {
            Some(b'-') if window.starts_with(at, b"-----END ") => {
                let tail = window.run(at + 9, LABEL_BYTES + 5, const { &Class::of(b"A-Z -") });
                return (at, at + 9 + tail);
            }
            // Another block begins: this one was never closed.
            Some(b'-') if at > start && window.starts_with(at, b"-----BEGIN ") => break,
            Some(byte) if is_body(byte) => {
                at += 1;
                if !byte.is_ascii_whitespace() {
                    end = at;
                }
            }
            _ => break,
        }
    }
    (end, end)
}

/// Base64, armour headers (`Proc-Type: 4,ENCRYPTED`), line breaks, quoting of source code and JSON.
fn is_body(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte.is_ascii_whitespace() || b"+/=-_:,.()@<>\\\"'`;#*|&%$!~".contains(&byte)
}

/// Base64 characters in the longest line.
fn material(body: &[u8]) -> usize {
    let mut longest = 0;
    let mut run = 0;
    for byte in body {
        run = if byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=') { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

/// Part of a key that was cut at the end of one text and goes on in the next.
pub(in crate::mask) mod cut {
    use super::{LABEL_BYTES, is_body, material};

    /// Least characters of a line of a key, in bytes: what goes on must look like one.
    const LINE_BYTES: usize = 24;

    /// The text ends inside the armour of a private key.
    pub(in crate::mask) fn opens(text: &str) -> bool {
        let Some(begin) = text.rfind("-----BEGIN ") else { return false };
        let block = text.get(begin..).unwrap_or_default();
        let label = block.get(11..).and_then(|rest| rest.split("-----").next()).unwrap_or_default();
        label.len() <= LABEL_BYTES && label.contains("PRIVATE KEY") && !block.contains("-----END ")
    }

    /// Length of the rest of the key at the start of the text, and whether the armour is closed there.
    pub(in crate::mask) fn rest(text: &str) -> Option<(usize, bool)> {
        if let Some(end) = text.find("-----END ")
            && text.as_bytes().iter().take(end).all(|byte| is_body(*byte))
        {
            let tail = text.get(end + 9..).unwrap_or_default();
            let label = tail.find("-----").filter(|len| *len <= LABEL_BYTES).map_or(0, |len| len + 5);
            return Some((end + 9 + label, true));
        }
        let len = text.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || b"+/=\r\n".contains(byte)).count();
        (material(text.as_bytes().get(..len)?) >= LINE_BYTES).then_some((len, len < text.len()))
    }
}
