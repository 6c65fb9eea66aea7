//! Secrets known by their structure rather than by their issuer.

use super::super::detect::{jwt, pem, url};
use super::super::rule::{Kind, Rule};
use super::{detector, inside, prefix};

pub(super) fn rules() -> Vec<Rule> {
    vec![
        detector("private-key", Kind::Secret, "PRIVATE_KEY", inside("-----BEGIN␣"), pem::find, "RFC 7468"),
        detector("jwt", Kind::Secret, "JWT", prefix("eyJ ewogIC ewo"), jwt::find, "RFC 7519"),
        detector("url-password", Kind::Secret, "PASSWORD", inside("://"), url::password, "RFC 3986, 3.2.1"),
    ]
}
