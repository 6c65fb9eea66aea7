//! E-mail addresses: a local part, `@`, a domain (RFC 5321 lengths, the unquoted local part people use).

use std::ops::Range;

use crate::mask::window::Window;
use threadkeep_scan::Class;

/// RFC 5321, 4.5.3.1.1.
const LOCAL_BYTES: usize = 64;

/// RFC 5321, 4.5.3.1.2.
const DOMAIN_BYTES: usize = 255;

/// How far behind a host the path of a git remote is read, in bytes.
const PATH_BYTES: usize = 128;

/// Triggered by the `@`.
pub(in crate::mask) fn find(window: &Window<'_>, anchor: Range<usize>) -> Option<Range<usize>> {
    let at = anchor.start;
    let local = local(window.back(at, LOCAL_BYTES))?;
    let start = at - local;
    if matches!(window.before(start), Some(b'/' | b'@' | b':' | b'}' | b'$')) && is_url_userinfo(window, start) {
        return None;
    }
    let end = domain_end(window, at + 1)?;
    // `user@host:path` is a git remote, `name@1.2.3` a package.
    let domain = window.slice(at, end);
    (!is_remote(window, end) && !is_service_account(domain) && !is_picture(domain)).then_some(start..end)
}

/// Length of the local part that ends the bytes.
fn local(before: &[u8]) -> Option<usize> {
    let mut len = 0;
    loop {
        match before.get(..before.len() - len)? {
            [.., byte] if is_local(*byte) => len += 1,
            [.., lead, _] if is_latin(*lead) => len += 2,
            _ => break,
        }
    }
    while len > 0 && matches!(before[before.len() - len], b'.' | b'-' | b'\'') {
        len -= 1;
    }
    // The letter of an escape (`\n`) belongs to the escape.
    if len > 1
        && len < before.len()
        && before[before.len() - len - 1] == b'\\'
        && matches!(before[before.len() - len], b'n' | b't' | b'r')
    {
        len -= 1;
    }
    let last = before.last()?;
    (len > 0 && *last != b'.').then_some(len)
}

/// First byte of a Latin letter beyond ASCII, U+00C0 to U+024F: `müller`. Letters of scripts without spaces would take the
/// words before the address along.
fn is_latin(lead: u8) -> bool {
    matches!(lead, 0xc3..=0xc9)
}

fn is_local(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'%' | b'+' | b'-' | b'\'')
}

/// `scheme://user@host`, `scheme://user:…@host`: the name of an account in an address, not a mailbox.
fn is_url_userinfo(window: &Window<'_>, start: usize) -> bool {
    let before = window.back(start, LOCAL_BYTES + 3);
    let user =
        before.iter().rev().take_while(|byte| is_local(**byte) || matches!(byte, b':' | b'$' | b'{' | b'}')).count();
    let with_colon = before.get(before.len() - user..).unwrap_or_default();
    let slashes = with_colon.first() != Some(&b':')
        && before.get(..before.len() - user).is_some_and(|rest| rest.ends_with(b"://"));
    slashes || before.ends_with(b"://") || window.before(start) == Some(b'@')
}

/// End of the longest domain from `start`: labels and a top-level label of letters, or punycode.
fn domain_end(window: &Window<'_>, start: usize) -> Option<usize> {
    let mut at = start;
    let mut end = None;
    let mut labels = 0;
    while at - start < DOMAIN_BYTES {
        let len = label(window, at);
        if len == 0 {
            break;
        }
        labels += 1;
        if labels > 1 && is_top_level(window.slice(at, at + len)) {
            end = Some(at + len);
        }
        if window.at(at + len) != Some(b'.') {
            break;
        }
        at += len + 1;
    }
    end.filter(|end| !matches!(window.at(*end), Some(b'_' | b'@')))
}

/// A label: letters, digits and inner hyphens, at most 63.
fn label(window: &Window<'_>, start: usize) -> usize {
    let run = window.run(start, 64, const { &Class::ALNUM.or(b"-") });
    let label = window.slice(start, start + run);
    let len = label.iter().rposition(|byte| *byte != b'-').map_or(0, |last| last + 1);
    if run > 63 || label.first() == Some(&b'-') { 0 } else { len }
}

fn is_top_level(label: &[u8]) -> bool {
    label.starts_with(b"xn--") || label.len() >= 2 && label.iter().all(u8::is_ascii_alphabetic)
}

/// The name of a program in Google's cloud: no one reads mail there.
fn is_service_account(domain: &[u8]) -> bool {
    domain.ends_with(b".gserviceaccount.com")
}

/// `git@host:owner/repository`: a path follows, and no password.
fn is_remote(window: &Window<'_>, end: usize) -> bool {
    if window.at(end) != Some(b':') {
        return false;
    }
    let path = window.run(end + 1, PATH_BYTES, const { &Class::ALNUM.or(b"_.~/-") });
    window.slice(end + 1, end + 1 + path).contains(&b'/')
}

/// `logo@2x.png`: a picture for screens of twice as many dots.
fn is_picture(domain: &[u8]) -> bool {
    matches!(domain, [_, digit, b'x', b'.', ..] if digit.is_ascii_digit())
}
