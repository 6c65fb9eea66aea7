//! The rules as the first pass looks for them.

use threadkeep_scan::{Class, Digits, Index, LONG_WORD_BYTES, Literal, MAX_DIGITS, Sought};

use super::pattern::{self, Pattern};
use super::rule::{On, Rule, Shape};
use super::token::TOKEN;

/// Stands for a space in a table of anchors, where a space separates.
const SPACE: &str = "␣";

/// What is looked for, by the numbers of the rules.
pub(super) fn of(rules: &[Rule]) -> Index {
    let mut index = Index::new();
    for (number, rule) in rules.iter().enumerate() {
        add(&mut index, number, rule);
    }
    index.finish()
}

fn add(index: &mut Index, number: usize, rule: &Rule) {
    let words = || rule.trigger.text.split(' ').filter(|word| !word.is_empty());
    match rule.trigger.on {
        On::Digits => words().filter_map(|runs| digits(number, runs.as_bytes())).for_each(|runs| index.add_digits(runs)),
        On::HexGroups => index.set_groups(number),
        On::HexColon => index.set_colons(number),
        on @ (On::Prefix | On::PrefixAnyCase | On::Word | On::Inside | On::InsideAnyCase | On::BeforeToken) => {
            for word in words() {
                let text = word.replace(SPACE, " ");
                let word_start = matches!(on, On::Prefix | On::PrefixAnyCase | On::Word);
                let sought = match on {
                    On::BeforeToken => Sought::BeforeToken,
                    On::Word => Sought::Long,
                    _ if word_start && is_long(rule, text.as_bytes()) => Sought::Long,
                    _ => Sought::Anywhere,
                };
                let any_case = matches!(on, On::PrefixAnyCase | On::InsideAnyCase | On::BeforeToken);
                index.add_literal(number, Literal { text: text.as_bytes(), any_case, word_start, sought });
            }
        }
    }
}

/// See [`On::Digits`].
fn digits(rule: usize, runs: &[u8]) -> Option<Digits> {
    let (apart, before, bytes) = match runs {
        [b'^', b'<', rest @ ..] => (true, None, rest),
        [class, b'<', rest @ ..] => (true, Class::parse(*class), rest),
        rest => (false, None, rest),
    };
    let (after, grouped, bytes) = match bytes {
        [rest @ .., b'>', b'>', class] => (Class::parse(*class), true, rest),
        [rest @ .., b'>', class] => (Class::parse(*class), false, rest),
        rest => (None, false, rest),
    };
    let (least, most) = pattern::range(bytes, b'-')?;
    let [least, most] = [least, most].map(|len| len.min(MAX_DIGITS));
    Some(Digits { rule, least, most, before, after, grouped, apart })
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
