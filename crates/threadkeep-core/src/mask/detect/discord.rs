//! Discord bot tokens: the user id in base64, a time stamp, a signature.

use std::ops::Range;

use crate::mask::check::base64;
use crate::mask::window::Window;
use threadkeep_scan::Class;

/// Triggered by the first two characters: base64 of a digit starts with `M`, `N` or `O`.
pub(in crate::mask) fn token(window: &Window<'_>, anchor: Range<usize>) -> Option<Range<usize>> {
    let start = anchor.start;
    let part = |at: usize, most: usize| window.run(at, most + 1, &Class::BASE64URL);
    let id = part(start, 28);
    let time = start + id + 1;
    let stamp = part(time, 7);
    let signature = time + stamp + 1;
    let len = part(signature, 40);
    let end = signature + len;
    let stands = matches!(id, 23..=26)
        && window.at(start + id) == Some(b'.')
        && matches!(stamp, 6 | 7)
        && window.at(time + stamp) == Some(b'.')
        && matches!(len, 27..=40);
    // The user id is a number; a few characters of a mistyped one are let through.
    let digits = base64::decode(window.slice(start, start + id));
    let numeric = digits.iter().filter(|byte| byte.is_ascii_digit()).count() * 2 >= digits.len();
    (stands && numeric).then_some(start..end)
}
