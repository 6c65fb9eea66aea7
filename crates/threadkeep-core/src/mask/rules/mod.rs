//! The table of rules. Order matters where two rules can start at one place: the first that holds wins, so the
//! specific ones come first. A new rule is a line here and a line in the fixture.

mod assignment;
mod financial;
mod national;
mod network;
mod packed;
mod personal;
mod provider;
mod secret;

use super::check::Check;
use super::rule::{DetectorFn, Kind, On, Rule, Scope};
use packed::{Packed, pack, pack_detectors, text};

/// A rule as it is written down.
#[derive(Clone, Copy)]
struct Line {
    name: &'static str,
    kind: Kind,
    label: &'static str,
    scope: Scope,
    generic: bool,
    /// Texts are separated by spaces here; `␣` stands for a space.
    trigger: (On, &'static str),
    shape: LineShape,
    check: Check,
    /// Where the format is described.
    source: &'static str,
}

#[derive(Clone, Copy)]
enum LineShape {
    Pattern(&'static str),
    Detector(DetectorFn),
}

const DEFAULT: &[&[Line]] =
    &[secret::RULES, &provider::RULES, assignment::RULES, financial::RULES, personal::RULES, network::RULES];

const OPT_IN: &[&[Line]] = &[&national::RULES];

/// How many rules are on by default.
pub(super) const DEFAULT_COUNT: usize = {
    let (mut count, mut table) = (0, 0);
    while table < DEFAULT.len() {
        (count, table) = (count + DEFAULT[table].len(), table + 1);
    }
    count
};

/// Every rule that is on by default.
pub(super) fn default() -> impl Iterator<Item = Rule> {
    const LEN: usize = pack::<0>(DEFAULT).1;
    const TEXT: &str = text(&pack::<LEN>(DEFAULT).0);
    const DETECTORS: usize = pack_detectors::<0>(DEFAULT).1;
    static FUNCTIONS: [DetectorFn; DETECTORS] = pack_detectors(DEFAULT).0;
    Packed::new(TEXT, &FUNCTIONS)
}

/// Every rule there is. Whoever takes the default ones alone does not carry the others.
pub(super) fn all() -> impl Iterator<Item = Rule> {
    const LEN: usize = pack::<0>(OPT_IN).1;
    const TEXT: &str = text(&pack::<LEN>(OPT_IN).0);
    const DETECTORS: usize = pack_detectors::<0>(OPT_IN).1;
    static FUNCTIONS: [DetectorFn; DETECTORS] = pack_detectors(OPT_IN).0;
    default().chain(Packed::new(TEXT, &FUNCTIONS))
}

/// Where the format of a built-in rule is described.
pub(super) fn source(name: &str) -> Option<&'static str> {
    let mut lines = DEFAULT.iter().chain(OPT_IN).flat_map(|table| table.iter());
    lines.find(|line| line.name == name).map(|line| line.source)
}

/// A rule that a detector of its own verifies.
const fn detector(
    name: &'static str,
    kind: Kind,
    label: &'static str,
    trigger: (On, &'static str),
    detect: DetectorFn,
    source: &'static str,
) -> Line {
    Line {
        name,
        kind,
        label,
        scope: Scope::Default,
        generic: false,
        trigger,
        shape: LineShape::Detector(detect),
        check: Check::None,
        source,
    }
}

const fn prefix(literals: &'static str) -> (On, &'static str) {
    (On::Prefix, literals)
}

const fn word(literals: &'static str) -> (On, &'static str) {
    (On::Word, literals)
}

const fn inside(literals: &'static str) -> (On, &'static str) {
    (On::Inside, literals)
}

const fn prefix_any_case(literals: &'static str) -> (On, &'static str) {
    (On::PrefixAnyCase, literals)
}

const fn inside_any_case(literals: &'static str) -> (On, &'static str) {
    (On::InsideAnyCase, literals)
}

const fn before_token(literals: &'static str) -> (On, &'static str) {
    (On::BeforeToken, literals)
}

const fn digits(runs: &'static str) -> (On, &'static str) {
    (On::Digits, runs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mask::pattern::Pattern;
    use crate::mask::rule::Shape;
    use std::collections::BTreeSet;

    #[test]
    fn every_pattern_can_be_read() {
        for rule in all() {
            let Shape::Pattern(pattern) = &rule.shape else { continue };
            assert_eq!(Pattern::new(pattern).check(), Ok(()), "{}", rule.name);
        }
    }

    #[test]
    fn names_are_unique() {
        let mut names = BTreeSet::new();
        for rule in all() {
            assert!(names.insert(rule.name.clone()), "{}", rule.name);
        }
    }

    #[test]
    fn placeholders_are_recognised() {
        use crate::mask::placeholder::{Look, at};
        for rule in all() {
            let placeholder = rule.placeholder();
            assert_eq!(at(placeholder.as_bytes(), 0, true), Look::Ends(placeholder.len()), "{}", rule.name);
        }
    }

    #[test]
    fn scopes_are_those_of_their_table() {
        assert!(default().all(|rule| rule.scope == Scope::Default));
        assert!(all().skip(default().count()).all(|rule| rule.scope != Scope::Default));
    }

    #[test]
    fn every_rule_has_a_source() {
        for rule in all() {
            assert!(source(&rule.name).is_some_and(|source| !source.is_empty()), "{}", rule.name);
        }
    }
}
