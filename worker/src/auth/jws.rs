use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use super::error::InvalidReason;

/// Longest token in bytes: what common servers accept as all headers together. Tokens with many group claims come near 8 KB.
pub(crate) const MAX_TOKEN_BYTES: usize = 16 * 1024;

/// A signed token in its compact form (RFC 7515, section 3.1), split and decoded. **Nothing in it is trusted yet**:
/// the payload stays bytes until [`verify`](super::verify::verify) has seen the signature.
pub(crate) struct Jws<'a> {
    algorithm: Algorithm,
    key_id: Option<String>,
    signed: &'a [u8],
    payload: Vec<u8>,
    signature: Vec<u8>,
}

/// The accepted signature algorithms, a closed set: `none` and everything else ends at the decoder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Algorithm {
    /// HMAC with SHA-256 and the shared secret.
    Hs256,
    /// Verified by a public key of the key set.
    Public(PublicAlgorithm),
}

/// The algorithms of the key set. A key has exactly one of them, by its type (RFC 8725, section 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PublicAlgorithm {
    Rs256,
    Es256,
    /// Ed25519 only; `EdDSA` and, since RFC 9864, `Ed25519` in headers and keys.
    EdDsa,
}

impl<'a> Jws<'a> {
    /// Splits and decodes a token.
    ///
    /// # Errors
    /// `Malformed` for anything that is not three base64url parts with a JSON object in front, `Algorithm` for one
    /// that is not accepted, `CriticalHeader` when the header asks for an extension.
    pub(crate) fn parse(token: &'a str) -> Result<Self, InvalidReason> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(InvalidReason::Malformed);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(InvalidReason::Malformed)?;
        let (header, payload) = signed.split_once('.').ok_or(InvalidReason::Malformed)?;
        let header: Map<String, Value> = crate::body::parse(&decode(header)?).map_err(|_| InvalidReason::Malformed)?;
        // `b64` (RFC 7797) changes what is signed, so it counts as critical without being listed.
        if header.contains_key("crit") || header.contains_key("b64") {
            return Err(InvalidReason::CriticalHeader);
        }
        let algorithm = header.get("alg").and_then(Value::as_str).ok_or(InvalidReason::Malformed)?;
        Ok(Self {
            algorithm: Algorithm::from_name(algorithm).ok_or(InvalidReason::Algorithm)?,
            key_id: header.get("kid").and_then(Value::as_str).map(str::to_owned),
            signed: signed.as_bytes(),
            payload: decode(payload)?,
            signature: decode(signature)?,
        })
    }

    pub(crate) fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The header's `kid`: which key of the set to use.
    pub(crate) fn key_id(&self) -> Option<&str> {
        self.key_id.as_deref()
    }

    /// The bytes that the signature covers: header and payload as they came.
    pub(crate) fn signed(&self) -> &[u8] {
        self.signed
    }

    pub(crate) fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// The claims as JSON text, untrusted until the signature was checked.
    pub(crate) fn payload(&self) -> &[u8] {
        &self.payload
    }
}

/// Sizes only: the text of a token is a credential.
impl fmt::Debug for Jws<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Jws")
            .field("algorithm", &self.algorithm)
            .field("payload_bytes", &self.payload.len())
            .field("signature_bytes", &self.signature.len())
            .finish_non_exhaustive()
    }
}

impl Algorithm {
    fn from_name(name: &str) -> Option<Self> {
        match name {
            "HS256" => Some(Self::Hs256),
            _ => PublicAlgorithm::from_name(name).map(Self::Public),
        }
    }
}

impl PublicAlgorithm {
    /// By its registered name in a token's header or a key's `alg`.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        match name {
            "RS256" => Some(Self::Rs256),
            "ES256" => Some(Self::Es256),
            "EdDSA" | "Ed25519" => Some(Self::EdDsa),
            _ => None,
        }
    }
}

/// Strict: no padding, no stray bits, so that a token has one spelling only.
fn decode(part: &str) -> Result<Vec<u8>, InvalidReason> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| InvalidReason::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(header: &str) -> String {
        format!("{}.{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode("{}"), "AAAA")
    }

    fn check(header: &str, expected: Result<Algorithm, InvalidReason>) {
        assert_eq!(Jws::parse(&token(header)).map(|jws| jws.algorithm()), expected, "{header}");
    }

    #[test]
    fn accepted_algorithms_are_read_by_name() {
        check(r#"{"alg":"HS256"}"#, Ok(Algorithm::Hs256));
        check(r#"{"alg":"RS256"}"#, Ok(Algorithm::Public(PublicAlgorithm::Rs256)));
        check(r#"{"alg":"ES256"}"#, Ok(Algorithm::Public(PublicAlgorithm::Es256)));
        check(r#"{"alg":"EdDSA"}"#, Ok(Algorithm::Public(PublicAlgorithm::EdDsa)));
        check(r#"{"alg":"Ed25519","typ":"JWT"}"#, Ok(Algorithm::Public(PublicAlgorithm::EdDsa)));
    }

    #[test]
    fn other_algorithms_are_refused() {
        for name in ["none", "None", "nOnE", "hs256", "HS384", "HS512", "RS512", "PS256", "ES256K", ""] {
            check(&format!(r#"{{"alg":"{name}"}}"#), Err(InvalidReason::Algorithm));
        }
    }

    #[test]
    fn critical_headers_are_refused() {
        check(r#"{"alg":"HS256","crit":["exp"]}"#, Err(InvalidReason::CriticalHeader));
        check(r#"{"alg":"HS256","crit":null}"#, Err(InvalidReason::CriticalHeader));
        check(r#"{"alg":"HS256","b64":false}"#, Err(InvalidReason::CriticalHeader));
    }

    #[test]
    fn a_header_that_is_no_object_with_an_alg_is_malformed() {
        for header in ["", "null", "[]", "{}", "\"HS256\"", r#"{"alg":1}"#] {
            check(header, Err(InvalidReason::Malformed));
        }
    }

    #[test]
    fn the_wrong_number_of_parts_is_malformed() {
        let good = token(r#"{"alg":"HS256"}"#);
        for bad in ["", ".", "..", "...", "a", "a.b", &format!("{good}.AAAA"), &format!("x.{good}")] {
            assert_eq!(Jws::parse(bad).err(), Some(InvalidReason::Malformed), "{bad}");
        }
    }

    #[test]
    fn base64_has_one_spelling() {
        let good = token(r#"{"alg":"HS256"}"#);
        for bad in [format!("{good}="), format!("{good}AB"), format!("{good} "), good.replace("AAAA", "AA+A")] {
            assert_eq!(Jws::parse(&bad).err(), Some(InvalidReason::Malformed), "{bad}");
        }
    }

    #[test]
    fn a_huge_token_is_malformed() {
        let huge = format!("{}.AAAA", token(r#"{"alg":"HS256"}"#).repeat(1000));
        assert!(huge.len() > MAX_TOKEN_BYTES);
        assert_eq!(Jws::parse(&huge).err(), Some(InvalidReason::Malformed));
    }

    #[test]
    fn debug_shows_sizes_only() {
        let text = token(r#"{"alg":"HS256","kid":"k1"}"#);
        let debug = format!("{:?}", Jws::parse(&text).expect("a token"));
        assert_eq!(debug, "Jws { algorithm: Hs256, payload_bytes: 2, signature_bytes: 3, .. }");
    }
}
