//! What names a machine.

use super::super::detect::ip;
use super::super::rule::{Kind, Rule, Trigger};
use super::detector;

pub(super) fn rules() -> Vec<Rule> {
    vec![detector("ipv4", Kind::Network, "IP", Trigger::Digits, ip::v4, "RFC 791")]
}
