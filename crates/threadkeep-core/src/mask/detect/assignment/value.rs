//! The value: where it ends, and whether it looks like a secret.

use std::ops::Range;

use super::looks::{
    SOUP_BYTES, has_mark, is_code, is_form_text, is_loose_token, is_marked, is_placeholder, is_plain_word,
    is_reference, is_soup, is_spelled, is_token, is_version,
};
use super::name::{Name, Strength, contains};
use super::operator::{APART, ATTRIBUTE, Opening};
use crate::mask::check::entropy;
use crate::mask::window::Window;
use threadkeep_scan::Class;

/// Longest value, in bytes. Longer ones are documents; tokens of known issuers have rules of their own.
const VALUE_BYTES: usize = 1024;

/// Shortest password and shortest token, in bytes.
const PASSWORD_BYTES: usize = 5;
pub(super) const TOKEN_BYTES: usize = 10;

/// Shortest token that only its issuer's name tells of, in bytes, and what it is made of.
const ISSUED_BYTES: usize = 20;
const ISSUED: Class = Class::ALNUM.or(b"_+/=-");

pub(super) fn read(window: &Window<'_>, opening: &Opening) -> Option<Range<usize>> {
    let start = opening.value;
    let end = match opening.quote {
        Some(quote) => quoted_end(window, start, quote, opening.escapes)?,
        None => soup_end(window, start, opening).unwrap_or_else(|| start + window.run(start, VALUE_BYTES + 1, &BARE)),
    };
    let typed = opening.by_line || opening.operator == "=" && !opening.spaced;
    let end = if opening.quote.is_none() { trim(window, start, end, typed) } else { end };
    (end > start && end - start <= VALUE_BYTES).then_some(start..end)
}

/// End of a line that is one value of many signs: a configuration file needs no quotes for it.
fn soup_end(window: &Window<'_>, start: usize, opening: &Opening) -> Option<usize> {
    if !matches!(opening.operator, "=" | ":" | ":=") {
        return None;
    }
    let len = window.run(start, SOUP_BYTES + 1, const { &Class::SPACE.not() });
    let quote = usize::from(matches!(window.slice(start, start + len).last(), Some(b'"' | b'\'' | b'`')));
    let text = window.slice(start, start + len - quote);
    let ends = matches!(window.at(start + len), None | Some(b'\n' | b'\r'));
    (ends && is_soup(text) && text.last() != Some(&b';')).then_some(start + len - quote)
}

/// Index of the closing quote, or the end of a text that was cut off within one word.
fn quoted_end(window: &Window<'_>, start: usize, quote: u8, escapes: usize) -> Option<usize> {
    let mut at = start;
    while at - start <= VALUE_BYTES {
        let Some(byte) = window.at(at) else {
            return (window.run(start, VALUE_BYTES + 1, &BARE) == at - start).then_some(at);
        };
        if byte == b'\n' {
            return None;
        }
        if byte == quote {
            let before = window.slice(start, at).iter().rev().take_while(|byte| **byte == b'\\').count();
            // In JSON within JSON, more backslashes write a quote of the value.
            if (before.saturating_sub(escapes) / (escapes + 1)).is_multiple_of(2) {
                return Some(at - escapes.min(before));
            }
        }
        let escaped_quote = byte == b'\\' && escapes == 0 && window.at(at + 1).is_some();
        at += 1 + usize::from(escaped_quote);
    }
    None
}

/// A value without quotes ends at white space or at what ends a statement or a field.
const BARE: Class = Class::SPACE.or_of(Class::CONTROL).or(b"\"'`,;<>)|&\\").not();

/// Without what ends a sentence or a list. What was typed behind `=` may end in a sign of its own.
fn trim(window: &Window<'_>, start: usize, end: usize, typed: bool) -> usize {
    let mut end = end;
    let ends: &[u8] = if typed { b".:}]" } else { b".:}]!?" };
    while end > start && window.slice(end - 1, end).iter().all(|byte| ends.contains(byte)) {
        let open = match window.slice(end - 1, end) {
            b"}" => b'{',
            b"]" => b'[',
            _ => 0,
        };
        if open != 0 && window.slice(start, end).contains(&open) {
            break;
        }
        end -= 1;
    }
    end
}

/// The value of a name without operator: `acme SECRET a8f…`, `acmeKEY-a8f…`. It must look random beyond doubt.
pub(super) fn beside(window: &Window<'_>, name: &Name<'_>) -> Option<Range<usize>> {
    let tail = window.slice(name.tail.start, name.tail.end);
    let glued = tail.iter().position(|byte| matches!(byte, b'-' | b'.')).map(|at| name.tail.start + at + 1);
    let spaced = tail.len() < 12 && window.at(name.tail.end) == Some(b' ');
    let start = match glued {
        Some(start) if !name.head.is_empty() && starts_drawn(window.slice(start, name.tail.end)) => start,
        _ if spaced => name.tail.end + 1,
        _ => return None,
    };
    let quote = usize::from(matches!(window.at(start), Some(b'"' | b'\'')));
    let start = start + quote;
    let len = window.run(start, VALUE_BYTES + 1, &BARE);
    let end = trim(window, start, start + len, false);
    let value = window.slice(start, end);
    if name.strength == Strength::Password && spaced && is_login(window, name, value) {
        return Some(start..end);
    }
    if name.strength == Strength::Issuer {
        return (value.len() >= 24 && is_issued(value)).then_some(start..end);
    }
    let beyond_doubt = value.len() >= 15
        && value.len() <= VALUE_BYTES
        && is_token_of(window, name, value)
        && !value.contains(&b'(')
        && !value.contains(&b'/');
    (beyond_doubt && !is_reference(value)).then_some(start..end)
}

/// No further word comes first: `acme-key-prod-…` says more about itself than this rule knows.
fn starts_drawn(text: &[u8]) -> bool {
    let first = text.split(|byte| matches!(byte, b'-' | b'.' | b'_')).next().unwrap_or_default();
    first.len() >= 16 || first.iter().any(u8::is_ascii_digit)
}

/// `machine … login … password …` of a `.netrc`.
fn is_login(window: &Window<'_>, name: &Name<'_>, value: &[u8]) -> bool {
    let typed = value.iter().any(u8::is_ascii_digit) && value.iter().any(u8::is_ascii_alphabetic);
    // The login may be an e-mail address, which is a placeholder by then.
    let named = |before: &[u8]| contains(before, b"login ") || before == b" ";
    typed
        && named(window.back(name.word.start, 64))
        && (PASSWORD_BYTES..=128).contains(&value.len())
        && !is_reference(value)
}

pub(super) fn is_secret(window: &Window<'_>, name: &Name<'_>, opening: &Opening, value: &Range<usize>) -> bool {
    let text = window.slice(value.start, value.end);
    // First of all: most values of such names are words and calls.
    if name.strength != Strength::Password && is_spelled(text) {
        return false;
    }
    let bare_soup = matches!(opening.operator, "=" | ":" | ":=") && text.last() != Some(&b';');
    if name.strength != Strength::Issuer && (opening.quote.is_some() || bare_soup) && is_soup(text) {
        return true;
    }
    if is_placeholder(text) || is_reference(text) {
        return false;
    }
    // `username 'ann' password 'password'` says what it is.
    if name.strength == Strength::Password
        && opening.operator == APART
        && opening.quote.is_some()
        && text.len() >= PASSWORD_BYTES
        && text.iter().all(u8::is_ascii_alphanumeric)
        && name.follows_quoted_user(window)
    {
        return true;
    }
    // `password: password1` names a variable, `pkpass: "pkpass"` a type.
    if name.is_repeated_in(window, text) {
        return false;
    }
    // `a == b` compares; only a literal can be the secret.
    let quoted = opening.quote.is_some();
    if !quoted && matches!(opening.operator, "==" | "===" | "!=" | "!==" | "(" | "," | "||" | "->" | "::") {
        return false;
    }
    match name.strength {
        Strength::Password if opening.operator == ATTRIBUTE => text.len() >= 8 && !entropy::has_filler(text),
        Strength::Password => is_password(window, name, opening, value),
        Strength::Secret => {
            text.len() >= TOKEN_BYTES && is_token_of(window, name, text) && !is_code(text, quoted, opening.spaced)
        }
        Strength::Issuer => {
            let assigned = matches!(opening.operator, "=" | ":" | ":=" | "=>" | "is");
            assigned && text.len() >= ISSUED_BYTES && is_issued(text)
        }
        Strength::Key => {
            let least = match name.head.is_empty() {
                // `Authorization: …` without a scheme: anything may stand there, a token is long.
                _ if name.is_authorization(window) => 20,
                true => 16,
                false => TOKEN_BYTES,
            };
            text.len() >= least
                && is_token_of(window, name, text)
                && !is_code(text, quoted, opening.spaced)
                && (!name.head.is_empty() || entropy::shannon(text) >= 3.0)
        }
    }
}

/// Anything a person would type, unless it is a word of a form or of a program.
fn is_password(window: &Window<'_>, name: &Name<'_>, opening: &Opening, value: &Range<usize>) -> bool {
    let text = window.slice(value.start, value.end);
    let quoted = opening.quote.is_some();
    let beside_user = || matches!(opening.operator, "=" | ":" | "=>") && name.follows_user(window);
    // Between quotes or typed right behind `=`, and no member of something (`user.password`).
    let is_given = quoted || opening.operator == "=" && !opening.spaced && !name.is_member();
    if !may_be_typed(text, is_given && beside_user()) {
        return false;
    }
    let has_digit = text.iter().any(u8::is_ascii_digit);
    let has_sign = has_sign(text);
    if opening.operator != "=>" && is_typed(window, value, quoted) && beside_user() {
        return true;
    }
    if quoted {
        let is_named = !matches!(opening.operator, APART | ",");
        return has_digit || has_sign || is_token(text) || is_named && is_plain_word(text);
    }
    if is_code(text, false, opening.spaced) {
        return false;
    }
    has_digit
        || has_sign && !name.is_short(window)
        || !opening.spaced && matches!(opening.operator, "=") && is_plain_word(text)
}

/// No text of a form, version or sample, and long enough for a password.
pub(super) fn may_be_typed(text: &[u8], beside_user: bool) -> bool {
    (PASSWORD_BYTES..=128).contains(&text.len())
        && !is_form_text(text, beside_user)
        && !is_version(text)
        && !entropy::has_filler(text)
        && text.iter().filter(|byte| byte.is_ascii_alphanumeric()).count() >= 3
}

/// A sign that stands in no name.
pub(super) fn has_sign(text: &[u8]) -> bool {
    text.iter().any(|byte| !byte.is_ascii_alphanumeric() && !matches!(byte, b'_' | b'.' | b'-' | b' ' | b':'))
}

/// Words that may stand beside a user's name: quoted, or the whole rest of a line or field.
fn is_typed(window: &Window<'_>, value: &Range<usize>, quoted: bool) -> bool {
    let words = window.slice(value.start, value.end);
    let ends = quoted || matches!(window.at(value.end), None | Some(b'\n' | b'\r' | b';' | b'"' | b'\''));
    // Between quotes, an identifier names something; words are what they are.
    let joint: &[u8] = if quoted { b" " } else { b"_-" };
    ends && words.iter().all(|byte| byte.is_ascii_alphanumeric() || joint.contains(byte))
}

/// What stands beside an issuer's name may be anything: only what is nothing but a token counts.
fn is_issued(text: &[u8]) -> bool {
    ISSUED.has_all(text) && !has_mark(text) && is_token(text) && entropy::is_random(text, 3.0)
}

/// Cheap: a bare token goes on for a while, and has no padding yet.
pub(super) fn may_start(window: &Window<'_>, start: usize) -> bool {
    window.run(start, TOKEN_BYTES, const { &Class::of(b"!-<>-~") }) == TOKEN_BYTES
}

/// A token; where its owner is named, a less likely one will do.
fn is_token_of(window: &Window<'_>, name: &Name<'_>, text: &[u8]) -> bool {
    // `keyChars = "abc…xyz"` names an alphabet.
    let is_alphabet = window.at(name.tail.start).is_some_and(|byte| byte.is_ascii_alphabetic())
        && entropy::longest_sequence(text) >= 12;
    is_token(text)
        || text.len() >= 16 && !is_alphabet && !is_marked(text) && is_loose_token(text) && name.names_owner(window)
}
