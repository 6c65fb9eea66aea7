use serde_json::json;
use worker::{Date, Env, Headers};

use super::bearer::bearer_token;
use super::claims::Claims;
use super::config::AuthConfig;
use super::error::{AuthError, InvalidReason};
use super::jwks;
use super::jws::{Algorithm, Jws};
use super::owner::Owner;
use super::service_token::{OWNER_HEADER, owner_from_header};
use super::verify::{Keys, verify};

/// Who is calling.
#[derive(Debug)]
pub(crate) struct Identity {
    /// Whose threads the request is about.
    pub(crate) owner: Owner,
    pub(crate) kind: IdentityKind,
    /// The verified claims of a user's token; none for the service.
    #[expect(dead_code, reason = "who may act on a project is a claim: read by the projects route")]
    pub(crate) claims: Claims,
}

/// In what role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IdentityKind {
    /// A person with a token of the identity provider.
    User,
    /// The operator's own server, which acts for any owner.
    Service,
}

impl Identity {
    /// For the routes that only the service may call.
    ///
    /// # Errors
    /// [`AuthError::ServiceOnly`] for a user.
    pub(crate) fn require_service(&self) -> Result<(), AuthError> {
        match self.kind {
            IdentityKind::Service => Ok(()),
            IdentityKind::User => Err(AuthError::ServiceOnly),
        }
    }
}

/// Authenticates a request by its `Authorization` header.
///
/// # Errors
/// Every [`AuthError`] but `ServiceOnly`. The operator's faults are logged here, where they are known.
pub(crate) async fn authenticate(headers: &Headers, env: &Env) -> Result<Identity, AuthError> {
    let config = AuthConfig::from_env(env).inspect_err(|error| log(*error))?;
    let authorization = header(headers, "authorization");
    let token = bearer_token(authorization.as_deref())?;
    if config.service_token.as_ref().is_some_and(|service| service.matches(token)) {
        service_identity(headers)
    } else {
        user_identity(token, &config).await
    }
}

/// In the shape of the worker's other log lines.
fn log(error: AuthError) {
    crate::log::error(&error.to_string(), json!({"code": error.code()}));
}

fn service_identity(headers: &Headers) -> Result<Identity, AuthError> {
    let owner = owner_from_header(header(headers, OWNER_HEADER).as_deref());
    Ok(Identity { owner: owner.map_err(AuthError::Owner)?, kind: IdentityKind::Service, claims: Claims::default() })
}

async fn user_identity(token: &str, config: &AuthConfig) -> Result<Identity, AuthError> {
    let jws = Jws::parse(token)?;
    let (owner, claims) = match (jws.algorithm(), &config.jwks_url) {
        (Algorithm::Public(_), Some(url)) => verify_with_key_set(&jws, config, url).await?,
        (Algorithm::Public(_), None) | (Algorithm::Hs256, _) => verify_with(&jws, config, None).await?,
    };
    Ok(Identity { owner, kind: IdentityKind::User, claims })
}

async fn verify_with_key_set(jws: &Jws<'_>, config: &AuthConfig, url: &str) -> Result<(Owner, Claims), AuthError> {
    let keys = jwks::key_set(url).await?;
    let verified = verify_with(jws, config, Some(keys)).await;
    if verified != Err(InvalidReason::UnknownKey) {
        return Ok(verified?);
    }
    match jwks::key_set_for_unknown_key(url).await? {
        Some(keys) => Ok(verify_with(jws, config, Some(keys)).await?),
        None => Err(InvalidReason::UnknownKey.into()),
    }
}

async fn verify_with(
    jws: &Jws<'_>,
    config: &AuthConfig,
    public: Option<jwks::KeySet>,
) -> Result<(Owner, Claims), InvalidReason> {
    let keys = Keys { secret: config.secret.as_ref(), public: public.as_deref() };
    verify(jws, &keys, &config.policy, Date::now().as_millis()).await
}

/// A header that cannot be read is one that is not there.
fn header(headers: &Headers, name: &str) -> Option<String> {
    headers.get(name).ok().flatten()
}
