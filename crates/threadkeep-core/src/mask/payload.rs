//! Base64 in the middle of a text: an image in a document, a file in what a tool has answered, a digest in a lock file. One
//! that is long enough holds everything, marks of tokens too: some megabyte of it has one of `sk` and 52 letters and digits.

use threadkeep_scan::Class;

use super::window::Window;

/// Longest mark that payloads of megabytes hold by chance, in bytes; longer ones are what they look like wherever they stand.
pub(super) const MARK_BYTES: usize = 3;

/// How much of a payload has to stand before a place, in bytes: on its line, and together with the line before.
const LINE_BYTES: usize = 32;
const LINES_BYTES: usize = 60;

const PAYLOAD: Class = Class::BASE64.or(b"_-");
const BREAK: Class = Class::of(b"\r\n");

/// A payload or a digest stands right before `start`, by a character behind which a token could begin.
pub(super) fn goes_on_at(window: &Window<'_>, start: usize) -> bool {
    let before = window.back(start, LINES_BYTES + 2);
    let run = |goes_on: &dyn Fn(&u8) -> bool| before.iter().rev().take_while(|byte| goes_on(byte)).count();
    let on_line = run(&|byte| PAYLOAD.has(*byte));
    let on_lines = run(&|byte| PAYLOAD.has(*byte) || BREAK.has(*byte));
    names_digest(before, on_line) || is_drawn(&before[before.len() - on_lines..])
}

/// `sha512-…`, `sha256=…`, `SHA256:…`, and nothing but a payload of `len` bytes behind it.
fn names_digest(before: &[u8], len: usize) -> bool {
    before.windows(7).enumerate().any(|(at, part)| {
        let (name, sign) = part.split_at(6);
        at + 7 + len >= before.len()
            && matches!(sign, b"-" | b"=" | b":")
            && [b"sha256", b"sha384", b"sha512"].iter().any(|digest| name.eq_ignore_ascii_case(*digest))
    })
}

/// Of all letters, as a hash in hexadecimal is not, and of no words.
fn is_drawn(payload: &[u8]) -> bool {
    let breaks = payload.iter().filter(|byte| BREAK.has(**byte)).count();
    let least = if breaks == 0 { LINE_BYTES } else { LINES_BYTES };
    let is_hex = |byte: &u8| byte.is_ascii_hexdigit() || !byte.is_ascii_alphanumeric();
    // Three of five neighbours are of two kinds in what is drawn at random, hardly one of five in the path of a file.
    let kind = |byte: u8| (byte.is_ascii_lowercase(), byte.is_ascii_digit());
    let alnum = |pair: &&[u8]| pair.iter().all(u8::is_ascii_alphanumeric);
    let changes = payload.windows(2).filter(alnum).filter(|pair| kind(pair[0]) != kind(pair[1])).count();
    payload.len() >= least + breaks && changes * 3 >= payload.len() && !payload.iter().all(is_hex)
}
