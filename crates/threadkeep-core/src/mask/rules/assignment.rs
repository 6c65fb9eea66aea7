//! Names that say: what follows is a secret.

use super::super::detect::assignment;
use super::super::rule::{Kind, Rule, Trigger};
use super::{detector, inside_any_case};

pub(super) fn rules() -> Vec<Rule> {
    let source = "assignments in source code and configuration";
    let rules = vec![
        detector(
            "password-assignment",
            Kind::Secret,
            "PASSWORD",
            inside_any_case(PASSWORD),
            assignment::password,
            source,
        ),
        detector("secret-assignment", Kind::Secret, "SECRET", inside_any_case(SECRET), assignment::secret, source),
        detector("key-assignment", Kind::Secret, "SECRET", inside_any_case(KEY), assignment::key, source),
        detector(
            "compared-literal",
            Kind::Secret,
            "SECRET",
            Trigger::Pair(opens_literal),
            assignment::compared::find,
            source,
        ),
    ];
    rules.into_iter().map(|rule| Rule { generic: true, ..rule }).collect()
}

const PASSWORD: &str = "passw pwd passphrase pass passwd pw pswd identified␣by securestring";
const SECRET: &str = "secret token apikey api_key api-key api.key accesskey access_key authkey auth_key private_key privatekey license_key licensekey encryption_key credential creds bearer";
const KEY: &str = "key auth access private salt _pat authtoken";

/// A literal as the first thing in brackets.
fn opens_literal(first: u8, second: u8) -> bool {
    first == b'(' && matches!(second, b'"' | b'\'')
}
