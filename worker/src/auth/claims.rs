use std::fmt;

use serde_json::{Map, Value};

use super::error::InvalidReason;
use super::owner::Owner;

/// How far two clocks may differ, in seconds. A minute is what identity providers recommend;
/// it lengthens a token's life by no more than that.
pub(crate) const CLOCK_LEEWAY_S: f64 = 60.0;

/// What the operator demands of every user token beyond a good signature.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Policy {
    /// One of the token's `aud` must be this. `None`: `aud` is not looked at.
    pub(crate) audience: Option<String>,
    /// `iss` must be exactly this. `None`: `iss` is not looked at.
    pub(crate) issuer: Option<String>,
}

/// The claims of a token whose signature and times were checked. Empty for the service.
#[derive(Clone, Default, PartialEq)]
pub(crate) struct Claims(Map<String, Value>);

impl Claims {
    /// Reads and judges the payload of a token with a good signature.
    ///
    /// Rules: `exp` is required and in the future, `nbf` is not, each within [`CLOCK_LEEWAY_S`]; `aud` and `iss` as
    /// [`Policy`] demands; `sub` is an [`Owner`]. Times are seconds, fractions allowed (RFC 7519, section 2).
    ///
    /// # Errors
    /// The first rule that is broken, in this order.
    pub(crate) fn check(payload: &[u8], policy: &Policy, now_ms: u64) -> Result<(Owner, Self), InvalidReason> {
        let claims: Map<String, Value> = crate::body::parse(payload).map_err(|_| InvalidReason::Malformed)?;
        let claims = Self(claims);
        claims.check_times(now_ms as f64 / 1000.0)?;
        claims.check_audience(policy)?;
        claims.check_issuer(policy)?;
        let subject = claims.get("sub").and_then(Value::as_str).ok_or(InvalidReason::Subject)?;
        let owner = Owner::parse(subject).map_err(|_| InvalidReason::Subject)?;
        Ok((owner, claims))
    }

    /// One claim by its name.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// What the claim `projects` says of a project.
    pub(crate) fn project(&self, project: &str) -> Option<&str> {
        self.get("projects")?.get(project)?.as_str()
    }

    fn check_times(&self, now_s: f64) -> Result<(), InvalidReason> {
        let expires_s = self.get("exp").ok_or(InvalidReason::MissingExpiry)?;
        let expires_s = expires_s.as_f64().ok_or(InvalidReason::Malformed)?;
        if now_s >= expires_s + CLOCK_LEEWAY_S {
            return Err(InvalidReason::Expired);
        }
        let Some(not_before_s) = self.get("nbf") else {
            return Ok(());
        };
        let not_before_s = not_before_s.as_f64().ok_or(InvalidReason::Malformed)?;
        if now_s + CLOCK_LEEWAY_S < not_before_s {
            return Err(InvalidReason::NotYetValid);
        }
        Ok(())
    }

    /// `aud` is one text or a list of texts (RFC 7519, section 4.1.3).
    fn check_audience(&self, policy: &Policy) -> Result<(), InvalidReason> {
        let Some(expected) = &policy.audience else {
            return Ok(());
        };
        let named = match self.get("aud") {
            Some(Value::Array(list)) => list.iter().any(|audience| audience == expected),
            Some(audience) => audience == expected,
            None => false,
        };
        if named { Ok(()) } else { Err(InvalidReason::Audience) }
    }

    fn check_issuer(&self, policy: &Policy) -> Result<(), InvalidReason> {
        let Some(expected) = &policy.issuer else {
            return Ok(());
        };
        if self.get("iss").is_some_and(|issuer| issuer == expected) { Ok(()) } else { Err(InvalidReason::Issuer) }
    }
}

/// How many, not which: claims are personal data.
impl fmt::Debug for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Claims({} entries)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOW_MS: u64 = 1_800_000_000_000;
    const NOW_S: i64 = 1_800_000_000;

    fn check_with(policy: &Policy, claims: Value, expected: Result<(), InvalidReason>) {
        let result = Claims::check(claims.to_string().as_bytes(), policy, NOW_MS);
        assert_eq!(result.map(|_| ()), expected, "{claims}");
    }

    fn check(claims: Value, expected: Result<(), InvalidReason>) {
        check_with(&Policy::default(), claims, expected);
    }

    #[test]
    fn a_live_token_gives_its_owner_and_claims() {
        let payload = json!({"sub": "alice", "exp": NOW_S + 10, "projects": ["p1"]}).to_string();
        let (owner, claims) = Claims::check(payload.as_bytes(), &Policy::default(), NOW_MS).expect("good claims");
        assert_eq!(owner.as_str(), "alice");
        assert_eq!(claims.get("projects"), Some(&json!(["p1"])));
    }

    #[test]
    fn exp_is_required() {
        check(json!({"sub": "alice"}), Err(InvalidReason::MissingExpiry));
        check(json!({"sub": "alice", "exp": "1900000000"}), Err(InvalidReason::Malformed));
        check(json!({"sub": "alice", "exp": null}), Err(InvalidReason::Malformed));
    }

    #[test]
    fn an_expired_token_lives_a_minute_longer() {
        check(json!({"sub": "alice", "exp": NOW_S - 59}), Ok(()));
        check(json!({"sub": "alice", "exp": NOW_S as f64 - 59.9}), Ok(()));
        check(json!({"sub": "alice", "exp": NOW_S - 60}), Err(InvalidReason::Expired));
        check(json!({"sub": "alice", "exp": 0}), Err(InvalidReason::Expired));
        check(json!({"sub": "alice", "exp": -1e300}), Err(InvalidReason::Expired));
    }

    #[test]
    fn a_token_starts_a_minute_early() {
        check(json!({"sub": "alice", "exp": 1e300, "nbf": NOW_S + 60}), Ok(()));
        check(json!({"sub": "a", "exp": 1e300, "nbf": NOW_S + 61}), Err(InvalidReason::NotYetValid));
        check(json!({"sub": "a", "exp": 1e300, "nbf": "now"}), Err(InvalidReason::Malformed));
    }

    #[test]
    fn the_configured_audience_must_be_named() {
        let policy = Policy { audience: Some("api".to_owned()), issuer: None };
        for aud in [json!("api"), json!(["web", "api"])] {
            check_with(&policy, json!({"sub": "a", "exp": 1e10, "aud": aud}), Ok(()));
        }
        for aud in [json!("web"), json!("apis"), json!([]), json!([["api"]]), json!({"api": 1}), json!(null)] {
            let claims = json!({"sub": "a", "exp": 1e10, "aud": aud});
            check_with(&policy, claims, Err(InvalidReason::Audience));
        }
        check_with(&policy, json!({"sub": "a", "exp": 1e10}), Err(InvalidReason::Audience));
    }

    #[test]
    fn the_configured_issuer_must_match_exactly() {
        let policy = Policy { audience: None, issuer: Some("https://id.example".to_owned()) };
        check_with(&policy, json!({"sub": "a", "exp": 1e10, "iss": "https://id.example"}), Ok(()));
        for iss in [json!("https://id.example/"), json!(["https://id.example"]), json!(null)] {
            let claims = json!({"sub": "a", "exp": 1e10, "iss": iss});
            check_with(&policy, claims, Err(InvalidReason::Issuer));
        }
        check_with(&policy, json!({"sub": "a", "exp": 1e10}), Err(InvalidReason::Issuer));
    }

    #[test]
    fn sub_must_be_an_owner() {
        check(json!({"exp": 1e10}), Err(InvalidReason::Subject));
        for sub in [json!(""), json!(7), json!(null), json!(["a"]), json!("a\nb"), json!("a".repeat(257))] {
            check(json!({"sub": sub, "exp": 1e10}), Err(InvalidReason::Subject));
        }
    }

    #[test]
    fn a_payload_that_is_no_object_is_malformed() {
        for payload in ["", "null", "[]", "\"sub\"", "{", "{\"exp\":1e999}", "\u{feff}{}"] {
            let result = Claims::check(payload.as_bytes(), &Policy::default(), NOW_MS);
            assert_eq!(result.err(), Some(InvalidReason::Malformed), "{payload}");
        }
    }

    #[test]
    fn debug_shows_no_claim() {
        let payload = json!({"sub": "alice", "exp": 1e10, "email": concat!("a@", "b.example")}).to_string();
        let result = Claims::check(payload.as_bytes(), &Policy::default(), NOW_MS);
        assert_eq!(format!("{result:?}"), "Ok((Owner(5 bytes), Claims(3 entries)))");
    }
}
