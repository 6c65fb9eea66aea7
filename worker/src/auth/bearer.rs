use super::error::AuthError;

/// The token of an `Authorization: Bearer …` header.
///
/// # Errors
/// [`AuthError::Missing`] when there is no header, another scheme or no token: nobody tried to come in our way.
pub(crate) fn bearer_token(header: Option<&str>) -> Result<&str, AuthError> {
    let (scheme, token) = header.and_then(|value| value.trim().split_once(' ')).ok_or(AuthError::Missing)?;
    let token = token.trim_start();
    if scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() { Ok(token) } else { Err(AuthError::Missing) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(header: &str, expected: Result<&str, AuthError>) {
        assert_eq!(bearer_token(Some(header)), expected, "{header}");
    }

    #[test]
    fn the_scheme_has_no_case() {
        check("Bearer abc", Ok("abc"));
        check("bearer abc", Ok("abc"));
        check(" BEARER   abc ", Ok("abc"));
    }

    #[test]
    fn anything_else_is_no_credential() {
        assert_eq!(bearer_token(None), Err(AuthError::Missing));
        for header in ["", " ", "Bearer", "Bearer ", "Basic abc", "abc", "Bearerabc", "Bearer\u{a0}abc"] {
            check(header, Err(AuthError::Missing));
        }
    }

    #[test]
    fn two_headers_joined_are_one_bad_token() {
        check("Bearer abc, Bearer def", Ok("abc, Bearer def"));
    }
}
