//! Lists: behind a secret that its name gave away, the others that stand with it.
//!
//! Architecture invariant: whether a value is one depends on the placeholder before it, or on the span that becomes it, on what
//! opens that one, and on nothing earlier. So a text that is masked already gives nothing more.

use std::ops::Range;

use super::looks::{is_code, is_placeholder, is_reference, is_spelled, is_token};
use super::operator::{Opening, is_line_break, skip_space};
use super::value::{self, TOKEN_BYTES};
use crate::mask::window::Window;
use threadkeep_scan::Class;

/// Labels of values that a name gives away.
const LABELS: [&str; 2] = [PASSWORD, "SECRET"];
const PASSWORD: &str = "PASSWORD";

/// Shortest value behind a comma alone, in bytes: other things stand there, too.
const BARE_BYTES: usize = 16;

/// What precedes the first value of a list, in bytes: a bracket, space, a quote.
pub(in crate::mask) const BEFORE_BYTES: usize = 64;

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
        let start = if self.quote.is_none() && !self.by_line { at } else { skip_space(window, at) };
        let after = match window.at(start)? {
            b'-' if self.by_line && is_line_break(window.slice(at, start)) && window.at(start + 1) == Some(b' ') => {
                start + 2
            }
            b',' if !self.by_line && self.quote.is_none() => start + 1 + window.run(start + 1, 1, &Class::BLANK),
            b',' if !self.by_line => skip_space(window, start + 1),
            _ => return None,
        };
        let opening = Opening::after(window, ",", after);
        if (opening.quote, opening.escapes) != (self.quote, self.escapes) {
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
            Some(_) if !self.by_line => {
                let next = skip_space(window, at);
                matches!(window.at(next), Some(b',' | b']')) || window.starts_with(next, b"\\n]")
            }
            _ => window.at(at).is_none_or(|byte| byte.is_ascii_whitespace() || b",\"'\\]}".contains(&byte)),
        }
    }

    fn is_secret(&self, text: &[u8]) -> bool {
        if is_placeholder(text) || is_reference(text) {
            return false;
        }
        let is_bare = self.quote.is_none() && !self.by_line;
        let is_token = || !is_spelled(text) && is_token(text) && !is_code(text, self.quote.is_some(), false);
        if is_bare {
            // `token=…,signature=…` goes on with another name.
            let is_named = text.iter().rev().skip_while(|byte| **byte == b'=').any(|byte| b"=:".contains(byte));
            return text.len() >= BARE_BYTES && !is_named && is_token();
        }
        if self.label != PASSWORD {
            return text.len() >= TOKEN_BYTES && is_token();
        }
        value::may_be_typed(text, false) && (text.iter().any(u8::is_ascii_digit) || value::has_sign(text))
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
