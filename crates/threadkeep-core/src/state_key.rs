//! `StateKey`: the name of a thread within its owner.

use std::fmt;

/// A name that matches `^[a-zA-Z0-9_-]{1,128}$`. Parsed once at the door and never checked again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct StateKey(String);

/// Longest key, in characters (all of them ASCII). From the contract: an object's name and a URL segment stay short.
pub const MAX_STATE_KEY_LENGTH: usize = 128;

/// Length of a generated key: `nanoid(21)` has 126 random bits, about those of a UUID.
pub const GENERATED_STATE_KEY_LENGTH: usize = 21;

impl StateKey {
    /// Parses a key; `None` when it is empty, too long, or has a character outside `[a-zA-Z0-9_-]`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (1..=MAX_STATE_KEY_LENGTH).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
        fits.then(|| Self(text.to_owned()))
    }

    /// A key that its maker knows to be one.
    pub(crate) fn of_safe_text(text: String) -> Self {
        debug_assert!(Self::parse(&text).is_some(), "a key is a URL-safe name");
        Self(text)
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for StateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, valid: bool) {
        assert_eq!(StateKey::parse(text).map(|key| key.0), valid.then(|| text.to_owned()));
    }

    #[test]
    fn state_key_lifecycle_only_url_safe_names_of_1_to_128_characters() {
        check("a", true);
        check("A-z_0", true);
        check(&"k".repeat(128), true);
        check("", false);
        check(&"k".repeat(129), false);
        for bad in ["a b", "a/b", "a.b", "ä", "a\n", "%41", "a\0", "٣"] {
            check(bad, false);
        }
    }
}
