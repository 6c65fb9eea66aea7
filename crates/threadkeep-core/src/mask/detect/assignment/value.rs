//! The value: where it ends, and whether it looks like a secret.

use std::ops::Range;

use super::name::{Name, Strength, contains};
use super::operator::{ATTRIBUTE, Opening};
use crate::mask::check::entropy;
use crate::mask::window::Window;

/// Longest value, in bytes. Longer ones are documents; tokens of known issuers have rules of their own.
const VALUE_BYTES: usize = 512;

/// Longest value of signs, in bytes.
const SOUP_BYTES: usize = 64;

/// Shortest password and shortest token, in bytes.
const PASSWORD_BYTES: usize = 5;
const TOKEN_BYTES: usize = 10;

pub(super) fn read(window: &Window<'_>, opening: &Opening) -> Option<Range<usize>> {
    let start = opening.value;
    let end = match opening.quote {
        Some(quote) => quoted_end(window, start, quote, opening.escapes)?,
        None => soup_end(window, start, opening).unwrap_or_else(|| start + window.run(start, VALUE_BYTES + 1, is_bare)),
    };
    let end = trim(window, start, end, opening.quote.is_none());
    (end > start && end - start <= VALUE_BYTES).then_some(start..end)
}

/// End of a line that is one value of many signs: a configuration file needs no quotes for it.
fn soup_end(window: &Window<'_>, start: usize, opening: &Opening) -> Option<usize> {
    if !matches!(opening.operator, "=" | ":" | ":=") {
        return None;
    }
    let len = window.run(start, SOUP_BYTES + 1, |byte| !byte.is_ascii_whitespace());
    let quote = usize::from(matches!(window.slice(start, start + len).last(), Some(b'"' | b'\'' | b'`')));
    let text = window.slice(start, start + len - quote);
    let ends = matches!(window.at(start + len), None | Some(b'\n' | b'\r'));
    (ends && is_soup(text) && text.last() != Some(&b';')).then_some(start + len - quote)
}

/// Index of the closing quote.
fn quoted_end(window: &Window<'_>, start: usize, quote: u8, escapes: usize) -> Option<usize> {
    let mut at = start;
    while at - start <= VALUE_BYTES {
        let byte = window.at(at)?;
        if byte == b'\n' {
            return None;
        }
        if byte == quote {
            return Some(at - escapes.min(at - start));
        }
        let escaped_quote = byte == b'\\' && escapes == 0 && window.at(at + 1).is_some();
        at += 1 + usize::from(escaped_quote);
    }
    None
}

/// A value without quotes ends at white space or at what ends a statement or a field.
fn is_bare(byte: u8) -> bool {
    !byte.is_ascii_whitespace()
        && !byte.is_ascii_control()
        && !matches!(byte, b'"' | b'\'' | b'`' | b',' | b';' | b'<' | b'>' | b')' | b'|' | b'&' | b'\\')
}

fn trim(window: &Window<'_>, start: usize, end: usize, bare: bool) -> usize {
    let mut end = end;
    while bare && end > start && matches!(window.slice(end - 1, end), b"." | b":" | b"}" | b"]" | b"!" | b"?") {
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
    let glued = tail.iter().position(|byte| matches!(byte, b'-' | b'.' | b'_')).map(|at| name.tail.start + at + 1);
    let spaced = tail.len() < 12 && window.at(name.tail.end) == Some(b' ');
    let start = match glued {
        Some(start) if is_token(window.slice(start, name.tail.end)) => start,
        _ if spaced => name.tail.end + 1,
        _ => return None,
    };
    let quote = usize::from(matches!(window.at(start), Some(b'"' | b'\'')));
    let start = start + quote;
    let len = window.run(start, VALUE_BYTES + 1, is_bare);
    let end = trim(window, start, start + len, true);
    let value = window.slice(start, end);
    let glued = glued == Some(start);
    if name.strength == Strength::Password && spaced && is_login(window, name, value) {
        return Some(start..end);
    }
    let beyond_doubt = value.len() >= 16
        && value.len() <= VALUE_BYTES
        && is_token_of(window, name, value)
        && (!glued || name.has_issuer(window))
        && !value.contains(&b'(')
        && !value.contains(&b'/');
    (beyond_doubt && !is_reference(value)).then_some(start..end)
}

/// `machine … login … password …` of a `.netrc`.
fn is_login(window: &Window<'_>, name: &Name<'_>, value: &[u8]) -> bool {
    let before = window.back(name.word.start, 64);
    let typed = value.iter().any(u8::is_ascii_digit) && value.iter().any(u8::is_ascii_alphabetic);
    contains(before, b"login ") && typed && (PASSWORD_BYTES..=128).contains(&value.len()) && !is_reference(value)
}

pub(super) fn is_secret(window: &Window<'_>, name: &Name<'_>, opening: &Opening, value: &Range<usize>) -> bool {
    let text = window.slice(value.start, value.end);
    let bare_soup = matches!(opening.operator, "=" | ":" | ":=") && text.last() != Some(&b';');
    if (opening.quote.is_some() || bare_soup) && is_soup(text) {
        return true;
    }
    if is_placeholder(text) || is_reference(text) {
        return false;
    }
    // `a == b` compares; only a literal can be the secret.
    let quoted = opening.quote.is_some();
    if !quoted && matches!(opening.operator, "==" | "===" | "!=" | "!==" | "(" | "," | "||" | "->" | "::") {
        return false;
    }
    match name.strength {
        Strength::Password if opening.operator == ATTRIBUTE => text.len() >= 8 && !entropy::has_filler(text),
        Strength::Password => is_password(text, quoted, opening),
        Strength::Secret => text.len() >= TOKEN_BYTES && is_token(text) && !is_code(text, quoted),
        Strength::Key => {
            let least = if name.head.is_empty() { 16 } else { TOKEN_BYTES };
            text.len() >= least
                && is_token_of(window, name, text)
                && !is_code(text, quoted)
                && (!name.head.is_empty() || entropy::shannon(text) >= 3.0)
        }
        Strength::Issuer => text.len() >= 16 && !has_mark(text) && is_loose_token(text) && !is_code(text, quoted),
    }
}

/// A literal that someone compares a password with.
pub(super) fn is_literal_secret(text: &[u8]) -> bool {
    is_soup(text) || !is_placeholder(text) && !is_reference(text) && is_token(text)
}

/// Signs of so many kinds that no template looks like it.
fn is_soup(text: &[u8]) -> bool {
    let mut kinds = [false; 128];
    for byte in text.iter().filter(|byte| byte.is_ascii_punctuation()) {
        kinds[usize::from(*byte)] = true;
    }
    let letters = text.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    kinds.iter().filter(|kind| **kind).count() >= 9 && letters >= 8 && text.len() <= SOUP_BYTES && !text.contains(&b' ')
}

/// Anything a person would type, unless it is a word of a form or of a program.
fn is_password(text: &[u8], quoted: bool, opening: &Opening) -> bool {
    if text.len() < PASSWORD_BYTES
        || text.len() > 128
        || is_form_text(text)
        || entropy::has_filler(text)
        || text.iter().filter(|byte| byte.is_ascii_alphanumeric()).count() < 3
    {
        return false;
    }
    let has_digit = text.iter().any(u8::is_ascii_digit);
    let has_sign = text.iter().any(|byte| !byte.is_ascii_alphanumeric() && !matches!(byte, b'_' | b'.' | b'-' | b' '));
    if quoted {
        return has_digit || has_sign || is_plain_word(text);
    }
    if is_code(text, false) {
        return false;
    }
    has_digit || has_sign || !opening.spaced && matches!(opening.operator, "=") && is_plain_word(text)
}

/// One word in lower case, or camel case of some length.
fn is_plain_word(text: &[u8]) -> bool {
    text.len() >= 6
        && text.iter().all(u8::is_ascii_alphabetic)
        && text.iter().any(u8::is_ascii_lowercase)
        && !text.first().is_some_and(u8::is_ascii_uppercase)
}

/// Labels, messages, types and states that stand beside a password field.
fn is_form_text(text: &[u8]) -> bool {
    const WORDS: &[&str] = &[
        "passw",
        "pwd",
        "required",
        "invalid",
        "enter",
        "string",
        "hidden",
        "optional",
        "default",
        "forgot",
        "reset",
        "confirm",
        "change",
        "current",
        "field",
        "input",
        "error",
        "label",
        "valid",
        "undefined",
        "boolean",
        "secret",
        "number",
        "process.env",
        "true",
        "false",
        "login",
        "prompt",
        "incorrect",
        "minimum",
        "must",
        "please",
        "none",
        "null",
        "fake",
        "value",
    ];
    let has_digit = text.iter().any(u8::is_ascii_digit);
    let spaces = text.iter().filter(|byte| **byte == b' ').count();
    let lower = text.to_ascii_lowercase();
    !has_digit && WORDS.iter().any(|word| contains(&lower, word.as_bytes()))
        || spaces > 2
        || text.contains(&b':') && spaces > 0
}

/// Cheap: most values are no token. Sixteen characters of one, among them a digit or no sign at all.
pub(super) fn starts_token(window: &Window<'_>, start: usize) -> bool {
    window.run(start, 16, |byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'=' | b'+' | b'/' | b'.' | b'%' | b':')
    }) == 16
}

/// Cheap: a bare token goes on for a while, and has no padding yet.
pub(super) fn may_start(window: &Window<'_>, start: usize) -> bool {
    window.run(start, TOKEN_BYTES, |byte| byte.is_ascii_graphic() && byte != b'=') == TOKEN_BYTES
}

/// A token; beside the name of an issuer, a less likely one will do.
fn is_token_of(window: &Window<'_>, name: &Name<'_>, text: &[u8]) -> bool {
    is_token(text) || text.len() >= 16 && !is_marked(text) && is_loose_token(text) && name.has_issuer(window)
}

/// Starts with a mark of its own (`vtwn_…`, `AQ.…`): its issuer has a rule, which has refused it.
fn is_marked(text: &[u8]) -> bool {
    has_mark(text) && entropy::longest_sequence(text) >= 6
}

fn has_mark(text: &[u8]) -> bool {
    let mark = text.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    matches!(mark, 2..=6) && matches!(text.get(mark), Some(b'_' | b'.'))
}

/// As [`is_token`], but the alphabet in order and letters alone are let through.
fn is_loose_token(text: &[u8]) -> bool {
    let digits = text.iter().filter(|byte| byte.is_ascii_digit()).count();
    let signs = text
        .iter()
        .filter(|byte| {
            !byte.is_ascii_alphanumeric() && !matches!(byte, b'-' | b'_' | b'=' | b'+' | b'/' | b'.' | b'%' | b':')
        })
        .count();
    let letters_alone = digits == 0 && text.len() >= 20 && signs == 0;
    signs == 0
        && !text.ends_with(b"--")
        && (digits > 1 || letters_alone)
        && !is_words(text)
        && !is_path(text)
        && entropy::is_random(text, 2.5)
}

/// Looks drawn at random: digits among letters, or a long mix of cases; not words, not a number, not a path.
fn is_token(text: &[u8]) -> bool {
    let digits = text.iter().filter(|byte| byte.is_ascii_digit()).count();
    let letters = text.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    let mixed = text.iter().any(u8::is_ascii_uppercase) && text.iter().any(u8::is_ascii_lowercase);
    if text.iter().any(|byte| byte.is_ascii_whitespace() || *byte >= 0x80) || digits + letters < text.len() / 2 {
        return false;
    }
    let drawn = digits > 0 && letters > 0 || mixed && letters >= 20 && entropy::shannon(text) >= 4.0 || digits >= 24;
    // An exclamation mark belongs to a password or a sentence.
    let exclaims = text.contains(&b'!') && entropy::shannon(text) < 4.0;
    drawn
        && !exclaims
        && !is_words(text)
        && entropy::is_random(text, 2.6)
        && entropy::longest_sequence(text) < 12
        && !is_path(text)
        && entropy::longest_sequence(text) < 12
}

/// Words and numbers with separators or in camel case: `my-secret-name-1`, `us-east-1`, `GetTokenOptions`.
fn is_words(text: &[u8]) -> bool {
    text.split(|byte| !byte.is_ascii_alphanumeric())
        .filter(|part| !part.is_empty())
        .all(|part| is_word(part) || is_camel(part))
}

/// Letters of one case, then a few digits; or digits alone.
fn is_word(part: &[u8]) -> bool {
    let letters = part.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let (word, digits) = part.split_at(letters);
    let one_case = word.iter().skip(1).all(u8::is_ascii_lowercase) || word.iter().all(u8::is_ascii_uppercase);
    let most_digits = if letters == 0 { 12 } else { 5 };
    part.len() <= 19
        && digits.len() <= most_digits
        && digits.iter().all(u8::is_ascii_digit)
        && (one_case || letters < 3)
}

/// Humps of three letters and more on average, hardly a digit.
fn is_camel(part: &[u8]) -> bool {
    let digits = part.iter().filter(|byte| byte.is_ascii_digit()).count();
    let starts = part.windows(2).filter(|pair| !pair[0].is_ascii_uppercase() && pair[1].is_ascii_uppercase()).count();
    let vowels = part.iter().filter(|byte| b"aeiouyAEIOUY".contains(byte)).count();
    digits <= 2 && starts > 0 && part.len() >= 3 * (starts + 1) && vowels * 5 >= part.len()
}

/// Segments with a plain word among them: `prod/app/4f3a91c2`.
fn is_path(text: &[u8]) -> bool {
    let is_plain = |part: &[u8]| part.len() >= 4 && part.iter().all(|byte| byte.is_ascii_lowercase() || *byte == b'-');
    text.contains(&b'/') && text.split(|byte| *byte == b'/').any(is_plain)
}

/// Source text: a call, a member, an index, a type.
fn is_code(text: &[u8], quoted: bool) -> bool {
    if quoted {
        return text.contains(&b'(') && text.contains(&b')');
    }
    let call = text.contains(&b'(') || text.contains(&b'[') || text.contains(&b'{');
    let member = text.split(|byte| *byte == b'.').count() > 1 && text.split(|byte| *byte == b'.').all(is_identifier);
    call || member
}

fn is_identifier(text: &[u8]) -> bool {
    text.first().is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_')
        && text.len() < 24
        && text.iter().filter(|byte| byte.is_ascii_digit()).count() <= 2
}

/// A stand-in that documentation uses.
fn is_placeholder(text: &[u8]) -> bool {
    const WORDS: &[&str] = &[
        "example",
        "your",
        "placeholder",
        "insert",
        "changeme",
        "redacted",
        "dummy",
        "xxxx",
        "****",
        "....",
        "####",
        "todo",
        "replace",
        "base64",
    ];
    let lower = text.to_ascii_lowercase();
    WORDS.iter().any(|word| contains(&lower, word.as_bytes()))
}

/// A variable, a template, a file, an address: it names the secret and is none.
fn is_reference(text: &[u8]) -> bool {
    let first = text.first().copied().unwrap_or(b' ');
    let template =
        matches!(first, b'$' | b'<' | b'{' | b'%' | b'&' | b'@' | b'#' | b'*' | b'+' | b'/' | b'~' | b'(' | b'[');
    let inner =
        [&b"${"[..], b"{{", b"$(", b"://", b"%(", b"<%", b"#{", b"process.env", b"os.environ", b"getenv", b"ENV["]
            .iter()
            .any(|part| contains(text, part));
    // A constant of a graphics or system interface.
    let constant = text.starts_with(b"0x") && text.len() < 24;
    template || inner || constant
}
