//! Between a name and its value: closing quotes, an operator, opening quotes.

use std::ops::Range;

use super::name::{Name, Strength, contains};
use crate::mask::window::Window;
use threadkeep_scan::Class;

/// Most white space on either side of an operator, in bytes: a line break and an indentation.
const SPACE_BYTES: usize = 24;

/// Most further words between the name and the operator (`token string =`, `password for admin:`), in bytes.
const WORDS_BYTES: usize = 32;

/// Operators, longest first.
const OPERATORS: [&str; 22] = [
    ":::=", "===", "!==", "::=", ":=", "=>", "->", "==", "!=", ".=", "?=", "+=", "||", "::", "=", ":", ">", ",", "(",
    "]=", ")=", "\u{2192}",
];

/// Stands for the operator when name and value are two attributes.
pub(super) const ATTRIBUTE: &str = "value";

/// Stands for the operator when there is none but a space: `PASSWORD '…'`, `--token …`.
pub(super) const APART: &str = " ";

/// Where a value starts, and what must end it.
#[derive(Debug)]
pub(super) struct Opening {
    pub(super) value: usize,
    pub(super) quote: Option<u8>,
    /// The quote is written with this many backslashes before it.
    pub(super) escapes: usize,
    pub(super) operator: &'static str,
    /// White space before the value.
    pub(super) spaced: bool,
    /// It stands behind a hyphen on a line of its own, the first of a list: `tokens:` and `- …`.
    pub(super) by_line: bool,
}

impl Opening {
    pub(super) fn read(window: &Window<'_>, name: &Name<'_>) -> Option<Self> {
        // Prose, mostly: `the key was lost`. None but the last way of writing it is left.
        if name.goes_on_as_prose(window) {
            let (operator, at) = after_words(window, name)?;
            // `Password requirements:` is the title of what follows.
            return Some(Self::after(window, operator, at)).filter(|opening| !opening.by_line);
        }
        let closed = closing(window, name.tail.end);
        let (operator, at) =
            operator(window, closed, name).or_else(|| apart(window, name)).or_else(|| after_words(window, name))?;
        Some(Self::after(window, operator, at))
    }

    /// What opens a value behind an operator that ends at `after`.
    pub(super) fn after(window: &Window<'_>, operator: &'static str, after: usize) -> Self {
        let space = skip_space(window, after);
        let by_line = is_line_break(window.slice(after, space)) && window.starts_with(space, b"- ");
        let start = if by_line { space + 2 } else { space };
        // A call or a list around the value: `String("…")` is not one, `("…")` and `[ "…" ]` are.
        let inner = match window.at(start) {
            Some(b'(' | b'[') => skip_space(window, start + 1),
            _ => start,
        };
        let quote = inner + if inner > start { window.run(inner, 4, const { &Class::of(b"\\") }) } else { 0 };
        let at = if window.at(quote).is_some_and(|byte| Class::QUOTE.has(byte)) { inner } else { start };
        // `b"…"`, `u'…'`, `@"…"`: the prefix of a string literal.
        let prefixed = matches!(window.at(at), Some(b'b' | b'u' | b'r' | b'@' | b'N' | b'f'))
            && matches!(window.at(at + 1), Some(b'"' | b'\''));
        let at = at + usize::from(prefixed);
        let escapes = window.run(at, 4, const { &Class::of(b"\\") });
        let (value, quote, escapes) = match window.at(at + escapes) {
            Some(quote @ (b'"' | b'\'' | b'`')) => (at + escapes + 1, Some(quote), escapes),
            _ => (at, None, 0),
        };
        Self { value, quote, escapes, operator, spaced: start > after, by_line }
    }
}

/// Quotes and brackets that end the name, and white space.
fn closing(window: &Window<'_>, start: usize) -> Range<usize> {
    let len = window.run(start, 6, const { &Class::QUOTE.or(b"`\\])*") });
    start..skip_space(window, start + len)
}

fn operator(window: &Window<'_>, closed: Range<usize>, name: &Name<'_>) -> Option<(&'static str, usize)> {
    let at = closed.end;
    if let Some(attribute) = attribute(window, &closed) {
        return Some(attribute);
    }
    if let Some(after) = after_attributes(window, name) {
        return Some((">", after));
    }
    // Most words are followed by none of them.
    let first = window.at(at)?;
    let operator = OPERATORS
        .into_iter()
        .filter(|operator| operator.as_bytes().first() == Some(&first))
        .find(|operator| window.starts_with(at, operator.as_bytes()))?;
    let after_name = window.slice(closed.start, at);
    let fits = match operator {
        // `f("NAME", "value")`: the name must have been quoted. `secret("value")`: a call.
        "," => {
            !after_name.iter().any(|byte| matches!(byte, b')' | b']'))
                && (!after_name.is_empty() || name.is_constant(window))
        }
        "(" => {
            matches!(name.strength, Strength::Secret | Strength::Password)
                && after_name.is_empty()
                && !window.slice(name.tail.start, at).contains(&b'.')
                // `t.pass("…")`: the verb.
                && !(name.head.ends_with(b".") && name.word.len() == 4)
                && matches!(window.at(at + 1), Some(b'"' | b'\''))
        }
        // `<token>value<`: the name must touch it.
        ">" => Class::QUOTE.has_all(after_name),
        _ => true,
    };
    let after = at + operator.len();
    let after = match operator {
        ":" => after_type(window, after),
        "(" => after_user(window, after),
        _ => None,
    }
    .unwrap_or(after);
    fits.then_some((operator, after))
}

/// `name="password" value="…"`, `"name": "password", "value": "…"`, `variable "password" { default = "…"`.
fn attribute(window: &Window<'_>, closed: &Range<usize>) -> Option<(&'static str, usize)> {
    if !matches!(window.slice(closed.start, closed.end).first(), Some(b'"' | b'\'')) {
        return None;
    }
    let mut at = closed.end;
    if matches!(window.at(at), Some(b',' | b'{')) {
        at = skip_space(window, at + 1);
    }
    at += window.run(at, 1, &Class::QUOTE);
    let word =
        [&b"value"[..], b"default", b"params"].into_iter().find(|word| window.starts_with_ignore_case(at, word))?;
    at += word.len();
    at += window.run(at, 1, &Class::QUOTE);
    at = skip_space(window, at);
    matches!(window.at(at), Some(b'=' | b':')).then_some((ATTRIBUTE, at + 1))
}

/// End of the operator behind a type: `password: String = "…"`.
fn after_type(window: &Window<'_>, start: usize) -> Option<usize> {
    let len = window.run(start, WORDS_BYTES, const { &Class::ALNUM.or(b" _.&<>?'*") });
    let at = start + len;
    let spaced = window.slice(start, at).ends_with(b" ") && len > 2;
    (spaced && window.at(at) == Some(b'=') && window.at(at + 1) == Some(b' ') && window.at(at + 2) == Some(b'"'))
        .then_some(at + 1)
}

/// Start of the second argument: `NetworkCredential("user", "…")`.
fn after_user(window: &Window<'_>, start: usize) -> Option<usize> {
    let quote = window.at(start)?;
    let inner = if quote == b'"' { const { &Class::of(b"\"\n").not() } } else { const { &Class::of(b"'\n").not() } };
    let user = start + 1 + window.run(start + 1, WORDS_BYTES, inner);
    let stands = window.at(user) == Some(quote) && window.at(user + 1) == Some(b',');
    let next = skip_space(window, user + 2);
    (stands && window.at(next) == Some(quote)).then_some(next)
}

/// Behind the attributes of an element: `<pass encoding="base64">`.
fn after_attributes(window: &Window<'_>, name: &Name<'_>) -> Option<usize> {
    let starts = name.opens_element(window);
    let len = window.run(name.tail.end, WORDS_BYTES, const { &Class::of(b"<>\n").not() });
    let at = name.tail.end + len;
    (starts && len > 0 && window.at(at) == Some(b'>')).then_some(at + 1)
}

/// A literal right behind the name of a password, or any word behind an option.
fn apart(window: &Window<'_>, name: &Name<'_>) -> Option<(&'static str, usize)> {
    let at = name.tail.end + window.run(name.tail.end, 4, &Class::BLANK);
    let quote = at + window.run(at, 2, const { &Class::of(b"\\") });
    let is_literal = matches!(window.at(quote), Some(b'"' | b'\''));
    let fits = at > name.tail.end && (name.is_option() || is_literal && name.strength == Strength::Password);
    fits.then_some((APART, at))
}

/// One or two more words, then an operator that cannot be anything else.
fn after_words(window: &Window<'_>, name: &Name<'_>) -> Option<(&'static str, usize)> {
    let len = window.run(name.tail.end, WORDS_BYTES, const { &Class::ALNUM.or(b" \t_.-") });
    let words = window.slice(name.tail.end, name.tail.end + len);
    if words.first() != Some(&b' ') {
        return None;
    }
    let at = name.tail.end + len;
    let at = at + window.run(at, 2, &Class::QUOTE);
    let at = skip_space(window, at);
    // In prose, most words are followed by neither.
    if !matches!(window.at(at), Some(b':' | b'=')) {
        return is(name, words);
    }
    [":::=", "::=", ":=", "=>", "=", ":"]
        .into_iter()
        .find(|operator| window.starts_with(at, operator.as_bytes()))
        .map(|operator| (operator, at + operator.len()))
}

/// `the password is "…"`, `password is …`.
fn is(name: &Name<'_>, words: &[u8]) -> Option<(&'static str, usize)> {
    let rest = words.strip_prefix(b" is")?;
    let spaced = rest.first().is_none_or(|byte| *byte == b' ') || rest.is_empty();
    (spaced && name.strength != Strength::Key).then_some(("is", name.tail.end + 3))
}

/// Space that holds the end of a line, maybe one that is written in JSON or source text.
fn is_line_break(space: &[u8]) -> bool {
    space.contains(&b'\n') || contains(space, b"\\n")
}

pub(super) fn skip_space(window: &Window<'_>, start: usize) -> usize {
    let mut at = start;
    while at - start < SPACE_BYTES {
        match window.at(at) {
            Some(b' ' | b'\t' | b'\n' | b'\r') => at += 1,
            // A line break written in JSON or source text.
            Some(b'\\')
                if matches!(window.at(at + 1), Some(b'n' | b't' | b'r'))
                    && (window.at(at + 2).is_some_and(|byte| byte.is_ascii_whitespace() || byte == b'\\')
                        || window.starts_with(at + 2, b"- ")) =>
            {
                at += 2
            }
            _ => break,
        }
    }
    at
}
