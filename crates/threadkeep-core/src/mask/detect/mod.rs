//! Detectors: values whose shape is more than literals and runs.

pub(super) mod assignment;
pub(super) mod card;
pub(super) mod discord;
pub(super) mod email;
pub(super) mod http;
pub(super) mod iban;
pub(super) mod ip;
pub(super) mod jwt;
pub(super) mod kubernetes;
pub(super) mod mac;
pub(super) mod national;
pub(super) mod pem;
pub(super) mod phone;
pub(super) mod ssn;
pub(super) mod url;
pub(super) mod wallet;
