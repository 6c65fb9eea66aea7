//! JSON Web Tokens and encryptions (RFC 7519, 7516): the header really decodes.

use std::ops::Range;

use crate::mask::window::{LOOK_AHEAD_BYTES, Window};
use threadkeep_scan::Class;

/// Longest token, in bytes: group claims make payloads of several kilobytes.
const TOKEN_BYTES: usize = LOOK_AHEAD_BYTES - 64;

/// Shortest payload and signature with their dots, in bytes: the claims of one short name.
const REST_BYTES: usize = 20;

/// How much of the header is decoded to find its algorithm, in base64 characters.
const HEADER_BYTES: usize = 512;

/// Triggered by `eyJ`, base64 of `{"`.
pub(in crate::mask) fn find(window: &Window<'_>, anchor: Range<usize>) -> Option<Range<usize>> {
    let start = anchor.start;
    let part = |at: usize| window.run(at, (start + TOKEN_BYTES).saturating_sub(at), &Class::BASE64URL);
    let header = part(start);
    if header < 12 || window.at(start + header) != Some(b'.') || !names_algorithm(window.slice(start, start + header)) {
        return None;
    }
    let mut end = start + header;
    for _ in 0..4 {
        if window.at(end) != Some(b'.') {
            break;
        }
        let len = part(end + 1);
        let padding = window.run(end + 1 + len, 2, const { &Class::of(b"=") });
        if len == 0 && window.at(end + 1) != Some(b'.') {
            break;
        }
        end += 1 + len + padding;
    }
    (end > start + header + REST_BYTES).then_some(start..end)
}

/// `"alg"` or `"enc"` or `"typ"` stands in the decoded header.
fn names_algorithm(header: &[u8]) -> bool {
    let head = header.get(..HEADER_BYTES).unwrap_or(header);
    let decoded = crate::mask::check::base64::decode(head);
    [&b"\"alg\""[..], b"\"enc\"", b"\"typ\"", b"\"kid\""]
        .iter()
        .any(|name| decoded.windows(name.len()).any(|part| part == *name))
}
