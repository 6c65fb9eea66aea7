//! The query of a URL. Pure; the URL parser of the platform's crate would cost the bundle 74 KB.

use percent_encoding::percent_decode_str;
use std::borrow::Cow;
use threadkeep_core::ErrorCode;

/// The parameters of a URL, decoded; what is no `name=value` is not there.
///
/// # Errors
/// [`ErrorCode::InvalidRequest`] for a value that is no UTF-8.
pub(crate) fn parameters(url: &str) -> Result<Vec<(&str, String)>, ErrorCode> {
    let url = url.split('#').next().unwrap_or_default();
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| Ok((name, decode(&value.replace('+', " ")).ok_or(ErrorCode::InvalidRequest)?))).collect()
}

/// A number between 1 and `max`.
///
/// # Errors
/// [`ErrorCode::InvalidRequest`] for anything else.
pub(crate) fn limit(value: &str, max: usize) -> Result<usize, ErrorCode> {
    value.parse().ok().filter(|limit| (1..=max).contains(limit)).ok_or(ErrorCode::InvalidRequest)
}

/// A text as it was before it was percent-encoded; `None` when that is no UTF-8.
pub(crate) fn decode(text: &str) -> Option<String> {
    percent_decode_str(text).decode_utf8().ok().map(Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_decoded() {
        let parameters = parameters("https://x/p?a=1&b=%C3%A9+%2B&d&a=2#e=3");
        assert_eq!(parameters, Ok(vec![("a", "1".to_owned()), ("b", "é +".to_owned()), ("a", "2".to_owned())]));
        assert_eq!(super::parameters("https://x/p?a=%FF"), Err(ErrorCode::InvalidRequest));
        assert_eq!(super::parameters("https://x/p"), Ok(vec![]));
    }
}
