//! What reaches a person.

use super::super::detect::{email, phone};
use super::super::rule::{Kind, Rule, Trigger};
use super::{byte, detector};

pub(super) fn rules() -> Vec<Rule> {
    vec![
        detector("email", Kind::Personal, "EMAIL", byte::<b'@'>(), email::find, "RFC 5321"),
        detector("phone-international", Kind::Personal, "PHONE", Trigger::Digits, phone::international, "ITU-T E.164"),
        detector("phone-nanp", Kind::Personal, "PHONE", Trigger::Digits, phone::north_american, "nanpa.com"),
    ]
}
