use std::fmt;

use percent_encoding::percent_decode_str;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::error::AuthError;
use super::owner::{Owner, OwnerError};
use super::secret::MIN_SECRET_BYTES;

/// The header in which the service names whose thread it speaks for: in ASCII as it is, or any owner at all as an
/// extended value (RFC 8187), such as `UTF-8''zo%C3%AB`.
pub(crate) const OWNER_HEADER: &str = "x-threadkeep-owner";

/// The operator's own credential: with it a server acts for any owner.
pub(crate) struct ServiceToken(String);

impl ServiceToken {
    /// # Errors
    /// [`AuthError::WeakSecret`] when it is shorter than 32 bytes: it opens every thread, and must not be guessed.
    pub(crate) fn new(text: String) -> Result<Self, AuthError> {
        if text.len() < MIN_SECRET_BYTES { Err(AuthError::WeakSecret) } else { Ok(Self(text)) }
    }

    /// Whether `token` is this one. The digests are compared, in constant time: neither where the texts differ
    /// nor how long the right one is can be measured.
    pub(crate) fn matches(&self, token: &str) -> bool {
        Sha256::digest(&self.0).ct_eq(&Sha256::digest(token)).into()
    }
}

impl fmt::Debug for ServiceToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServiceToken(..)")
    }
}

/// How an extended value begins; the language between the quotes stays empty.
const EXTENDED: &str = "UTF-8''";

/// Reads the value of [`OWNER_HEADER`].
///
/// # Errors
/// [`OwnerError`] when it is missing, not ASCII, not UTF-8 once decoded, or no [`Owner`].
pub(crate) fn owner_from_header(value: Option<&str>) -> Result<Owner, OwnerError> {
    let value = value.ok_or(OwnerError::Empty)?;
    if !value.is_ascii() {
        return Err(OwnerError::NotAscii);
    }
    match value.split_at_checked(EXTENDED.len()) {
        Some((head, encoded)) if head.eq_ignore_ascii_case(EXTENDED) => {
            let decoded = percent_decode_str(encoded).decode_utf8().map_err(|_| OwnerError::NotUtf8)?;
            Owner::parse(&decoded)
        }
        _ => Owner::parse(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_text_matches() {
        let token = "service-token-of-at-least-32-bytes";
        let service = ServiceToken::new(token.to_owned()).unwrap();
        assert!(service.matches(token));
        for other in ["", &token[1..], &format!("{token} "), &token.replace('s', "S"), &token.replace("bytes", "bytez")]
        {
            assert!(!service.matches(other), "{other}");
        }
    }

    #[test]
    fn debug_hides_it() {
        assert_eq!(format!("{:?}", ServiceToken::new("x".repeat(32))), "Ok(ServiceToken(..))");
    }

    #[test]
    fn the_owner_header_is_required_and_ascii() {
        let check = |value, expected| {
            assert_eq!(owner_from_header(value).map(|owner| owner.as_str().to_owned()), expected);
        };
        check(Some("alice"), Ok("alice".to_owned()));
        check(None, Err(OwnerError::Empty));
        check(Some(""), Err(OwnerError::Empty));
        check(Some("zo\u{eb}"), Err(OwnerError::NotAscii));
        check(Some("a\tb"), Err(OwnerError::ControlCharacter));
    }

    #[test]
    fn an_extended_value_names_any_owner() {
        let check = |value, expected: Result<&str, OwnerError>| {
            assert_eq!(
                owner_from_header(Some(value)).map(|owner| owner.as_str().to_owned()),
                expected.map(str::to_owned)
            );
        };
        check("UTF-8''zo%C3%AB", Ok("zo\u{eb}"));
        check("utf-8''%20alice%20", Ok(" alice "));
        check("UTF-8''UTF-8''x", Ok("UTF-8''x"));
        check("a%20b", Ok("a%20b"));
        check("UTF-8''", Err(OwnerError::Empty));
        check("UTF-8''%FF", Err(OwnerError::NotUtf8));
        check("UTF-8''a%0Ab", Err(OwnerError::ControlCharacter));
    }
}
