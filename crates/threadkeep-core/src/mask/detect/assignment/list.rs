//! Lists: behind a secret that its name gave away, the others that stand with it.
//!
//! Architecture invariant: whether a value is one depends on the placeholder before it, or on the span that becomes it, on what
//! opens that one, and on nothing earlier. So a text that is masked already gives nothing more.

use std::ops::Range;

use super::looks::{is_code, is_placeholder, is_reference, is_spelled, is_token};
use super::name::{Name, Strength};
use super::operator::{Opening, skip_space};
use super::value::{self, TOKEN_BYTES};
use crate::mask::window::Window;
use threadkeep_scan::Class;

/// Labels of values that a name gives away.
const LABELS: [&str; 2] = [PASSWORD, "SECRET"];
const PASSWORD: &str = "PASSWORD";

/// Shortest value behind a comma alone, in bytes: other things stand there, too.
const BARE_BYTES: usize = 16;

/// What it is made of.
const BARE: Class = Class::ALNUM.or(b"_+/.~-");

/// What precedes the first value of a list, in bytes: a bracket, space, a quote.
pub(in crate::mask) const BEFORE_BYTES: usize = 64;

/// Longest comment behind a value, and most space before it, in bytes.
const COMMENT_BYTES: usize = 128;
const SPACE_BYTES: usize = 16;

/// How the values of a list are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::mask) struct List {
    /// What each of them becomes.
    pub(in crate::mask) label: &'static str,
    quote: Option<u8>,
    /// The quotes are written with this many backslashes before them.
    escapes: usize,
    /// Each stands on a line of its own behind a hyphen; else there are commas between.
    by_line: bool,
}

impl List {
    /// The list that a value of this label may be the first of, by at most [`BEFORE_BYTES`] before it.
    pub(in crate::mask) fn opened(before: &[u8], label: &[u8]) -> Option<Self> {
        let label = LABELS.into_iter().find(|own| own.as_bytes() == label)?;
        let (quote, rest) = match before {
            [rest @ .., quote @ (b'"' | b'\'')] => (Some(*quote), rest),
            _ => (None, before),
        };
        let escapes = rest.iter().rev().take_while(|byte| quote.is_some() && **byte == b'\\').count();
        let rest = rest.get(..rest.len() - escapes)?;
        let by_line = rest.strip_suffix(b"- ").is_some_and(|rest| {
            let indent = rest.iter().rev().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
            let rest = rest.get(..rest.len() - indent).unwrap_or_default();
            rest.ends_with(b"\n") || rest.ends_with(b"\\n")
        });
        let is_first = by_line || quote.is_none() || trimmed(rest).ends_with(b"[");
        is_first.then_some(Self { label, quote, escapes, by_line })
    }

    /// The next value, behind one that ends at `at`.
    pub(in crate::mask) fn next(&self, window: &Window<'_>, at: usize) -> Option<Range<usize>> {
        let at = self.closed(window, at)?;
        let is_bare = self.quote.is_none() && !self.by_line;
        let after = if self.by_line {
            line_end(window, at)?
        } else {
            let comma = if is_bare { at } else { skip_space(window, at) };
            (window.at(comma) == Some(b',')).then_some(comma + 1)?
        };
        let opening = Opening::after(window, ",", after);
        if (opening.quote, opening.escapes, opening.by_line) != (self.quote, self.escapes, self.by_line)
            || is_bare && opening.value > after
        {
            return None;
        }
        let value = value::read(window, &opening)?;
        (self.ends(window, value.end) && self.is_secret(window.slice(value.start, value.end))).then_some(value)
    }

    /// Behind the quote that closes a value.
    fn closed(&self, window: &Window<'_>, at: usize) -> Option<usize> {
        let Some(quote) = self.quote else { return Some(at) };
        let end = at + window.run(at, self.escapes, const { &Class::of(b"\\") });
        (end == at + self.escapes && window.at(end) == Some(quote)).then_some(end + 1)
    }

    /// Nothing follows that makes the value a name or a part of something.
    fn ends(&self, window: &Window<'_>, at: usize) -> bool {
        let Some(at) = self.closed(window, at) else { return false };
        match self.quote {
            _ if self.by_line => line_end(window, at).is_some(),
            Some(_) => {
                let next = skip_space(window, at);
                matches!(window.at(next), Some(b',' | b']')) || window.starts_with(next, b"\\n]")
            }
            None => window.at(at).is_none_or(|byte| byte.is_ascii_whitespace() || b",\"'\\]}".contains(&byte)),
        }
    }

    fn is_secret(&self, text: &[u8]) -> bool {
        // A quote of the other kind is none of this list's: JSON around it, maybe.
        if is_placeholder(text) || is_reference(text) || self.quote == Some(b'\'') && text.contains(&b'"') {
            return false;
        }
        let is_bare = self.quote.is_none() && !self.by_line;
        let is_token = || !is_spelled(text) && is_token(text) && !is_code(text, self.quote.is_some(), false);
        if is_bare {
            // `token=…,signature=…` goes on with another name; in a log, ids of requests follow, UUIDs.
            let is_word = text.iter().rev().skip_while(|byte| **byte == b'=').all(|byte| BARE.has(*byte));
            let is_id = text.contains(&b'-') && text.iter().all(|byte| byte.is_ascii_hexdigit() || *byte == b'-');
            return text.len() >= BARE_BYTES && is_word && !is_id && is_token();
        }
        if self.label != PASSWORD {
            return text.len() >= TOKEN_BYTES && is_token();
        }
        value::may_be_typed(text, false) && (text.iter().any(u8::is_ascii_digit) || value::has_sign(text))
    }
}

/// What stands behind a hyphen has to be more than a word of prose that a name is the title of.
pub(super) fn is_first(window: &Window<'_>, name: &Name<'_>, opening: &Opening, value: &Range<usize>) -> bool {
    let text = window.slice(value.start, value.end);
    let is_typed = text.iter().any(u8::is_ascii_digit) && value::has_sign(text);
    let end = value.end + opening.quote.map_or(0, |_| opening.escapes + 1);
    line_end(window, end).is_some() && (name.strength != Strength::Password || opening.quote.is_some() || is_typed)
}

/// End of a line on which nothing but a comment follows, or of a text in which it is written.
fn line_end(window: &Window<'_>, at: usize) -> Option<usize> {
    let blank = window.run(at, SPACE_BYTES, &Class::BLANK);
    let comment = if blank > 0 && window.at(at + blank) == Some(b'#') {
        window.run(at + blank, COMMENT_BYTES, const { &Class::of(b"\n\"\\").not() })
    } else {
        0
    };
    let end = at + blank + comment;
    match window.at(end) {
        None | Some(b'\n' | b'\r' | b'"' | b'\'') => Some(end),
        Some(b'\\') => matches!(window.at(end + 1), Some(b'n' | b'r' | b'"')).then_some(end),
        Some(_) => None,
    }
}

/// Without the space at its end, also where that is written in JSON or source text.
fn trimmed(text: &[u8]) -> &[u8] {
    let mut text = text.trim_ascii_end();
    while let [rest @ .., b'\\', b'n' | b't' | b'r'] = text {
        text = rest.trim_ascii_end();
    }
    text
}

#[cfg(test)]
mod tests;
