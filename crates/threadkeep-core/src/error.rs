//! Every error that a client can see, in one table: code, HTTP status, fixed text. No error carries a value.

use serde::{Serialize, Serializer};

/// A stable code. Clients branch on it; people read the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorCode {
    InvalidJson,
    InvalidRequest,
    NoUserMessage,
    InvalidStateKey,
    InvalidScope,
    Unauthenticated,
    InvalidToken,
    Forbidden,
    NotFound,
    MethodNotAllowed,
    ThreadConflict,
    ThreadDiverged,
    ThreadFull,
    ThreadBusy,
    IdempotencyMismatch,
    BodyTooLarge,
    MessageTooLong,
    UpstreamUnavailable,
    Internal,
}

impl ErrorCode {
    /// All codes, in the order of the documentation (`docs/errors.md`).
    pub const ALL: [Self; 19] = [
        Self::InvalidJson,
        Self::InvalidRequest,
        Self::NoUserMessage,
        Self::InvalidStateKey,
        Self::InvalidScope,
        Self::Unauthenticated,
        Self::InvalidToken,
        Self::Forbidden,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::ThreadConflict,
        Self::ThreadDiverged,
        Self::ThreadFull,
        Self::ThreadBusy,
        Self::IdempotencyMismatch,
        Self::BodyTooLarge,
        Self::MessageTooLong,
        Self::UpstreamUnavailable,
        Self::Internal,
    ];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.row().0
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(self) -> u16 {
        self.row().1
    }

    /// One lower-case sentence for people; fixed, so that no user text can be in it.
    #[must_use]
    pub fn message(self) -> &'static str {
        self.row().2
    }

    fn row(self) -> (&'static str, u16, &'static str) {
        match self {
            Self::InvalidJson => ("invalid_json", 400, "the body is not JSON"),
            Self::InvalidRequest => {
                ("invalid_request", 400, "a field of the request is missing or has the wrong shape")
            }
            Self::NoUserMessage => ("no_user_message", 400, "the request has no user message with text"),
            Self::InvalidStateKey => ("invalid_state_key", 400, "a state key is 1 to 128 of a-z, A-Z, 0-9, _ and -"),
            Self::InvalidScope => {
                ("invalid_scope", 400, "a project, scope type or scope id is empty, too long or no such text")
            }
            Self::Unauthenticated => ("unauthenticated", 401, "a bearer token is required"),
            Self::InvalidToken => ("invalid_token", 401, "the token is not valid or has expired"),
            Self::Forbidden => ("forbidden", 403, "the token does not allow this"),
            Self::NotFound => ("not_found", 404, "there is no such route or thread"),
            Self::MethodNotAllowed => ("method_not_allowed", 405, "this route has other methods"),
            Self::ThreadConflict => ("thread_conflict", 409, "the thread has another message count than expected"),
            Self::ThreadDiverged => ("thread_diverged", 409, "stored messages can be neither changed nor removed"),
            Self::ThreadFull => ("thread_full", 409, "the thread has reached its limit"),
            Self::ThreadBusy => ("thread_busy", 409, "too many turns are waiting on this thread"),
            Self::IdempotencyMismatch => ("idempotency_mismatch", 409, "this idempotency key came with other messages"),
            Self::BodyTooLarge => ("body_too_large", 413, "the body is too large"),
            Self::MessageTooLong => ("message_too_long", 413, "the user message is too long"),
            Self::UpstreamUnavailable => ("upstream_unavailable", 502, "the upstream service did not answer"),
            Self::Internal => ("internal", 500, "internal error"),
        }
    }
}

impl std::fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.message())
    }
}

impl std::error::Error for ErrorCode {}

impl Serialize for ErrorCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// Codes of an executor's `error` event with the text that a client is shown. Unknown codes get the last one: an
/// executor's own words never reach a client.
const RUN_ERRORS: [(&str, &str); 7] = [
    ("rate_limited", "The assistant is busy right now. Please try again in a moment."),
    ("timeout", "The assistant took too long to answer. Please try again."),
    ("context_too_long", "This conversation is too long for the assistant. Please start a new one."),
    ("content_filtered", "The assistant cannot answer this request."),
    ("insufficient_credits", "The account has no credits left."),
    ("upstream_interrupted", "The connection to the assistant was lost. Please try again."),
    ("internal", "Something went wrong. Please try again."),
];

/// The public text of a run's error code.
#[must_use]
pub fn public_error_text(code: &str) -> &'static str {
    let found = RUN_ERRORS.iter().find(|(known, _)| *known == code).or(RUN_ERRORS.last());
    found.map_or("", |(_, text)| text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_run_error_shows_no_word_of_the_executor() {
        assert_eq!(public_error_text("psql: password wrong for bob"), public_error_text("internal"));
        assert_ne!(public_error_text("timeout"), public_error_text("internal"));
    }

    #[test]
    fn codes_are_unique() {
        for (at, code) in ErrorCode::ALL.iter().enumerate() {
            assert!(ErrorCode::ALL.iter().skip(at + 1).all(|other| other.as_str() != code.as_str()));
        }
    }

    #[test]
    fn every_code_stands_in_the_documentation() {
        let docs = include_str!("../../../docs/errors.md");
        for code in ErrorCode::ALL {
            let row = format!("| {} | `{}` |", code.status(), code.as_str());
            assert!(docs.contains(&row), "docs/errors.md lacks {row}");
        }
    }
}
