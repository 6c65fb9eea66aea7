//! Cards and accounts.

use super::super::detect::{card, iban};
use super::super::rule::{Kind, Rule, Trigger};
use super::detector;

pub(super) fn rules() -> Vec<Rule> {
    vec![
        detector("iban", Kind::Financial, "IBAN", Trigger::Digits, iban::find, "ISO 13616"),
        detector("card", Kind::Financial, "CARD", Trigger::Digits, card::find, "ISO/IEC 7812"),
    ]
}
