use std::fmt;

/// Longest owner in bytes. An owner is an account id or an e-mail address (at most 254 bytes), not a document;
/// it becomes part of the name of a Durable Object.
pub(crate) const MAX_OWNER_BYTES: usize = 256;

/// Whose threads these are: the `sub` of a verified token, or the owner that a service names.
///
/// Never empty, at most [`MAX_OWNER_BYTES`] bytes of UTF-8, no control characters. Compared byte by byte:
/// no case folding, no trimming, because an identity provider promises neither.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Owner(String);

impl Owner {
    /// Reads an owner.
    ///
    /// # Errors
    /// [`OwnerError`] when the text is empty, too long or holds a control character.
    pub(crate) fn parse(text: &str) -> Result<Self, OwnerError> {
        if text.is_empty() {
            return Err(OwnerError::Empty);
        }
        if text.len() > MAX_OWNER_BYTES {
            return Err(OwnerError::TooLong);
        }
        if text.chars().any(char::is_control) {
            return Err(OwnerError::ControlCharacter);
        }
        Ok(Self(text.to_owned()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// The length only: an owner is often an e-mail address.
impl fmt::Debug for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Owner({} bytes)", self.0.len())
    }
}

/// Why a text is no [`Owner`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OwnerError {
    Empty,
    TooLong,
    ControlCharacter,
    /// Only from the header: HTTP gives bytes beyond ASCII no agreed meaning, and an owner read in another
    /// encoding than it was written in would be another owner.
    NotAscii,
    /// Only from the header, where it is percent-encoded.
    NotUtf8,
}

impl OwnerError {
    pub(crate) fn message(self) -> &'static str {
        match self {
            Self::Empty => "the owner is missing",
            Self::TooLong => "the owner is longer than 256 bytes",
            Self::ControlCharacter => "the owner holds a control character",
            Self::NotAscii => "the owner header holds a character beyond ascii",
            Self::NotUtf8 => "the owner header is not utf-8 once decoded",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<(), OwnerError>) {
        assert_eq!(Owner::parse(text).map(|owner| assert_eq!(owner.as_str(), text)), expected);
    }

    #[test]
    fn ordinary_owners_are_kept_as_they_are() {
        for text in ["alice", "auth0|5f7c", concat!("a@", "b.example"), "zoë", " spaced ", "a/b:c", "0"] {
            check(text, Ok(()));
        }
    }

    #[test]
    fn an_empty_owner_is_refused() {
        check("", Err(OwnerError::Empty));
    }

    #[test]
    fn the_limit_counts_bytes() {
        check(&"a".repeat(256), Ok(()));
        check(&"a".repeat(257), Err(OwnerError::TooLong));
        check(&"ë".repeat(129), Err(OwnerError::TooLong));
    }

    #[test]
    fn control_characters_are_refused() {
        for text in ["a\0", "\n", "a\rb", "a\tb", "a\u{7f}", "a\u{85}"] {
            check(text, Err(OwnerError::ControlCharacter));
        }
    }

    #[test]
    fn debug_does_not_name_the_owner() {
        let debug = format!("{:?}", Owner::parse(concat!("alice@", "example.com")));
        assert_eq!(debug, "Ok(Owner(17 bytes))");
    }
}
