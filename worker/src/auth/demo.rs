use serde::Serialize;
use serde_json::{Map, Value};

use super::claims::Policy;
use super::error::AuthError;
use super::owner::Owner;
use super::secret::Secret;

/// Life of a demo token in milliseconds: one sitting at the local demo page.
const DEMO_TOKEN_LIFE_MS: u64 = 60 * 60 * 1000;

/// A signed token for the local demo, as its route answers.
#[derive(Serialize)]
pub(crate) struct DemoToken {
    pub(crate) token: String,
    /// Milliseconds since 1970, as JavaScript's `Date` counts.
    #[serde(rename = "expiresAt")]
    pub(crate) expires_at_ms: u64,
}

/// Signs a token for `name` that lives one hour and meets `policy`.
///
/// # Errors
/// [`AuthError::Owner`] (400) when the name is no [`Owner`].
pub(crate) fn demo_token(name: &str, secret: &Secret, policy: &Policy, now_ms: u64) -> Result<DemoToken, AuthError> {
    let owner = Owner::parse(name).map_err(AuthError::Owner)?;
    // Whole seconds in the token, so that the answer names the very moment at which it ends.
    let now_s = now_ms / 1000;
    let expires_s = now_s + DEMO_TOKEN_LIFE_MS / 1000;
    let mut claims = Map::new();
    claims.insert("sub".to_owned(), owner.as_str().into());
    claims.insert("iat".to_owned(), now_s.into());
    claims.insert("exp".to_owned(), expires_s.into());
    for (name, demanded) in [("aud", &policy.audience), ("iss", &policy.issuer)] {
        if let Some(value) = demanded {
            claims.insert(name.to_owned(), value.as_str().into());
        }
    }
    let token = secret.sign(&Value::Object(claims)).ok_or(AuthError::NotConfigured)?;
    Ok(DemoToken { token, expires_at_ms: expires_s * 1000 })
}
