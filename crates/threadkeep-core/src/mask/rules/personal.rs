//! What reaches a person.

use super::super::detect::{email, phone, ssn};
use super::super::rule::{Kind, Rule, Trigger};
use super::{byte, detector};

pub(super) fn rules() -> Vec<Rule> {
    vec![
        detector("email", Kind::Personal, "EMAIL", byte::<b'@'>(), email::find, "RFC 5321"),
        detector("phone-international", Kind::Personal, "PHONE", Trigger::Digits, phone::international, "ITU-T E.164"),
        detector("us-ssn", Kind::Personal, "SSN", Trigger::Digits, ssn::dashed, "ssa.gov"),
        detector("us-ssn-bare", Kind::Personal, "SSN", Trigger::Digits, ssn::bare, "ssa.gov"),
        detector(
            "phone-mobile-trunk",
            Kind::Personal,
            "PHONE",
            Trigger::Digits,
            phone::mobile_trunk,
            "soumu.go.jp, kisa.or.kr",
        ),
        detector("phone-nanp", Kind::Personal, "PHONE", Trigger::Digits, phone::north_american, "nanpa.com"),
    ]
}
