use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::error::AuthError;

/// Shortest shared secret in bytes: RFC 7518, section 3.2 wants at least the size of the hash.
/// A shorter one is found offline by whoever holds one token.
pub(super) const MIN_SECRET_BYTES: usize = 32;

/// The HS256 secret. A type of its own, so that no public key can ever stand in its place.
pub(crate) struct Secret(String);

impl Secret {
    /// Takes the secret's text; its UTF-8 bytes are the key.
    ///
    /// # Errors
    /// [`AuthError::WeakSecret`] when it is shorter than 32 bytes.
    pub(crate) fn new(text: String) -> Result<Self, AuthError> {
        if text.len() < MIN_SECRET_BYTES {
            return Err(AuthError::WeakSecret);
        }
        Ok(Self(text))
    }

    /// Whether `signature` is ours over `signed`; takes the same time wherever they differ.
    pub(crate) fn verifies(&self, signed: &[u8], signature: &[u8]) -> bool {
        self.mac(signed).is_some_and(|mac| mac.verify_slice(signature).is_ok())
    }

    /// A compact token with these claims.
    ///
    /// # Errors
    /// `None` only if the hash refused the key, which HMAC never does: any length is a key.
    pub(crate) fn sign(&self, claims: &serde_json::Value) -> Option<String> {
        let mut token = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","typ":"JWT"}"#);
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(claims.to_string(), &mut token);
        let signature = self.mac(token.as_bytes())?.finalize().into_bytes();
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Some(token)
    }

    fn mac(&self, signed: &[u8]) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.as_bytes()).ok()?;
        mac.update(signed);
        Some(mac)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::jws::Jws;

    const TEXT: &str = "a shared secret of 32 bytes here";

    fn secret(text: &str) -> Secret {
        Secret::new(text.to_owned()).expect("long enough")
    }

    /// RFC 4231, test case 7: a key longer than the block.
    #[test]
    fn it_is_hmac_sha_256() {
        let data = "This is a test using a larger than block-size key and a larger than block-size data. \
                    The key needs to be hashed before being used by the HMAC algorithm.";
        let expected = "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2";
        let mac = Hmac::<Sha256>::new_from_slice(&[0xaa; 131]).expect("a key");
        let bytes = mac.chain_update(data).finalize().into_bytes();
        assert_eq!(bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>(), expected);
    }

    #[test]
    fn what_it_signs_it_verifies_and_no_other_secret_does() {
        let token = secret(TEXT).sign(&serde_json::json!({"sub": "alice"})).expect("signed");
        let jws = Jws::parse(&token).expect("a token");
        assert!(secret(TEXT).verifies(jws.signed(), jws.signature()));
        assert!(!secret(&TEXT.replace('a', "b")).verifies(jws.signed(), jws.signature()));
        assert!(!secret(TEXT).verifies(b"other", jws.signature()));
        assert!(!secret(TEXT).verifies(jws.signed(), &[]));
        assert!(!secret(TEXT).verifies(jws.signed(), &jws.signature()[..16]));
    }

    #[test]
    fn a_short_secret_is_refused() {
        assert_eq!(Secret::new("a".repeat(31)).err(), Some(AuthError::WeakSecret));
        assert!(Secret::new("a".repeat(32)).is_ok());
    }

    #[test]
    fn debug_hides_it() {
        assert_eq!(format!("{:?}", secret(TEXT)), "Secret(..)");
    }
}
