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

use super::window::{LOOK_BACK_BYTES, Window};
use threadkeep_scan::Class;

/// A source in the language above: read as it is matched, because a match is tried seldom.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pattern<'p> {
    items: &'p [u8],
    glued: bool,
}

#[derive(Debug, Clone, Copy)]
enum Item<'p> {
    Literal { text: &'p [u8], optional: bool },
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

impl<'p> Pattern<'p> {
    pub(super) const fn new(source: &'p str) -> Self {
        match source.as_bytes() {
            [items @ .., b'!'] => Self { items, glued: true },
            items => Self { items, glued: false },
        }
    }

    /// # Errors
    /// An item cannot be read.
    pub(super) fn check(self) -> Result<(), PatternError> {
        match self.items().position(|item| item.is_none()) {
            Some(item) => Err(PatternError { item }),
            None => Ok(()),
        }
    }

    fn items(self) -> impl Iterator<Item = Option<Item<'p>>> {
        self.items.split(|byte| *byte == b' ').filter(|item| !item.is_empty()).map(Item::read)
    }

    /// Least number of bytes from the anchor on that are all of this class. Asked while the table is compiled.
    pub(super) const fn least_run(self, class: &Class) -> usize {
        let (mut rest, mut least) = (self.items, 0);
        while !rest.is_empty() {
            let (item, others) = cut(rest, b' ');
            rest = others;
            match Item::read(item) {
                Some(Item::SpanStart | Item::SpanEnd) => {}
                Some(Item::Literal { text, optional }) if class.has_all(text) => {
                    least += if optional { 0 } else { text.len() }
                }
                Some(Item::Run { class: own, min, .. }) if own.is_within(class) => least += min,
                Some(Item::Before { .. }) => return 0,
                Some(Item::Literal { .. } | Item::Run { .. }) => return least,
                None if item.is_empty() => {}
                None => return least,
            }
        }
        least
    }

    /// How many bytes a match may read before and behind its anchor, at most.
    pub(super) fn reach(self) -> (usize, usize) {
        let (mut back, mut ahead) = (0, 0);
        for item in self.items().flatten() {
            match item {
                Item::Literal { text, .. } => ahead += text.len(),
                Item::Run { max, .. } => ahead += max,
                Item::Before { max, .. } => back += max,
                Item::SpanStart | Item::SpanEnd => {}
            }
        }
        (back, ahead)
    }

    /// The span of a match whose anchor is `anchor`, and the range of the part after the anchor.
    pub(super) fn find(self, window: &Window<'_>, anchor: Range<usize>) -> Option<Match> {
        let mut at = anchor.end;
        let mut span = anchor.start..at;
        let mut span_closed = false;
        let mut last = None;
        let mut looked_back = false;
        let mut items = self.items().peekable();
        while let Some(item) = items.next() {
            match item? {
                Item::Literal { text, optional } => {
                    if window.starts_with(at, text) {
                        at += text.len();
                    } else if !optional {
                        return None;
                    }
                    last = None;
                }
                Item::Run { class, min, max } => {
                    let stop = match items.peek() {
                        Some(Some(Item::Literal { text, optional: false })) => Some(*text),
                        _ => None,
                    };
                    at += run(window, at, class, min..=max, stop)?;
                    last = Some(class);
                }
                Item::Before { class, min, max } => {
                    let before = window.back(span.start, max + 1);
                    let len = before.iter().rev().take_while(|byte| class.has(**byte)).count();
                    if len < min {
                        return None;
                    }
                    span.start -= len.min(max);
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
}

/// Length of a run of the class; the literal that follows it, if any, ends it.
fn run(
    window: &Window<'_>,
    at: usize,
    class: Class,
    bounds: std::ops::RangeInclusive<usize>,
    stop: Option<&[u8]>,
) -> Option<usize> {
    let Some(literal) = stop else {
        let len = window.run(at, *bounds.end(), &class);
        return (len >= *bounds.start()).then_some(len);
    };
    let mut len = 0;
    while len < *bounds.end() && window.at(at + len).is_some_and(|byte| class.has(byte)) {
        if len >= *bounds.start() && window.starts_with(at + len, literal) {
            return Some(len);
        }
        len += 1;
    }
    (len >= *bounds.start()).then_some(len)
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
            !threadkeep_scan::is_word(byte) && !last.is_some_and(|class| class.has(byte)) || is_full_stop(window, at)
        }
    }
}

/// A dot that ends a sentence is no part of the token before it.
fn is_full_stop(window: &Window<'_>, at: usize) -> bool {
    window.at(at) == Some(b'.') && window.at(at + 1).is_none_or(|next| next.is_ascii_whitespace())
}

impl<'p> Item<'p> {
    const fn read(text: &'p [u8]) -> Option<Self> {
        match text {
            b"<" => Some(Item::SpanStart),
            b">" => Some(Item::SpanEnd),
            [b'\'', text @ .., b'\'', b'?'] => Some(Item::Literal { text, optional: true }),
            [b'\'', text @ .., b'\''] => Some(Item::Literal { text, optional: false }),
            [class, b'{', bounds @ .., b'}', b'^'] => match Self::run(*class, bounds) {
                Some((class, min, max)) if max < LOOK_BACK_BYTES => Some(Item::Before { class, min, max }),
                _ => None,
            },
            [class, b'{', bounds @ .., b'}'] => match Self::run(*class, bounds) {
                Some((class, min, max)) => Some(Item::Run { class, min, max }),
                None => None,
            },
            _ => None,
        }
    }

    const fn run(class: u8, bounds: &[u8]) -> Option<(Class, usize, usize)> {
        match (Class::parse(class), range(bounds, b',')) {
            (Some(class), Some((min, max))) => Some((class, min, max)),
            _ => None,
        }
    }
}

/// `20,40`, or `36` for exactly that many.
pub(super) const fn range(text: &[u8], separator: u8) -> Option<(usize, usize)> {
    let (min, max) = cut(text, separator);
    match (number(min), if min.len() == text.len() { number(min) } else { number(max) }) {
        (Some(min), Some(max)) if min <= max => Some((min, max)),
        _ => None,
    }
}

/// At most five digits: more are no length of a value.
const fn number(text: &[u8]) -> Option<usize> {
    let (mut at, mut number) = (0, 0);
    while at < text.len() {
        if at == 5 || !text[at].is_ascii_digit() {
            return None;
        }
        number = number * 10 + (text[at] - b'0') as usize;
        at += 1;
    }
    if at == 0 { None } else { Some(number) }
}

/// What stands before the first separator and what behind it.
const fn cut(text: &[u8], separator: u8) -> (&[u8], &[u8]) {
    let mut at = 0;
    while at < text.len() && text[at] != separator {
        at += 1;
    }
    let (before, rest) = text.split_at(at);
    match rest {
        [_, behind @ ..] => (before, behind),
        [] => (before, rest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, text: &str, expected: Option<Range<usize>>) {
        let pattern = Pattern::new(pattern);
        let window = Window::new(text.as_bytes(), 0, crate::mask::window::End::OfText);
        assert_eq!(pattern.check(), Ok(()));
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
    fn least_run_counts_what_must_be_there() {
        let word = Class::of(b"0-9a-zA-Z_");
        for (pattern, least) in [
            ("w{36}", 36),
            ("w{20,40} '-' w{9}", 20),
            ("< w{4} 'ab' 'cd'? h{2,3} > !", 8),
            ("'-'? w{9}", 0),
            ("w{4} p{5}", 4),
            ("d{5,16}^ w{20}", 0),
        ] {
            assert_eq!(Pattern::new(pattern).least_run(&word), least, "{pattern}");
        }
    }

    #[test]
    fn unknown_class_is_an_error() {
        assert_eq!(Pattern::new("d{1} ?{2}").check(), Err(PatternError { item: 1 }));
    }
}
