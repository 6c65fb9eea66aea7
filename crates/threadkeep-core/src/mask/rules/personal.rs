//! What reaches a person.

use super::super::detect::{email, phone, ssn};
use super::super::rule::{Kind, Rule, Trigger};
use super::{byte, detector};

pub(super) fn rules() -> Vec<Rule> {
    vec![
        detector("email", Kind::Personal, "EMAIL", byte::<b'@'>(), email::find, "RFC 5321"),
        detector(
            "phone-international",
            Kind::Personal,
            "PHONE",
            Trigger::Digits(1, 15),
            phone::international,
            "ITU-T E.164",
        ),
        detector("us-ssn", Kind::Personal, "SSN", Trigger::Digits(3, 3), ssn::dashed, "ssa.gov"),
        detector("us-ssn-bare", Kind::Personal, "SSN", Trigger::Digits(9, 9), ssn::bare, "ssa.gov"),
        detector(
            "phone-mobile-trunk",
            Kind::Personal,
            "PHONE",
            Trigger::Digits(3, 3),
            phone::mobile_trunk,
            "soumu.go.jp, kisa.or.kr",
        ),
        detector("phone-nanp", Kind::Personal, "PHONE", Trigger::Digits(1, 3), phone::north_american, "nanpa.com"),
    ]
}
