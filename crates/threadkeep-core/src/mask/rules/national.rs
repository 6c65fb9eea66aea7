//! National numbers, off until their locale is asked for.

use super::super::detect::national::TABLE;
use super::super::rule::{Kind, Rule, Scope, Trigger};
use super::detector;

pub(super) fn rules() -> Vec<Rule> {
    let rule = |(name, locale, label, (min, max), detect, source)| Rule {
        scope: Scope::Locale(locale),
        ..detector(name, Kind::Personal, label, Trigger::Digits(min, max), detect, source)
    };
    TABLE.iter().copied().map(rule).collect()
}
