//! A small pattern language for token formats: literals and runs of a character class, read forward once.
//!
//! Items are separated by one space:
//! - `w{36}`, `w{20,40}`: a run of the class `w`, as long as it goes up to the maximum. A run followed by a literal
//!   ends at the first place from its minimum on where the literal stands;
//! - `'T3BlbkFJ'`: the literal; `'x'?`: the literal or nothing;
//! - `d{5,16}^`: a run of the class right before the anchor (or before the item left of it); only in front. The span then
//!   starts with it;
//! - `<` and `>`: the span starts here, ends here (else it is the anchor and everything after it);
//! - a last `!`: what follows may be a word character. Otherwise the byte after the last run must be neither one of
//!   its class nor a word character.
//!
//! There is no backtracking: each byte is read at most once per item, so a match costs at most its own length.

use std::ops::Range;

use super::class::Class;
use super::window::{LOOK_BACK_BYTES, Window};

/// Longest literal inside a pattern is short, and so is the number of items: both are bounded by the rule table.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    items: Vec<Item>,
    glued: bool,
}

#[derive(Debug, Clone)]
enum Item {
    Literal { text: String, optional: bool },
    Run { class: Class, min: usize, max: usize },
    Before { class: Class, min: usize, max: usize },
    SpanStart,
    SpanEnd,
}

/// The position of the item that could not be read. Only a rule's author sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PatternError {
    /// Index of the faulty item, from 0.
    pub item: usize,
}

impl std::fmt::Display for PatternError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "item {} of the pattern cannot be read", self.item)
    }
}

impl std::error::Error for PatternError {}

impl Pattern {
    pub(super) fn parse(source: &str) -> Result<Self, PatternError> {
        let (source, glued) = match source.strip_suffix('!') {
            Some(rest) => (rest, true),
            None => (source, false),
        };
        let items = source
            .split_ascii_whitespace()
            .enumerate()
            .map(|(item, text)| Item::parse(text).ok_or(PatternError { item }))
            .collect::<Result<_, _>>()?;
        Ok(Self { items, glued })
    }

    /// The span of a match whose anchor is `anchor`, and the range of the part after the anchor.
    pub(super) fn find(&self, window: &Window<'_>, anchor: Range<usize>) -> Option<Match> {
        let mut at = anchor.end;
        let mut span = anchor.start..at;
        let mut span_closed = false;
        let mut last = None;
        let mut looked_back = false;
        for (index, item) in self.items.iter().enumerate() {
            match item {
                Item::Literal { text, optional } => {
                    if window.starts_with(at, text.as_bytes()) {
                        at += text.len();
                    } else if !optional {
                        return None;
                    }
                    last = None;
                }
                Item::Run { class, min, max } => {
                    at += self.run(window, at, index, *class, *min, *max)?;
                    last = Some(*class);
                }
                Item::Before { class, min, max } => {
                    let before = window.back(span.start, max + 1);
                    let len = before.iter().rev().take(max + 1).take_while(|byte| class.has(**byte)).count();
                    if len < *min {
                        return None;
                    }
                    span.start -= len.min(*max);
                    looked_back = true;
                }
                Item::SpanStart => span.start = at,
                Item::SpanEnd => {
                    span.end = at;
                    span_closed = true;
                }
            }
        }
        let starts = !looked_back || window.word_starts(span.start);
        if !starts || !self.glued && !ends(window, at, last) {
            return None;
        }
        if !span_closed {
            span.end = at;
        }
        let body = if looked_back { span.start.min(anchor.end)..at } else { anchor.end..at };
        Some(Match { span, body })
    }

    fn run(&self, window: &Window<'_>, at: usize, index: usize, class: Class, min: usize, max: usize) -> Option<usize> {
        let stop = match self.items.get(index + 1) {
            Some(Item::Literal { text, optional: false }) => Some(text.as_bytes()),
            _ => None,
        };
        let mut len = 0;
        while len < max && window.at(at + len).is_some_and(|byte| class.has(byte)) {
            if len >= min && stop.is_some_and(|literal| window.starts_with(at + len, literal)) {
                return Some(len);
            }
            len += 1;
        }
        (len >= min).then_some(len)
    }
}

/// A match: what is replaced, and what a check looks at.
#[derive(Debug)]
pub(super) struct Match {
    pub(super) span: Range<usize>,
    pub(super) body: Range<usize>,
}

fn ends(window: &Window<'_>, at: usize, last: Option<Class>) -> bool {
    match window.at(at) {
        None => true,
        Some(byte) => {
            !super::window::is_word(byte) && !last.is_some_and(|class| class.has(byte)) || is_full_stop(window, at)
        }
    }
}

/// A dot that ends a sentence is no part of the token before it.
fn is_full_stop(window: &Window<'_>, at: usize) -> bool {
    window.at(at) == Some(b'.') && window.at(at + 1).is_none_or(|next| next.is_ascii_whitespace())
}

impl Item {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "<" => return Some(Item::SpanStart),
            ">" => return Some(Item::SpanEnd),
            _ => {}
        }
        if let Some(rest) = text.strip_prefix('\'') {
            let (text, optional) = match rest.strip_suffix("'?") {
                Some(text) => (text, true),
                None => (rest.strip_suffix('\'')?, false),
            };
            return Some(Item::Literal { text: text.to_owned(), optional });
        }
        let (text, before) = match text.strip_suffix('^') {
            Some(text) => (text, true),
            None => (text, false),
        };
        let (class, bounds) = text.split_once('{')?;
        let (min, max) = match bounds.strip_suffix('}')?.split_once(',') {
            Some((min, max)) => (min.parse().ok()?, max.parse().ok()?),
            None => {
                let exact = bounds.strip_suffix('}')?.parse().ok()?;
                (exact, exact)
            }
        };
        let class = Class::parse(class)?;
        match before {
            _ if min > max => None,
            true => (max < LOOK_BACK_BYTES).then_some(Item::Before { class, min, max }),
            false => Some(Item::Run { class, min, max }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, text: &str, expected: Option<Range<usize>>) {
        let pattern = Pattern::parse(pattern).unwrap();
        let window = Window::new(text.as_bytes(), 0, crate::mask::window::End::OfText);
        assert_eq!(pattern.find(&window, 0..0).map(|found| found.span), expected);
    }

    #[test]
    fn exact_run_refuses_one_more() {
        check("d{3}", "123", Some(0..3));
        check("d{3}", "1234", None);
        check("d{3}", "12", None);
    }

    #[test]
    fn run_stops_at_its_literal() {
        check("w{2,9} 'XY' w{2}", "abXYcd", Some(0..6));
        check("w{2,9} 'XY' w{2}", "aXYcd", None);
    }

    #[test]
    fn span_can_be_inside() {
        check("d{2} '-' < d{2} > '-'?", "12-34-", Some(3..5));
    }

    #[test]
    fn unknown_class_is_an_error() {
        assert_eq!(Pattern::parse("d{1} ?{2}").unwrap_err(), PatternError { item: 1 });
    }
}
