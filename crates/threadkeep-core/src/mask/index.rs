//! The rules as the first pass looks for them.

use threadkeep_scan::{Class, Digits, Index, LONG_GROUP, Literal, MAX_DIGITS, PLACEHOLDER, Sought};

use super::pattern;
use super::prints::Fingerprints;
use super::rule::{On, Rule};
use super::token::TOKEN;

/// Literals of a rule and their bytes, on average and generously: what is reserved at once is not copied while it grows.
const LITERALS: usize = 4;
const LITERAL_BYTES: usize = 24;

/// What is looked for, by the numbers of the rules.
pub(super) fn of(rules: &[Rule]) -> Index {
    let mut index = Index::with_room(LITERALS * rules.len(), LITERAL_BYTES * rules.len());
    let (mut anywhere, mut before_token) = (Fingerprints::anywhere(), Fingerprints::before_token());
    for (number, rule) in rules.iter().enumerate() {
        match rule.trigger.on {
            On::Digits => {
                rule.trigger.words().filter_map(|runs| digits(number, runs)).for_each(|runs| index.add_digits(runs));
            }
            On::HexGroups => index.set_groups(number),
            On::HexColon => index.set_colons(number),
            on => {
                for word in rule.trigger.words() {
                    let mut literal = literal(on, word);
                    literal.offset = match literal.sought {
                        Sought::Anywhere => anywhere.add(&literal),
                        Sought::BeforeToken => before_token.add(&literal),
                        Sought::Long => 0,
                    };
                    index.add_literal(number, literal);
                }
            }
        }
    }
    // No rule's own: what is masked already is skipped.
    anywhere.add(&literal(On::Inside, &PLACEHOLDER));
    index.finish(anywhere.prints, before_token.prints)
}

/// The literals that are looked for like this, by a fingerprint, and whether each stands for every case.
pub(super) fn searched(rules: &[Rule], sought: Sought) -> Vec<(Vec<u8>, bool)> {
    let mut searched = Vec::new();
    let mut add = |on: On, word: &[u8]| {
        let literal = literal(on, word);
        if literal.sought == sought {
            searched.push((word.to_vec(), literal.any_case));
        }
    };
    for rule in rules {
        if !matches!(rule.trigger.on, On::Digits | On::HexGroups | On::HexColon) {
            rule.trigger.words().for_each(|word| add(rule.trigger.on, word));
        }
    }
    add(On::Inside, &PLACEHOLDER);
    searched
}

fn literal(on: On, text: &[u8]) -> Literal<'_> {
    Literal {
        text,
        any_case: matches!(on, On::PrefixAnyCase | On::InsideAnyCase | On::BeforeToken),
        word_start: matches!(on, On::Prefix | On::PrefixAnyCase | On::Word),
        sought: match on {
            On::BeforeToken => Sought::BeforeToken,
            On::Word if TOKEN.has_all(text) => Sought::Long,
            _ => Sought::Anywhere,
        },
        offset: 0,
    }
}

/// See [`On::Digits`].
fn digits(rule: usize, runs: &[u8]) -> Option<Digits> {
    let (apart, before, bytes) = match runs {
        [b'^', b'<', rest @ ..] => (true, None, rest),
        [class, b'<', rest @ ..] => (true, Class::parse(*class), rest),
        rest => (false, None, rest),
    };
    let (high, bytes) = if let [b'!', rest @ ..] = bytes { (true, rest) } else { (false, bytes) };
    let (after, next_group, bytes) = match bytes {
        [rest @ .., b'>', b'>', b'>', class] => (Class::parse(*class), LONG_GROUP, rest),
        [rest @ .., b'>', b'>', class] => (Class::parse(*class), 1, rest),
        [rest @ .., b'>', class] => (Class::parse(*class), 0, rest),
        rest => (None, 0, rest),
    };
    let (least, most) = pattern::range(bytes, b'-')?;
    let (least, most) = (least.min(MAX_DIGITS), most.min(MAX_DIGITS));
    Some(Digits { rule, least, most, before, after, next_group, high, apart })
}
