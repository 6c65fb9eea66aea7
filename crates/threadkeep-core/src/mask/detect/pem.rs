//! Private keys in armour (RFC 7468, OpenSSH, OpenPGP): masked whole, line breaks real or escaped.

use std::ops::Range;

use crate::mask::window::{LOOK_AHEAD_BYTES, Window};
use threadkeep_scan::Class;

/// Longest block that is masked, in bytes. An unterminated one is masked up to here.
const BLOCK_BYTES: usize = LOOK_AHEAD_BYTES - 256;

/// Longest label between the dashes, in bytes.
const LABEL_BYTES: usize = 48;

/// Least key material, in bytes: `...` in a manual is no key.
const LEAST_BYTES: usize = 32;

/// Least characters of a line of a key, in bytes.
const LINE_BYTES: usize = 24;

/// Most bytes between two lines of a key: its headers (`Proc-Type: 4,ENCRYPTED`), and what a listing puts before a line.
const BARREN_BYTES: usize = 256;

const LABEL: Class = Class::of(b"A-Z0-9 ");
const TAIL: Class = Class::of(b"A-Z -");
/// What is between two lines: real line breaks, and those of JSON and source text.
const BREAK: Class = Class::of(b"\r\n \t\\nr");

/// Triggered by `-----BEGIN `.
pub(in crate::mask) fn find(window: &Window<'_>, anchor: Range<usize>) -> Option<Range<usize>> {
    let label = anchor.end;
    let label_len = window.run(label, LABEL_BYTES, &LABEL);
    let name = window.slice(label, label + label_len);
    let body = label + label_len + 5;
    if !name.windows(11).any(|part| part == b"PRIVATE KEY") || !window.starts_with(label + label_len, b"-----") {
        return None;
    }
    let limit = anchor.start + BLOCK_BYTES;
    let block = Block::read(|at| window.peek(at).filter(|_| at < limit), body);
    let text = window.slice(body, block.body_end);
    let letters = text.iter().filter(|byte| byte.is_ascii_alphanumeric()).count();
    let holds = if block.closed { letters >= 20 } else { material(text) >= LEAST_BYTES };
    holds.then_some(anchor.start..block.end)
}

/// The inside of an armour, whatever a listing or a program has put before its lines.
struct Block {
    /// Where the material ends.
    body_end: usize,
    /// Behind `-----END …-----`, or where the material ends.
    end: usize,
    closed: bool,
}

impl Block {
    /// From `start` on, as long as there is a byte.
    fn read(byte: impl Fn(usize) -> Option<u8>, start: usize) -> Self {
        let is = |at: usize, literal: &[u8]| literal.iter().enumerate().all(|(to, own)| byte(at + to) == Some(*own));
        let (mut at, mut end, mut run) = (start, start, 0);
        while let Some(next) = byte(at) {
            if next == b'-' && is(at, b"-----END ") {
                let tail =
                    (at + 9..at + 9 + LABEL_BYTES + 5).take_while(|at| byte(*at).is_some_and(|byte| TAIL.has(byte)));
                return Self { body_end: at, end: at + 9 + tail.count(), closed: true };
            }
            // Another block begins, or prose goes on: this one was never closed.
            if next == b'-' && at > start && is(at, b"-----BEGIN ") || at - end > BARREN_BYTES {
                break;
            }
            run = if Class::BASE64.has(next) || next == b'=' { run + 1 } else { 0 };
            at += 1;
            if run >= LINE_BYTES {
                end = at;
            }
        }
        if end > start {
            end = last_line(&byte, end).unwrap_or(end);
        }
        Self { body_end: end, end, closed: false }
    }
}

/// End of the last line of a key, which is shorter than the others, behind the one that ends at `end`.
fn last_line(byte: &impl Fn(usize) -> Option<u8>, end: usize) -> Option<usize> {
    let count = |from: usize, most: usize, class: &Class| {
        (from..from + most).take_while(|at| byte(*at).is_some_and(|byte| class.has(byte))).count()
    };
    let start = end + count(end, 4, &BREAK);
    let digits = count(start, LINE_BYTES, &Class::BASE64);
    let len = digits + count(start + digits, 2, const { &Class::of(b"=") });
    // A word on a line of its own is none.
    let drawn =
        len > digits || (start + 1..start + len).any(|at| byte(at).is_some_and(|byte| !byte.is_ascii_lowercase()));
    let ends = byte(start + len).is_none_or(|byte| const { Class::QUOTE.or(b"\r\n\\") }.has(byte));
    (start > end && len > 0 && len.is_multiple_of(4) && drawn && ends).then_some(start + len)
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

/// A key that is cut at the end of one text and goes on in the next: lines in an array, pages of a file.
pub(in crate::mask) mod cut {
    use super::{Block, LABEL_BYTES, material};

    /// What a key that goes on is put behind.
    pub(in crate::mask) const ARMOUR: &str = "-----BEGIN PRIVATE KEY-----\n";

    /// Least characters of a line of a key, in bytes: what goes on must look like one.
    const LINE_BYTES: usize = 24;

    /// The text ends inside the armour of a private key: behind material, or right behind its first line.
    pub(in crate::mask) fn opens(text: &str) -> bool {
        let Some(begin) = text.rfind("-----BEGIN ") else { return false };
        let block = text.as_bytes().get(begin + 11..).unwrap_or_default();
        let Some(label) = block.windows(5).position(|part| part == b"-----").filter(|len| *len <= LABEL_BYTES) else {
            return false;
        };
        let (name, body) = (block.get(..label).unwrap_or_default(), block.get(label + 5..).unwrap_or_default());
        let block = Block::read(|at| body.get(at).copied(), 0);
        let rest = body.get(block.end..).unwrap_or_default();
        let is_cut = rest.iter().all(|byte| super::BREAK.has(*byte) || super::Class::QUOTE.has(*byte));
        name.windows(11).any(|part| part == b"PRIVATE KEY") && !block.closed && is_cut
    }

    /// Length of the rest of the key at the start of the text, and whether it ends there.
    pub(in crate::mask) fn rest(text: &str) -> Option<(usize, bool)> {
        let bytes = text.as_bytes();
        let block = Block::read(|at| bytes.get(at).copied(), 0);
        let body = bytes.get(..block.body_end).unwrap_or_default();
        let lead = bytes.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        if block.closed && (material(body) >= LINE_BYTES || body.len() <= 80) {
            return Some((block.end, true));
        }
        let line = body.get(lead..).unwrap_or_default();
        let drawn = line.iter().any(u8::is_ascii_digit)
            && line.iter().any(u8::is_ascii_uppercase)
            && line.iter().any(u8::is_ascii_lowercase);
        let ended = bytes.len() > block.end + 4;
        (material(line) >= LINE_BYTES && drawn).then_some((block.end, ended))
    }
}
