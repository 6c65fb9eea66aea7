//! The rules as the first pass looks for them.

use std::borrow::Cow;

use threadkeep_scan::{
    Class, Digits, Index, LONG_GROUP, LONG_WORD_BYTES, Literal, MAX_DIGITS, PLACEHOLDER, Prints, Sought,
};

use super::pattern::{self, Pattern};
use super::prints;
use super::rule::{On, Rule, Shape};
use super::token::TOKEN;

/// Stands for a space in a table of anchors, where a space separates.
const SPACE: &str = "␣";

/// What is looked for, by the numbers of the rules.
pub(super) fn of(rules: &[Rule]) -> Index {
    let mut index = Index::default();
    for (number, rule) in rules.iter().enumerate() {
        match rule.trigger.on {
            On::Digits => {
                words(rule).filter_map(|runs| digits(number, runs.as_bytes())).for_each(|runs| index.add_digits(runs));
            }
            On::HexGroups => index.set_groups(number),
            On::HexColon => index.set_colons(number),
            On::Prefix | On::PrefixAnyCase | On::Word | On::Inside | On::InsideAnyCase | On::BeforeToken => {}
        }
    }
    let mut anchors = anchors(rules);
    anchors.push(Anchor::placeholder());
    let prints = choose(&mut anchors, Sought::Anywhere);
    let prints_before_token = choose(&mut anchors, Sought::BeforeToken);
    anchors.pop();
    for Anchor { rule, text, any_case, word_start, sought, offset } in &anchors {
        let (any_case, word_start, sought, offset) = (*any_case, *word_start, *sought, *offset);
        index.add_literal(*rule, Literal { text, any_case, word_start, sought, offset });
    }
    index.finish(prints, prints_before_token)
}

/// The literals that are looked for everywhere, by a fingerprint, and whether each stands for every case.
pub(super) fn searched(rules: &[Rule]) -> Vec<(Vec<u8>, bool)> {
    let mut anchors = anchors(rules);
    anchors.push(Anchor::placeholder());
    anchors.retain(|anchor| anchor.sought == Sought::Anywhere);
    anchors.into_iter().map(|anchor| (anchor.text.into_owned(), anchor.any_case)).collect()
}

fn anchors(rules: &[Rule]) -> Vec<Anchor<'_>> {
    let is_literal = |rule: &Rule| !matches!(rule.trigger.on, On::Digits | On::HexGroups | On::HexColon);
    let rules = rules.iter().enumerate().filter(|(_, rule)| is_literal(rule));
    rules.flat_map(|(number, rule)| words(rule).map(move |word| Anchor::new(number, rule, word))).collect()
}

fn words(rule: &Rule) -> impl Iterator<Item = &str> {
    rule.trigger.text.split(' ').filter(|word| !word.is_empty())
}

struct Anchor<'r> {
    rule: usize,
    text: Cow<'r, [u8]>,
    any_case: bool,
    word_start: bool,
    sought: Sought,
    offset: usize,
}

impl<'r> Anchor<'r> {
    fn new(number: usize, rule: &Rule, word: &'r str) -> Self {
        let on = rule.trigger.on;
        let text = match word.contains(SPACE) {
            true => Cow::Owned(word.replace(SPACE, " ").into_bytes()),
            false => Cow::Borrowed(word.as_bytes()),
        };
        let word_start = matches!(on, On::Prefix | On::PrefixAnyCase | On::Word);
        let sought = match on {
            On::BeforeToken => Sought::BeforeToken,
            On::Word => Sought::Long,
            _ if word_start && is_long(rule, &text) => Sought::Long,
            _ => Sought::Anywhere,
        };
        let any_case = matches!(on, On::PrefixAnyCase | On::InsideAnyCase | On::BeforeToken);
        Self { rule: number, text, any_case, word_start, sought, offset: 0 }
    }

    /// No rule's own: what is masked already is skipped.
    fn placeholder() -> Self {
        let (text, sought) = (Cow::Borrowed(&PLACEHOLDER[..]), Sought::Anywhere);
        Self { rule: 0, text, any_case: false, word_start: false, sought, offset: 0 }
    }
}

/// Chooses the fingerprints of the anchors that are looked for like this.
fn choose(anchors: &mut [Anchor<'_>], sought: Sought) -> Prints {
    let own: Vec<_> = anchors
        .iter()
        .filter(|anchor| anchor.sought == sought)
        .map(|anchor| (&*anchor.text, anchor.any_case))
        .collect();
    let (prints, offsets) = prints::choose(&own);
    for (anchor, offset) in anchors.iter_mut().filter(|anchor| anchor.sought == sought).zip(offsets) {
        anchor.offset = offset;
    }
    prints
}

/// See [`On::Digits`].
fn digits(rule: usize, runs: &[u8]) -> Option<Digits> {
    let (apart, before, bytes) = match runs {
        [b'^', b'<', rest @ ..] => (true, None, rest),
        [class, b'<', rest @ ..] => (true, Class::parse(*class), rest),
        rest => (false, None, rest),
    };
    let (high, bytes) = bytes.strip_prefix(b"!").map_or((false, bytes), |rest| (true, rest));
    let (after, next_group, bytes) = match bytes {
        [rest @ .., b'>', b'>', b'>', class] => (Class::parse(*class), LONG_GROUP, rest),
        [rest @ .., b'>', b'>', class] => (Class::parse(*class), 1, rest),
        [rest @ .., b'>', class] => (Class::parse(*class), 0, rest),
        rest => (None, 0, rest),
    };
    let (least, most) = pattern::range(bytes, b'-')?;
    let [least, most] = [least, most].map(|len| len.min(MAX_DIGITS));
    Some(Digits { rule, least, most, before, after, next_group, high, apart })
}

/// A long word stands wherever the value does.
fn is_long(rule: &Rule, literal: &[u8]) -> bool {
    match &rule.shape {
        Shape::Pattern(pattern) => {
            literal.iter().all(|byte| TOKEN.has(*byte))
                && literal.len() + Pattern::new(pattern).least_run(TOKEN) >= LONG_WORD_BYTES
        }
        Shape::Detector(_) => false,
        #[cfg(feature = "regex")]
        Shape::Regex(_) => false,
    }
}
