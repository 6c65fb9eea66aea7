use worker::Env;

use super::claims::Policy;
use super::error::AuthError;
use super::secret::Secret;
use super::service_token::ServiceToken;

/// How this deployment authenticates, from its variables and secrets. An empty value counts as unset.
#[derive(Debug)]
pub(crate) struct AuthConfig {
    /// `AUTH_JWT_SECRET`.
    pub(crate) secret: Option<Secret>,
    /// `AUTH_JWKS_URL`.
    pub(crate) jwks_url: Option<String>,
    /// `SERVICE_TOKEN`.
    pub(crate) service_token: Option<ServiceToken>,
    /// `AUTH_AUDIENCE` and `AUTH_ISSUER`.
    pub(crate) policy: Policy,
}

impl AuthConfig {
    /// Reads the configuration.
    ///
    /// # Errors
    /// [`AuthError::NotConfigured`] when nobody could ever be let in: said loudly instead of refusing everyone.
    /// [`AuthError::WeakSecret`] for an `AUTH_JWT_SECRET` or a `SERVICE_TOKEN` of less than 32 bytes.
    pub(crate) fn from_env(env: &Env) -> Result<Self, AuthError> {
        Self::from_values(|name| env.var(name).ok().map(|value| value.to_string()))
    }

    fn from_values(value: impl Fn(&str) -> Option<String>) -> Result<Self, AuthError> {
        let value = |name: &str| value(name).filter(|text| !text.is_empty());
        let config = Self {
            secret: value("AUTH_JWT_SECRET").map(Secret::new).transpose()?,
            jwks_url: value("AUTH_JWKS_URL"),
            service_token: value("SERVICE_TOKEN").map(ServiceToken::new).transpose()?,
            policy: Policy { audience: value("AUTH_AUDIENCE"), issuer: value("AUTH_ISSUER") },
        };
        if config.secret.is_none() && config.jwks_url.is_none() && config.service_token.is_none() {
            return Err(AuthError::NotConfigured);
        }
        Ok(config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(values: &[(&str, &str)]) -> Result<AuthConfig, AuthError> {
        AuthConfig::from_values(|name| {
            values.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn one_way_in_is_enough() {
        assert!(read(&[("AUTH_JWT_SECRET", &"s".repeat(32))]).is_ok());
        assert!(read(&[("AUTH_JWKS_URL", "https://id.example/jwks")]).is_ok());
        assert!(read(&[("SERVICE_TOKEN", &"t".repeat(32))]).is_ok());
    }

    #[test]
    fn no_way_in_is_the_operators_fault() {
        assert_eq!(read(&[]).err(), Some(AuthError::NotConfigured));
        let empty = [("AUTH_JWT_SECRET", ""), ("SERVICE_TOKEN", ""), ("AUTH_ISSUER", "x")];
        assert_eq!(read(&empty).err(), Some(AuthError::NotConfigured));
    }

    #[test]
    fn a_weak_secret_is_the_operators_fault() {
        for name in ["AUTH_JWT_SECRET", "SERVICE_TOKEN"] {
            assert_eq!(read(&[(name, &"s".repeat(31))]).err(), Some(AuthError::WeakSecret));
        }
    }

    #[test]
    fn an_empty_audience_or_issuer_is_none() {
        let config = read(&[("SERVICE_TOKEN", &"t".repeat(32)), ("AUTH_AUDIENCE", ""), ("AUTH_ISSUER", "i")]);
        let policy = Policy { audience: None, issuer: Some("i".to_owned()) };
        assert_eq!(config.map(|config| config.policy), Ok(policy));
    }

    #[test]
    fn debug_hides_the_secrets() {
        let config = read(&[("AUTH_JWT_SECRET", &"hush".repeat(8)), ("SERVICE_TOKEN", &"hush".repeat(8))]);
        assert!(!format!("{config:?}").contains("hush"));
    }
}
