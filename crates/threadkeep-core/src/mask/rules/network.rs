//! What names a machine.

use super::super::detect::{ip, mac};
use super::super::rule::{Kind, Rule, Trigger};
use super::detector;

pub(super) fn rules() -> Vec<Rule> {
    vec![
        detector("mac", Kind::Network, "MAC", Trigger::PairAfterHex(is_mac_separator), mac::find, "IEEE 802"),
        detector("ipv6", Kind::Network, "IP", Trigger::PairAfterHex(is_ipv6_colon), ip::v6, "RFC 4291"),
        detector("ipv4", Kind::Network, "IP", Trigger::Digits(1, 3), ip::v4, "RFC 791"),
    ]
}

fn is_mac_separator(first: u8, second: u8) -> bool {
    matches!(first, b':' | b'-' | b'.') && second.is_ascii_hexdigit()
}

fn is_ipv6_colon(first: u8, second: u8) -> bool {
    first == b':' && (second == b':' || second.is_ascii_hexdigit())
}
