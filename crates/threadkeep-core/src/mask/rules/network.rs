//! What names a machine.

use super::super::detect::{ip, mac};
use super::super::rule::{Kind, On};
use super::{Line, detector, digits};

pub(super) const RULES: &[Line] = &[
    detector("mac", Kind::Network, "MAC", (On::HexGroups, ""), mac::find, "IEEE 802"),
    detector("ipv6", Kind::Network, "IP", (On::HexColon, ""), ip::v6, "RFC 4291"),
    detector("ipv4", Kind::Network, "IP", digits("^<1-3>>."), ip::v4, "RFC 791"),
];
