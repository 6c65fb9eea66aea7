use super::error::AuthError;

/// A browser cannot set headers on a WebSocket. What it can send is a list of protocols: it offers its token as one
/// with this prefix, beside the protocol that it wants. Unlike a URL, no log holds them.
const PROTOCOL_PREFIX: &str = "bearer.";

/// The token of an `Authorization: Bearer …` header, or of a `Sec-WebSocket-Protocol: …, bearer.…` when there is none.
///
/// # Errors
/// [`AuthError::Missing`] when there is no header, another scheme or no token: nobody tried to come in our way.
pub(crate) fn bearer_token<'a>(header: Option<&'a str>, protocols: Option<&'a str>) -> Result<&'a str, AuthError> {
    let token = match header {
        Some(value) => {
            let bearer = value.trim().split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
            bearer.map(|(_, token)| token.trim_start())
        }
        None => protocols.and_then(|list| list.split(',').find_map(|name| name.trim().strip_prefix(PROTOCOL_PREFIX))),
    };
    token.filter(|token| !token.is_empty()).ok_or(AuthError::Missing)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(header: &str, expected: Result<&str, AuthError>) {
        assert_eq!(bearer_token(Some(header), None), expected, "{header}");
    }

    #[test]
    fn the_scheme_has_no_case() {
        check("Bearer abc", Ok("abc"));
        check("bearer abc", Ok("abc"));
        check(" BEARER   abc ", Ok("abc"));
    }

    #[test]
    fn anything_else_is_no_credential() {
        assert_eq!(bearer_token(None, None), Err(AuthError::Missing));
        for header in ["", " ", "Bearer", "Bearer ", "Basic abc", "abc", "Bearerabc", "Bearer\u{a0}abc"] {
            check(header, Err(AuthError::Missing));
        }
    }

    #[test]
    fn two_headers_joined_are_one_bad_token() {
        check("Bearer abc, Bearer def", Ok("abc, Bearer def"));
    }

    #[test]
    fn a_websocket_offers_its_token_as_a_protocol() {
        assert_eq!(bearer_token(None, Some("threadkeep.v1, bearer.a.b.c")), Ok("a.b.c"));
        for none in ["threadkeep.v1", "bearer.", "a.b.c", ""] {
            assert_eq!(bearer_token(None, Some(none)), Err(AuthError::Missing));
        }
        assert_eq!(bearer_token(Some("Basic x"), Some("bearer.a.b.c")), Err(AuthError::Missing));
    }
}
