//! What reaches a person.

use super::super::detect::{email, phone, ssn};
use super::super::rule::Kind;
use super::{Line, detector, digits, inside};

pub(super) const RULES: &[Line] = &[
    detector("email", Kind::Personal, "EMAIL", inside("@"), email::find, "RFC 5321"),
    detector("phone-international", Kind::Personal, "PHONE", digits("+<1-15"), phone::international, "ITU-T E.164"),
    detector("us-ssn", Kind::Personal, "SSN", digits("^<3>>-"), ssn::dashed, "ssa.gov"),
    detector("us-ssn-bare", Kind::Personal, "SSN", digits("^<9"), ssn::bare, "ssa.gov"),
    detector(
        "phone-mobile-trunk",
        Kind::Personal,
        "PHONE",
        digits("^<3>>-"),
        phone::mobile_trunk,
        "soumu.go.jp, kisa.or.kr",
    ),
    detector("phone-nanp", Kind::Personal, "PHONE", digits("^<1-3>>)"), phone::north_american, "nanpa.com"),
];
