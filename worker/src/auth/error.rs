use std::fmt;

use super::owner::OwnerError;
use threadkeep_core::ErrorCode;

/// Why a request is not let in.
///
/// `Display` is for the log, [`AuthError::message`] for the client. Neither ever holds a token, a claim or an owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AuthError {
    /// No bearer credential at all.
    Missing,
    /// There is a credential, and it is not good.
    Invalid(InvalidReason),
    /// The owner that the service (in its header) or the demo page names is missing or no owner.
    Owner(OwnerError),
    /// A user's token on a route that only the service may call.
    ServiceOnly,
    /// A project that the token does not name.
    UnknownProject,
    /// A write to a project that the token may only read.
    ReadOnly,
    /// The key set could not be fetched, so nobody can say whether the token is good.
    KeysUnavailable,
    /// The operator configured no way to authenticate.
    NotConfigured,
    /// A secret of the operator is short enough to be guessed.
    WeakSecret,
}

/// What is wrong with a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InvalidReason {
    /// Not three base64url parts that hold JSON objects, or larger than any token should be.
    Malformed,
    /// `none`, an algorithm that is not supported, or one that no key is configured for.
    Algorithm,
    /// The header lists extensions (`crit`) that must be understood and are not.
    CriticalHeader,
    /// No key for it, also after the key set was fetched again.
    UnknownKey,
    Signature,
    MissingExpiry,
    Expired,
    NotYetValid,
    Audience,
    Issuer,
    /// `sub` is missing or no `Owner`.
    Subject,
}

impl AuthError {
    /// The stable code of the error body, with its status.
    pub(crate) fn code(self) -> ErrorCode {
        match self {
            Self::Missing => ErrorCode::Unauthenticated,
            Self::Invalid(_) => ErrorCode::InvalidToken,
            Self::Owner(_) => ErrorCode::InvalidRequest,
            Self::ServiceOnly | Self::ReadOnly => ErrorCode::Forbidden,
            Self::UnknownProject => ErrorCode::NotFound,
            Self::KeysUnavailable => ErrorCode::UpstreamUnavailable,
            Self::NotConfigured | Self::WeakSecret => ErrorCode::Internal,
        }
    }

    /// What the client reads. Our own faults are not explained to it.
    pub(crate) fn message(self) -> &'static str {
        match self {
            Self::Missing | Self::ServiceOnly | Self::UnknownProject | Self::ReadOnly => self.code().message(),
            Self::Invalid(reason) => reason.message(),
            Self::Owner(error) => error.message(),
            Self::KeysUnavailable => "the token could not be checked, try again later",
            Self::NotConfigured | Self::WeakSecret => ErrorCode::Internal.message(),
        }
    }
}

impl fmt::Display for AuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::KeysUnavailable => "the key set at AUTH_JWKS_URL could not be fetched",
            Self::NotConfigured => "no AUTH_JWT_SECRET, AUTH_JWKS_URL or SERVICE_TOKEN",
            Self::WeakSecret => "AUTH_JWT_SECRET or SERVICE_TOKEN is shorter than 32 bytes",
            Self::Missing
            | Self::Invalid(_)
            | Self::Owner(_)
            | Self::ServiceOnly
            | Self::UnknownProject
            | Self::ReadOnly => self.message(),
        })
    }
}

impl std::error::Error for AuthError {}

impl InvalidReason {
    fn message(self) -> &'static str {
        match self {
            Self::Malformed => "the token is not a signed json web token",
            Self::Algorithm => "the token's algorithm is not accepted",
            Self::CriticalHeader => "the token needs an extension that is not supported",
            Self::UnknownKey => "the token is signed by an unknown key",
            Self::Signature => "the token's signature is wrong",
            Self::MissingExpiry => "the token has no expiry",
            Self::Expired => "the token has expired",
            Self::NotYetValid => "the token is not valid yet",
            Self::Audience => "the token is for another audience",
            Self::Issuer => "the token is from another issuer",
            Self::Subject => "the token names no subject that can own threads",
        }
    }
}

impl From<InvalidReason> for AuthError {
    fn from(reason: InvalidReason) -> Self {
        Self::Invalid(reason)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(error: AuthError, status: u16, code: &str) {
        assert_eq!((error.code().status(), error.code().as_str()), (status, code));
    }

    #[test]
    fn every_error_has_its_status_and_code() {
        check(AuthError::Missing, 401, "unauthenticated");
        check(InvalidReason::Expired.into(), 401, "invalid_token");
        check(AuthError::Owner(OwnerError::Empty), 400, "invalid_request");
        check(AuthError::ServiceOnly, 403, "forbidden");
        check(AuthError::UnknownProject, 404, "not_found");
        check(AuthError::ReadOnly, 403, "forbidden");
        check(AuthError::KeysUnavailable, 502, "upstream_unavailable");
        check(AuthError::NotConfigured, 500, "internal");
        check(AuthError::WeakSecret, 500, "internal");
    }

    #[test]
    fn the_operators_fault_is_logged_and_not_told() {
        let error = AuthError::NotConfigured;
        assert_eq!(error.to_string(), "no AUTH_JWT_SECRET, AUTH_JWKS_URL or SERVICE_TOKEN");
        assert_eq!(error.message(), "internal error");
    }
}
