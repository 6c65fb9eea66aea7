//! Passwords in addresses: `scheme://user:password@host`.

use std::ops::Range;

use crate::mask::check::entropy;
use crate::mask::window::Window;
use threadkeep_scan::Class;

/// Longest user name and longest password, in bytes.
const PART_BYTES: usize = 256;

/// Shortest password, in bytes: `https://a:b@host` is a manual's.
const PASSWORD_BYTES: usize = 4;

const USERINFO: Class = Class::SPACE.or_of(Class::CONTROL).or(b"/@\"'`<>\\").not();
const USER: Class = Class::SPACE.or_of(Class::CONTROL).or(b"/@\"'`<>\\:").not();

/// Triggered by `://`; the span is the password, or a token that stands in the place of the user.
pub(in crate::mask) fn password(window: &Window<'_>, anchor: Range<usize>) -> Option<Range<usize>> {
    if !window.before(anchor.start).is_some_and(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    let user = anchor.end;
    let user_len = window.run(user, PART_BYTES, &USER);
    let is_token = is_token(window.slice(user, user + user_len));
    match window.at(user + user_len) {
        Some(b'@') if is_token => return Some(user..user + user_len),
        Some(b':') if is_token => {
            let end = user + window.run(user, 2 * PART_BYTES, &USERINFO);
            return (window.at(end) == Some(b'@')).then_some(user..end);
        }
        Some(b':') => {}
        _ => return None,
    }
    let start = user + user_len + 1;
    let len = window.run(start, PART_BYTES, &USERINFO);
    let end = start + len;
    let at_host = window.at(end) == Some(b'@')
        && window.at(end + 1).is_some_and(|byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'[' | b'-' | b'_' | b'$' | b'{' | b'<' | b'%')
        });
    let password = window.slice(start, end);
    let is_user = password == window.slice(user, user + user_len) && password.len() <= 8;
    (at_host && len >= PASSWORD_BYTES && is_value(password) && !is_user).then_some(start..end)
}

/// Some servers take a token in the place of the user, with any password or none: `https://{token}:x-oauth-basic@host`.
fn is_token(user: &[u8]) -> bool {
    user.len() >= 20
        && user.iter().any(u8::is_ascii_digit)
        && user.iter().any(u8::is_ascii_alphabetic)
        && user.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
        && entropy::is_random(user, 3.0)
}

/// `password`, `YOUR_PASSWORD`, `mypassword`, `1111`: a manual's.
fn is_word_password(password: &[u8]) -> bool {
    let lower = password.to_ascii_lowercase();
    let named = lower.windows(5).any(|part| part == b"passw") && !password.iter().any(u8::is_ascii_digit);
    named || password.iter().all(|byte| Some(byte) == password.first())
}

/// Not a variable, a template or stars.
fn is_value(password: &[u8]) -> bool {
    let is_template = matches!(password.first(), Some(b'$' | b'{' | b'<' | b'%' | b'[' | b'('));
    let is_stars = password.iter().all(|byte| matches!(byte, b'*' | b'x' | b'X' | b'.')) || is_word_password(password);
    !is_template && !is_stars
}
