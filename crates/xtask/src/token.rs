//! A token for the local worker: HS256, one hour, signed with the secret of `.dev.vars`.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64_URL;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::Sha256;

use crate::dev_vars;
use crate::project::Project;

/// Long enough to try things, short enough to be harmless in a shell history.
const LIFETIME_S: u64 = 60 * 60;

/// Signs a token whose subject is `user`.
///
/// # Errors
/// An empty name, or no `.dev.vars` yet (`cargo xtask start` writes it).
pub(crate) fn for_user(project: &Project, user: &str) -> Result<String> {
    ensure!(!user.is_empty(), "a token needs a user name");
    let secret =
        dev_vars::value(project, "AUTH_JWT_SECRET").context("no secret to sign with: run `cargo xtask start` once")?;
    let now_s = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    sign(&secret, user, now_s)
}

fn sign(secret: &str, user: &str, now_s: u64) -> Result<String> {
    let header = json!({"alg": "HS256", "typ": "JWT"});
    let claims = json!({"sub": user, "iat": now_s, "exp": now_s + LIFETIME_S});
    let signed = format!("{}.{}", BASE64_URL.encode(header.to_string()), BASE64_URL.encode(claims.to_string()));
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes())?;
    mac.update(signed.as_bytes());
    let signature = BASE64_URL.encode(mac.finalize().into_bytes());
    Ok(format!("{signed}.{signature}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The expected value was computed with Node's own `createHmac`.
    #[test]
    fn token_is_what_another_library_makes_of_it() {
        let expected = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.\
            eyJzdWIiOiJhbGljZSIsImlhdCI6MTcwMDAwMDAwMCwiZXhwIjoxNzAwMDAzNjAwfQ.\
            V0o9HT2hqC4CWxm3BRfzAfpluYLIvP39xcri4TQhHBE";
        assert_eq!(sign("secret", "alice", 1_700_000_000).unwrap(), expected);
    }
}
