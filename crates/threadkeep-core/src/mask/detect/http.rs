//! Credentials on the way to a server: `Authorization` headers, `curl -u`.

use std::ops::Range;

use super::assignment::is_literal_secret;
use crate::mask::check::{base64, entropy};
use crate::mask::window::{CONTEXT_BYTES, Window};
use threadkeep_scan::Class;

/// Longest credential, in bytes.
const VALUE_BYTES: usize = 2048;

/// Shortest token that stands in the place of a user, in bytes.
const TOKEN_BYTES: usize = 12;

/// `Basic` and base64 of `user:password`; triggered by the scheme and its space.
pub(in crate::mask) fn basic(window: &Window<'_>, anchor: Range<usize>) -> Option<Range<usize>> {
    let start = anchor.end;
    let len = window.run(start, VALUE_BYTES, const { &Class::BASE64.or(b"=") });
    let decoded = base64::decode(window.slice(start, start + len));
    let is_pair = decoded.contains(&b':') && decoded.iter().all(|byte| !byte.is_ascii_control());
    (len >= 8 && is_pair && window.word_ends(start + len)).then_some(start..start + len)
}

/// A token behind a scheme (`Bearer`, `Token`, `ApiKey`); triggered by the scheme and its space.
pub(in crate::mask) fn bearer(window: &Window<'_>, anchor: Range<usize>) -> Option<Range<usize>> {
    let start = anchor.end;
    let len = window.run(start, VALUE_BYTES, const { &Class::BASE64URL.or(b"+/=.~:@") });
    let token = window.slice(start, start + len);
    let end = start + token.iter().rposition(|byte| *byte != b'.').map_or(0, |last| last + 1);
    let token = window.slice(start, end);
    let digits = token.iter().filter(|byte| byte.is_ascii_digit()).count();
    (token.len() >= 15 && digits > 1 && entropy::is_random(token, 2.8)).then_some(start..end)
}

/// `curl -u user:password`, `--user`; triggered by the option and its space. The span is the password, or the user where
/// that is a token: `curl -u token:`.
pub(in crate::mask) fn user_option(window: &Window<'_>, anchor: Range<usize>) -> Option<Range<usize>> {
    let spaces = window.run(anchor.end, 3, const { &Class::of(b" ") });
    let mut at = anchor.end + spaces;
    let quote = window.at(at).filter(|byte| matches!(byte, b'"' | b'\''));
    at += usize::from(quote.is_some());
    let user = window.run(at, 128, user_part(quote));
    if window.at(at + user) != Some(b':') {
        return None;
    }
    let start = at + user + 1;
    let inner = if quote.is_none() { window.at(start).filter(|byte| matches!(byte, b'"' | b'\'')) } else { None };
    let start = start + usize::from(inner.is_some());
    let len = window.run(start, 256, password_part(quote.or(inner)));
    let password = window.slice(start, start + len);
    let called = window.back(anchor.start, CONTEXT_BYTES).windows(4).any(|part| part == b"curl" || part == b"wget");
    if len == 0 {
        let closed = start + usize::from(quote.is_some() && window.at(start) == quote);
        let ends = inner.is_none() && window.at(closed).is_none_or(|byte| byte.is_ascii_whitespace());
        let is_token = user >= TOKEN_BYTES && is_literal_secret(window.slice(at, at + user));
        return (called && ends && is_token).then_some(at..at + user);
    }
    let typed = password.iter().any(u8::is_ascii_digit) && password.iter().any(u8::is_ascii_alphabetic) && len >= 8;
    let plain = !matches!(password.first(), None | Some(b'$' | b'{' | b'<' | b'%' | b'/' | b'*'))
        && window.at(at) != Some(b'<');
    let word = password.iter().all(u8::is_ascii_lowercase);
    (plain && !word && len >= 3 && (called || typed) && !entropy::has_filler(password)).then_some(start..start + len)
}

/// What a user's name is made of, up to its colon: anything but the quote around it and a line break, or a shell's word.
const fn user_part(quote: Option<u8>) -> &'static Class {
    match quote {
        Some(b'"') => const { &Class::of(b"\"\n:").not() },
        Some(_) => const { &Class::of(b"'\n:").not() },
        None => const { &Class::SPACE.or(b"\"'\\`[):").not() },
    }
}

/// The same for a password, which may hold colons.
const fn password_part(quote: Option<u8>) -> &'static Class {
    match quote {
        Some(b'"') => const { &Class::of(b"\"\n").not() },
        Some(_) => const { &Class::of(b"'\n").not() },
        None => const { &Class::SPACE.or(b"\"'\\`[)").not() },
    }
}
