//! Names that say: what follows is a secret.

use super::super::detect::assignment;
use super::super::rule::{DetectorFn, Kind, On};
use super::{Line, detector, inside, inside_any_case};

pub(super) const RULES: &[Line] = &[
    rule("password-assignment", "PASSWORD", inside_any_case(PASSWORD), assignment::password),
    rule("secret-assignment", "SECRET", inside_any_case(SECRET), assignment::secret),
    rule("key-assignment", "SECRET", inside_any_case(KEY), assignment::key),
    rule("compared-literal", "SECRET", inside(COMPARED), assignment::compared::find),
];

const COMPARED: &str = "\"== \"␣== \"!= \"␣!= '== '␣== '!= '␣!=";
const PASSWORD: &str = "passw pwd passphrase pass passwd pw pswd identified␣by securestring";
const SECRET: &str = "secret token apikey api_key api-key api.key accesskey access_key authkey auth_key private_key privatekey license_key licensekey encryption_key credential creds bearer";
const KEY: &str = "key auth access private salt _pat authtoken login crumb";

const fn rule(name: &'static str, label: &'static str, trigger: (On, &'static str), detect: DetectorFn) -> Line {
    let source = "assignments in source code and configuration";
    Line { generic: true, ..detector(name, Kind::Secret, label, trigger, detect, source) }
}
