//! The rules as the first pass looks for them.

use std::borrow::Cow;

use threadkeep_scan::{
    Class, Digits, Index, LONG_GROUP, Literal, MAX_DIGITS, PLACEHOLDER, Prints, Sought,
};

use super::pattern;
use super::prints;
use super::rule::{On, Rule};
use super::token::TOKEN;

/// What is looked for, by the numbers of the rules.
pub(super) fn of(rules: &[Rule]) -> Index {
    let mut index = Index::default();
    for (number, rule) in rules.iter().enumerate() {
        match rule.trigger.on {
            On::Digits => {
                words(rule).filter_map(|runs| digits(number, runs)).for_each(|runs| index.add_digits(runs));
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

/// The literals that are looked for like this, by a fingerprint, and whether each stands for every case.
pub(super) fn searched(rules: &[Rule], sought: Sought) -> Vec<(Vec<u8>, bool)> {
    let mut anchors = anchors(rules);
    anchors.push(Anchor::placeholder());
    anchors.retain(|anchor| anchor.sought == sought);
    anchors.into_iter().map(|anchor| (anchor.text.into_owned(), anchor.any_case)).collect()
}

fn anchors(rules: &[Rule]) -> Vec<Anchor<'_>> {
    let mut anchors = Vec::new();
    for (number, rule) in rules.iter().enumerate() {
        if !matches!(rule.trigger.on, On::Digits | On::HexGroups | On::HexColon) {
            anchors.extend(words(rule).map(|word| Anchor::new(number, rule, word)));
        }
    }
    anchors
}

fn words(rule: &Rule) -> impl Iterator<Item = &[u8]> {
    rule.trigger.text.as_bytes().split(|byte| *byte == b' ').filter(|word| !word.is_empty())
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
    fn new(number: usize, rule: &Rule, word: &'r [u8]) -> Self {
        let on = rule.trigger.on;
        let text = match word.is_ascii() {
            true => Cow::Borrowed(word),
            false => Cow::Owned(spaced(word)),
        };
        let word_start = matches!(on, On::Prefix | On::PrefixAnyCase | On::Word);
        let sought = match on {
            On::BeforeToken => Sought::BeforeToken,
            On::Word if text.iter().all(|byte| TOKEN.has(*byte)) => Sought::Long,
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

/// The word with spaces, where a sign stands for them: `␣`, the only one beyond ASCII.
fn spaced(word: &[u8]) -> Vec<u8> {
    let mut text = word.to_vec();
    text.retain(|byte| !(0x80..0xc0).contains(byte));
    text.iter_mut().filter(|byte| !byte.is_ascii()).for_each(|byte| *byte = b' ');
    text
}

/// Chooses the fingerprints of the anchors that are looked for like this.
fn choose(anchors: &mut [Anchor<'_>], sought: Sought) -> Prints {
    let own: Vec<_> = anchors
        .iter()
        .filter(|anchor| anchor.sought == sought)
        .map(|anchor| (&*anchor.text, anchor.any_case))
        .collect();
    let (prints, offsets) = prints::choose(&own, sought);
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
