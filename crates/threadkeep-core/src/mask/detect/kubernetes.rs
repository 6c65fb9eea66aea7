//! Kubernetes secrets in YAML: the values of the `data` of a `kind: Secret`.

use std::ops::Range;

use crate::mask::window::{CONTEXT_BYTES, Window};
use threadkeep_scan::Class;

/// How far after `data:` the kind may be named, in bytes: some write it last.
const DOCUMENT_BYTES: usize = 512;

/// Longest block of values, in bytes.
const BLOCK_BYTES: usize = 8 * 1024;

/// Least base64 in the block, in characters.
const LEAST_BYTES: usize = 10;

/// Triggered by `data:`; the span is the block below it.
pub(in crate::mask) fn secret(window: &Window<'_>, anchor: Range<usize>) -> Option<Range<usize>> {
    let line_end = anchor.end + window.run(anchor.end, 4, const { &Class::of(b" \r") });
    if window.at(line_end) != Some(b'\n') || !names_secret(window, &anchor) {
        return None;
    }
    let own = indentation_before(window, anchor.start);
    let start = line_end + 1;
    let end = block_end(window, start, own);
    let text = window.slice(start, end);
    let lead = text.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    holds_base64(text).then_some(start + lead..end)
}

fn names_secret(window: &Window<'_>, anchor: &Range<usize>) -> bool {
    let before = window.back(anchor.start, CONTEXT_BYTES);
    if has_kind(before) {
        return true;
    }
    let mut at = anchor.end;
    while at < anchor.end + DOCUMENT_BYTES && window.at(at).is_some() {
        if window.at(at) == Some(b'\n') && window.starts_with(at + 1, b"---") {
            return false;
        }
        at += 1;
    }
    has_kind(window.slice(anchor.end, at))
}

/// `kind: Secret` and nothing longer (`SecretProviderClass`).
fn has_kind(text: &[u8]) -> bool {
    let text: Vec<u8> = text
        .iter()
        .filter(|byte| !matches!(byte, b' ' | b'\t' | b'"' | b'\'' | b'\r'))
        .map(u8::to_ascii_lowercase)
        .collect();
    let kind = b"kind:secret";
    text.windows(kind.len())
        .enumerate()
        .any(|(at, part)| part == kind && text.get(at + kind.len()).is_none_or(|next| *next == b'\n'))
}

fn indentation_before(window: &Window<'_>, start: usize) -> usize {
    window.back(start, 32).iter().rev().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
}

/// End of the lines that are indented deeper than `own`.
fn block_end(window: &Window<'_>, start: usize, own: usize) -> usize {
    let mut end = start;
    let mut at = start;
    while at < start + BLOCK_BYTES {
        let indent = window.run(at, 64, &Class::BLANK);
        let line = window.run(at + indent, BLOCK_BYTES, const { &Class::of(b"\n").not() });
        let deeper = indent > own || line == 0;
        if !deeper {
            break;
        }
        at += indent + line;
        if line > 0 {
            end = at;
        }
        if window.at(at) != Some(b'\n') {
            break;
        }
        at += 1;
    }
    end
}

/// A value of base64 stands in the block, alone after its colon or on its line.
fn holds_base64(block: &[u8]) -> bool {
    block.split(|byte| *byte == b'\n').any(|line| {
        let value = line.splitn(2, |byte| *byte == b':').last().unwrap_or_default();
        let value: Vec<u8> =
            value.iter().copied().filter(|byte| !matches!(byte, b' ' | b'\t' | b'"' | b'\'' | b'\r')).collect();
        let digits = value.iter().filter(|byte| Class::BASE64.has(**byte)).count();
        let padding = value.iter().rev().take_while(|byte| **byte == b'=').count();
        digits >= LEAST_BYTES && digits + padding == value.len() && (padding > 0 || value.len().is_multiple_of(4))
    })
}
