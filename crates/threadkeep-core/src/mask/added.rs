//! Rules of callers: what they may be, so that the masker's promises hold with them, too.

use super::pattern::{Pattern, PatternError};
use super::placeholder::MAX_NAME_BYTES;
use super::rule::{On, Rule, Shape};
use super::window::LOOK_BACK_BYTES;

/// Most rules that may be added: the table counts in sixteen bits, and each is tried where its literal stands.
pub(super) const MAX_ADDED_RULES: usize = 64;

/// Literals of one rule, and their length in bytes. One letter stands everywhere.
const LITERALS: std::ops::RangeInclusive<usize> = 1..=16;
const LITERAL_BYTES: std::ops::RangeInclusive<usize> = 2..=48;

/// Farthest a pattern may read, in bytes: behind a word's start, and behind a literal that may stand anywhere.
const REACH_BYTES: usize = 4096;
const REACH_INSIDE_BYTES: usize = 512;

/// Why a masker cannot be built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleError {
    /// No built-in rule has this name.
    UnknownRule,
    /// No built-in rule is of this locale.
    UnknownLocale,
    /// More than 64 rules were added.
    TooMany,
    /// A label is 1 to 40 of `A-Z`, `0-9` and `_`: masked text must be recognised, and stay JSON.
    Label,
    /// A rule starts at one of 1 to 16 literals of 2 to 48 printable ASCII characters without `[`, in lower case where
    /// case does not count.
    Literal,
    /// Only the triggers that are literals are for callers.
    Trigger,
    /// The pattern cannot be read.
    Pattern(PatternError),
    /// A regular expression cannot be read, or would be too large.
    Regex,
    /// The pattern reads more than 4 KB ahead (512 bytes behind a literal that may stand anywhere), or more than a span
    /// may start before its trigger.
    Reach,
}

impl std::fmt::Display for RuleError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::UnknownRule => "there is no built-in rule of this name",
            Self::UnknownLocale => "there is no built-in rule of this locale",
            Self::TooMany => "too many rules were added",
            Self::Label => "the label of a rule is 1 to 40 of A-Z, 0-9 and _",
            Self::Literal => "a rule starts at 1 to 16 literals of 2 to 48 printable ASCII characters",
            Self::Trigger => "a rule of yours starts at a literal",
            Self::Pattern(_) => "the pattern of a rule cannot be read",
            Self::Regex => "a regular expression cannot be read",
            Self::Reach => "the pattern of a rule reads too far",
        })
    }
}

impl std::error::Error for RuleError {}

/// # Errors
/// The rule would break a promise.
pub(super) fn check_added(rule: &Rule) -> Result<(), RuleError> {
    let is_label = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    let label = rule.label();
    if !(1..=MAX_NAME_BYTES).contains(&label.len()) || !label.bytes().all(is_label) {
        return Err(RuleError::Label);
    }
    let (inside, any_case) = match rule.trigger.on {
        On::Prefix => (false, false),
        On::PrefixAnyCase => (false, true),
        On::Inside => (true, false),
        On::InsideAnyCase => (true, true),
        On::Word | On::BeforeToken | On::Digits | On::HexGroups | On::HexColon => return Err(RuleError::Trigger),
    };
    let literals: Vec<&[u8]> = rule.trigger.words().collect();
    let is_literal =
        |byte: &u8| (b' '..=b'~').contains(byte) && *byte != b'[' && !(any_case && byte.is_ascii_uppercase());
    let are_literals = |literal: &&[u8]| LITERAL_BYTES.contains(&literal.len()) && literal.iter().all(is_literal);
    if !LITERALS.contains(&literals.len()) || !literals.iter().all(are_literals) {
        return Err(RuleError::Literal);
    }
    let Shape::Pattern(pattern) = &rule.shape else { return Ok(()) };
    let pattern = Pattern::new(pattern);
    pattern.check().map_err(RuleError::Pattern)?;
    let (back, ahead) = pattern.reach();
    let most = if inside { REACH_INSIDE_BYTES } else { REACH_BYTES };
    if back >= LOOK_BACK_BYTES || ahead > most { Err(RuleError::Reach) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mask::{Check, Kind, Masker, Scope, Trigger};

    fn rule(on: On, literals: &str, pattern: &str, label: &str) -> Rule {
        Rule {
            name: "employee-id".into(),
            kind: Kind::Personal,
            label: Some(label.to_owned().into()),
            scope: Scope::Default,
            generic: false,
            trigger: Trigger { on, text: literals.to_owned().into() },
            shape: Shape::Pattern(pattern.to_owned().into()),
            check: Check::None,
        }
    }

    fn check(rule: Rule, expected: Result<(), RuleError>) {
        assert_eq!(Masker::builder().with_rule(rule).build().map(|_| ()), expected);
    }

    fn check_cuts(masker: &Masker, text: &str, masked: &str) {
        for cut in 0..=text.len() {
            let mut stream = masker.stream();
            let pieces = [stream.push(&text[..cut]), stream.push(&text[cut..]), stream.finish()];
            assert_eq!(pieces.concat(), masked, "cut at {cut}");
        }
    }

    #[test]
    fn a_rule_of_a_callers_own_masks() {
        let masker =
            Masker::builder().with_rule(rule(On::Prefix, "EMP-\nemp-", "d{6}", "EMPLOYEE_ID")).build().unwrap();
        assert_eq!(masker.mask_text("EMP-123456, emp-123456"), "[REDACTED_EMPLOYEE_ID], [REDACTED_EMPLOYEE_ID]");
        assert_eq!(masker.mask_text("EMP-1234567"), "EMP-1234567");
    }

    #[test]
    fn digits_that_may_go_on_are_waited_for_before_a_rule_of_ones_own_is_asked() {
        let masker = Masker::builder().with_rule(rule(On::Prefix, "40128", "d{6}!", "TICKET")).build().unwrap();
        check_cuts(&masker, concat!("pay 40128888", "88881881 now"), "pay [REDACTED_CARD] now");
    }

    #[test]
    #[cfg(feature = "regex")]
    fn a_regular_expression_masks_as_a_pattern_does_wherever_the_text_is_cut() {
        let shape = Shape::regex(r"EMP-(?:\d{6}|[A-Z]{3}\d{3})\b").unwrap();
        let own = Rule { shape, ..rule(On::Prefix, "EMP-", "", "EMPLOYEE_ID") };
        let masker = Masker::builder().with_rule(own).build().unwrap();
        let text = "EMP-123456 of EMP-ABC123, EMP-12345 and EMP-123456[REDACTED_EMAIL]";
        let masked = "[REDACTED_EMPLOYEE_ID] of [REDACTED_EMPLOYEE_ID], EMP-12345 and EMP-123456[REDACTED_EMAIL]";
        assert_eq!(masker.mask_text(text), masked);
        assert_eq!(masker.mask_text(masked), masked);
        check_cuts(&masker, text, masked);
        assert_eq!(Shape::regex("(").err(), Some(RuleError::Regex));
        assert_eq!(Shape::regex(&"a{1000}".repeat(1000)).err(), Some(RuleError::Regex));
    }

    #[test]
    fn a_rule_that_would_break_a_promise_is_refused() {
        check(rule(On::Prefix, "EMP-", "d{6}", "EMP-1"), Err(RuleError::Label));
        check(rule(On::Prefix, "EMP-", "d{6}", ""), Err(RuleError::Label));
        check(rule(On::Prefix, "", "d{6}", "EMP"), Err(RuleError::Literal));
        check(rule(On::Inside, "a", "d{6}", "EMP"), Err(RuleError::Literal));
        check(rule(On::Prefix, &"E".repeat(300), "d{6}", "EMP"), Err(RuleError::Literal));
        check(rule(On::InsideAnyCase, "EMP-", "d{6}", "EMP"), Err(RuleError::Literal));
        check(rule(On::HexColon, "", "d{6}", "EMP"), Err(RuleError::Trigger));
        check(rule(On::Prefix, "EMP-", "?{6}", "EMP"), Err(RuleError::Pattern(PatternError { item: 0 })));
        check(rule(On::Prefix, "EMP-", "n{1,90}^ n{1,90}^", "EMP"), Err(RuleError::Reach));
        check(rule(On::Inside, "EMP-", "w{5,99999} '!'", "EMP"), Err(RuleError::Reach));
        check(rule(On::Prefix, "EMP-", "w{5,4000}", "EMP"), Ok(()));
    }

    #[test]
    fn names_that_no_rule_has_are_refused() {
        assert_eq!(Masker::builder().with("uk_nhs").build().err(), Some(RuleError::UnknownRule));
        assert_eq!(Masker::builder().without("e-mail").build().err(), Some(RuleError::UnknownRule));
        assert_eq!(Masker::builder().with_locale("UK").build().err(), Some(RuleError::UnknownLocale));
        assert!(Masker::builder().with_locale("gb").build().is_ok());
    }
}
