//! `Scope`: the entity that a thread hangs on, and the key of that thread.

use crate::error::ErrorCode;
use crate::state_key::StateKey;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// Longest project id or scope id, in bytes of UTF-8: an id or a slug, not a document. Percent-encoded it is three times
/// as long, and a URL with both still fits everywhere.
pub const MAX_SCOPE_ID_BYTES: usize = 512;

/// Longest scope type, in characters: a noun of the app (`spec`, `ticket`).
pub const MAX_SCOPE_TYPE_LENGTH: usize = 64;

/// An entity of a project: (`projectId`, `scopeType`, `scopeId`). It has one thread, whose key is derived from it.
///
/// A scope type matches `^[a-zA-Z0-9_-]{1,64}$`. The two ids are any Unicode text of 1 to 512 bytes without control
/// characters; `.` and `..` are none, since they are steps of a URL's path. All three are compared byte by byte: two
/// spellings of one letter (`é` as one code point or as two) are two scopes, so an app brings ids in one form.
#[derive(Clone, PartialEq, Eq)]
pub struct Scope {
    project_id: String,
    scope_type: String,
    scope_id: String,
}

impl Scope {
    /// Reads a scope.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidScope`] when one of the three breaks its rule.
    pub fn new(project_id: &str, scope_type: &str, scope_id: &str) -> Result<Self, ErrorCode> {
        if !is_scope_id(project_id) || !is_scope_type(scope_type) || !is_scope_id(scope_id) {
            return Err(ErrorCode::InvalidScope);
        }
        let [project_id, scope_type, scope_id] = [project_id, scope_type, scope_id].map(str::to_owned);
        Ok(Self { project_id, scope_type, scope_id })
    }

    #[must_use]
    pub fn project_id(&self) -> &str {
        &self.project_id
    }

    #[must_use]
    pub fn scope_type(&self) -> &str {
        &self.scope_type
    }

    #[must_use]
    pub fn scope_id(&self) -> &str {
        &self.scope_id
    }

    /// `{projectId, scopeType, scopeId}`.
    #[must_use]
    pub fn to_value(&self) -> Value {
        json!({"projectId": self.project_id, "scopeType": self.scope_type, "scopeId": self.scope_id})
    }

    /// The key of the scope's thread: always the same, and of no other scope.
    #[must_use]
    pub fn state_key(&self) -> StateKey {
        // Each part behind its length, so that no two scopes are one text.
        let parts = [&self.project_id, &self.scope_type, &self.scope_id];
        let text: String = parts.map(|part| format!("{}:{part}", part.len())).concat();
        let mut key = "scope-".to_owned();
        for byte in Sha256::digest(text) {
            let _infallible = write!(key, "{byte:02x}");
        }
        StateKey::of_safe_text(key)
    }
}

/// Whether a text is a project id or a scope id.
#[must_use]
pub fn is_scope_id(text: &str) -> bool {
    (1..=MAX_SCOPE_ID_BYTES).contains(&text.len()) && !matches!(text, "." | "..") && !text.chars().any(char::is_control)
}

/// Whether a text is a scope type.
#[must_use]
pub fn is_scope_type(text: &str) -> bool {
    text.len() <= MAX_SCOPE_TYPE_LENGTH && StateKey::parse(text).is_some()
}

/// The lengths only: ids are somebody's.
impl std::fmt::Debug for Scope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [project, kind, id] = [&self.project_id, &self.scope_type, &self.scope_id].map(String::len);
        write!(f, "Scope({project}, {kind} and {id} bytes)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(project_id: &str, scope_type: &str, scope_id: &str) -> String {
        Scope::new(project_id, scope_type, scope_id).unwrap().state_key().to_string()
    }

    #[test]
    fn a_scope_has_one_key_for_ever() {
        // Written down: another value would lose every thread that exists.
        assert_eq!(
            key("p1", "spec", "009-projects"),
            "scope-5eb4a014e34ce376a5a706afef4faf3c6d8d1deacf885aa9b9542b53488c64a4"
        );
        assert!(StateKey::parse(&key("p1", "spec", "日本語/ü 🙂")).is_some());
    }

    #[test]
    fn no_two_scopes_share_a_key() {
        let scopes = [
            ("p", "spec", "a"),
            ("p", "spec", "b"),
            ("p", "spe", "ca"),
            ("ps", "pec", "a"),
            ("p1", "s", "a"),
            ("p", "s", "1:a"),
            ("p", "Spec", "a"),
            ("p", "spec", "é"),
            ("p", "spec", "e\u{301}"),
        ];
        let keys: std::collections::BTreeSet<_> = scopes.iter().map(|(p, t, i)| key(p, t, i)).collect();
        assert_eq!(keys.len(), scopes.len());
    }

    #[track_caller]
    fn check(scope: [&str; 3], valid: bool) {
        assert_eq!(Scope::new(scope[0], scope[1], scope[2]).is_ok(), valid, "{scope:?}");
    }

    #[test]
    fn ids_are_any_text_of_bounded_length_and_types_are_names() {
        let (longest, too_long) = ("x".repeat(MAX_SCOPE_ID_BYTES), "x".repeat(MAX_SCOPE_ID_BYTES + 1));
        for id in ["a", "a/b", "%2F", "..a", "a b", "é", "日本", "🙂", "\u{202e}", "?#&", "~", &longest] {
            check([id, "spec", "x"], true);
            check(["p", "spec", id], true);
        }
        for id in ["", ".", "..", "a\nb", "\0", "\u{85}", &too_long] {
            check([id, "spec", "x"], false);
            check(["p", "spec", id], false);
        }
        check(["p", &"t".repeat(MAX_SCOPE_TYPE_LENGTH), "x"], true);
        for kind in ["", "a b", "ä", "a/b", ".", &"t".repeat(MAX_SCOPE_TYPE_LENGTH + 1)] {
            check(["p", kind, "x"], false);
        }
    }

    #[test]
    fn debug_shows_no_id() {
        assert_eq!(format!("{:?}", Scope::new("secret", "spec", "x").unwrap()), "Scope(6, 4 and 1 bytes)");
    }
}
