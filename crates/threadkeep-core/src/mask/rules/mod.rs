//! The table of rules. Order matters where two rules can start at one place: the first that holds wins, so the
//! specific ones come first. A new rule is a line here and a line in the fixture.

mod assignment;
mod financial;
mod national;
mod network;
mod personal;
mod provider;
mod secret;

use std::borrow::Cow;

use super::check::Check;
use super::rule::{Detector, DetectorFn, Kind, Rule, Scope, Shape, Trigger};

/// Every rule there is.
pub(super) fn all() -> impl Iterator<Item = Rule> {
    secret::rules()
        .into_iter()
        .chain(provider::rules())
        .chain(assignment::rules())
        .chain(financial::rules())
        .chain(personal::rules())
        .chain(network::rules())
        .chain(national::rules())
}

/// A rule that a detector of its own verifies.
fn detector(
    name: &'static str,
    kind: Kind,
    label: &'static str,
    trigger: Trigger,
    detect: DetectorFn,
    source: &'static str,
) -> Rule {
    Rule {
        name: Cow::Borrowed(name),
        kind,
        label: Cow::Borrowed(label),
        scope: Scope::Default,
        generic: false,
        trigger,
        shape: Shape::Detector(Detector(detect)),
        check: Check::None,
        source: Cow::Borrowed(source),
    }
}

/// A byte on its own is the trigger.
fn byte<const BYTE: u8>() -> Trigger {
    Trigger::Pair(|first, _| first == BYTE)
}

fn prefix(literals: &'static str) -> Trigger {
    Trigger::Prefix(Cow::Borrowed(literals))
}

fn inside(literals: &'static str) -> Trigger {
    Trigger::Inside(Cow::Borrowed(literals))
}

fn prefix_any_case(literals: &'static str) -> Trigger {
    Trigger::PrefixAnyCase(Cow::Borrowed(literals))
}

fn inside_any_case(literals: &'static str) -> Trigger {
    Trigger::InsideAnyCase(Cow::Borrowed(literals))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mask::compiled::Compiled;
    use std::collections::BTreeSet;

    #[test]
    fn every_pattern_can_be_read() {
        for rule in all() {
            let name = rule.name.clone();
            assert!(Compiled::new(vec![rule], Vec::new()).is_ok(), "{name}");
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
}
