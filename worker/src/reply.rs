//! Replies: JSON, errors, and why something failed.

use crate::auth::AuthError;
use crate::config::ConfigError;
use crate::log;
use serde::Serialize;
use serde_json::{Value, json};
use threadkeep_core::ErrorCode;
use threadkeep_core::mask::MaskCounts;
use worker::{Headers, Response, ResponseBuilder};

/// Header in which an object tells the entry what the request's line is to say, as JSON. It goes no further.
pub(crate) const NOTE_HEADER: &str = "x-threadkeep-note";

/// Why a request gets no success.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The caller's fault, or the state of the thread.
    Refused(ErrorCode),
    Auth(AuthError),
    /// Another method than the route has; the `Allow` header.
    Method(&'static str),
    /// Ours: logged by kind, said as "internal error".
    Internal(&'static str),
}

pub(crate) type Reply<T> = Result<T, Failure>;

impl From<ErrorCode> for Failure {
    fn from(code: ErrorCode) -> Self {
        Self::Refused(code)
    }
}

impl From<AuthError> for Failure {
    fn from(error: AuthError) -> Self {
        Self::Auth(error)
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::Internal(error.0)
    }
}

impl From<worker::Error> for Failure {
    /// The runtime's message may quote what it choked on, so only the kind is kept.
    fn from(error: worker::Error) -> Self {
        Self::Internal(kind(&error))
    }
}

impl From<serde_json::Error> for Failure {
    fn from(_: serde_json::Error) -> Self {
        Self::Internal("json")
    }
}

/// The kind of a runtime error, without its text.
pub(crate) fn kind(error: &worker::Error) -> &'static str {
    match error {
        worker::Error::JsError(_) | worker::Error::UnknownJsError { .. } => "javascript",
        worker::Error::SerdeJsonError(_) | worker::Error::SerdeWasmBindgenError(_) => "serialization",
        worker::Error::BindingError(_) => "binding",
        _ => "runtime",
    }
}

impl Failure {
    /// The stable code.
    pub(crate) fn code(&self) -> ErrorCode {
        match self {
            Self::Refused(code) => *code,
            Self::Auth(error) => error.code(),
            Self::Method(_) => ErrorCode::MethodNotAllowed,
            Self::Internal(_) => ErrorCode::Internal,
        }
    }

    /// The response that says so.
    pub(crate) fn into_response(self) -> worker::Result<Response> {
        let code = self.code();
        let message = if let Self::Auth(auth) = &self { auth.message() } else { code.message() };
        let body = json!({"error": {"code": code, "message": message}});
        let response = noted(json(&body)?, &json!({"code": code}))?.with_status(code.status());
        match self {
            // RFC 9110, 11.6.1: a 401 names the scheme.
            Self::Auth(_) if code.status() == 401 => response.headers().set("www-authenticate", "Bearer")?,
            Self::Method(allow) => response.headers().set("allow", allow)?,
            Self::Internal(kind) => log::error(kind, json!({"code": code})),
            Self::Auth(_) | Self::Refused(_) => {}
        }
        Ok(response)
    }
}

/// The response with a note for the request's line.
fn noted(response: Response, note: &Value) -> worker::Result<Response> {
    response.headers().set(NOTE_HEADER, &note.to_string())?;
    Ok(response)
}

/// The same of what was masked in what the request brought.
pub(crate) fn masked(response: Response, counts: &MaskCounts) -> worker::Result<Response> {
    if counts.is_empty() { Ok(response) } else { noted(response, &json!({"masked": log::counts(counts)})) }
}

/// A JSON response that no cache keeps: all of it is somebody's.
pub(crate) fn json(value: &impl Serialize) -> worker::Result<Response> {
    json_text(serde_json::to_string(value)?)
}

/// The same of text that is JSON already.
pub(crate) fn json_text(text: String) -> worker::Result<Response> {
    Ok(ResponseBuilder::new().with_headers(json_headers()?).fixed(text.into_bytes()))
}

pub(crate) fn json_headers() -> worker::Result<Headers> {
    let headers = Headers::new();
    headers.set("content-type", "application/json; charset=utf-8")?;
    headers.set("cache-control", "no-store")?;
    Ok(headers)
}
