use serde_json::{Value, json};
use threadkeep_core::item::Author;
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
    claims: Claims,
}

/// In what role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IdentityKind {
    /// A person with a token of the identity provider.
    User,
    /// The operator's own server, which acts for any owner.
    Service,
}

/// What is wanted of a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    Read,
    Write,
}

impl Identity {
    /// For the routes of a project: the token's claim `projects` names it, as `{"p1": "read"}` or `{"p1": "write"}`.
    /// The service may act on every project.
    ///
    /// # Errors
    /// [`AuthError::UnknownProject`] when the claim does not name it, the same whether it exists or not;
    /// [`AuthError::ReadOnly`] when it may only be read.
    pub(crate) fn require_project(&self, project: &str, wanted: Access) -> Result<(), AuthError> {
        if self.is_service() {
            return Ok(());
        }
        match (self.claims.project(project), wanted) {
            (Some("write"), _) | (Some("read"), Access::Read) => Ok(()),
            (Some("read"), Access::Write) => Err(AuthError::ReadOnly),
            _ => Err(AuthError::UnknownProject),
        }
    }

    pub(crate) fn is_service(&self) -> bool {
        self.kind == IdentityKind::Service
    }

    /// Who writes: the user of the token under its claim `name`, or the user that the service speaks for.
    pub(crate) fn author(&self) -> Author {
        Author::new(self.owner.as_str(), self.claims.get("name").and_then(Value::as_str))
    }

    /// When the credential expires, in milliseconds since 1970; the service's never does.
    pub(crate) fn expires_ms(&self) -> i64 {
        let seconds = self.claims.get("exp").and_then(Value::as_f64);
        #[expect(clippy::cast_possible_truncation, reason = "a cast keeps within the bounds of the type")]
        seconds.map_or(i64::MAX, |seconds| (seconds * 1000.0) as i64)
    }

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
    let (authorization, protocols) = (header(headers, "authorization"), header(headers, "sec-websocket-protocol"));
    let token = bearer_token(authorization.as_deref(), protocols.as_deref())?;
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
