use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::Value;

use super::jws::PublicAlgorithm;

/// Most keys that are read from one set; the rest is ignored. Providers publish two to five, the current and the next;
/// a token without `kid` is tried against every key of its type, so this also bounds the work it can cause.
pub(crate) const MAX_KEYS: usize = 32;

/// Shortest RSA modulus in bytes: 2048 bits, RFC 7518, section 3.3.
const MIN_RSA_MODULUS_BYTES: usize = 256;

/// Size in bytes of a coordinate on P-256 and of an Ed25519 public key.
const COORDINATE_BYTES: usize = 32;

/// One usable public key of a JSON Web Key Set (RFC 7517): its type is one of ours, it may verify signatures, and
/// its parts have the right sizes. Symmetric keys never become one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PublicJwk {
    key_id: Option<String>,
    material: Material,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Material {
    Rsa { n: Vec<u8>, e: Vec<u8> },
    P256 { x: Vec<u8>, y: Vec<u8> },
    Ed25519 { x: Vec<u8> },
}

impl PublicJwk {
    pub(crate) fn key_id(&self) -> Option<&str> {
        self.key_id.as_deref()
    }

    /// The one algorithm of this key, by its type. A token never chooses.
    pub(crate) fn algorithm(&self) -> PublicAlgorithm {
        match self.material {
            Material::Rsa { .. } => PublicAlgorithm::Rs256,
            Material::P256 { .. } => PublicAlgorithm::Es256,
            Material::Ed25519 { .. } => PublicAlgorithm::EdDsa,
        }
    }

    /// The key again as JSON text, with nothing but its type and its parts: what else the provider wrote
    /// (`use`, `key_ops`, `x5c`) was judged on reading and only gives an importer reasons to stumble.
    pub(crate) fn to_json(&self) -> String {
        // Base64url needs no escapes.
        match &self.material {
            Material::Rsa { n, e } => format!(r#"{{"kty":"RSA","n":"{}","e":"{}"}}"#, encode(n), encode(e)),
            Material::P256 { x, y } => {
                format!(r#"{{"kty":"EC","crv":"P-256","x":"{}","y":"{}"}}"#, encode(x), encode(y))
            }
            Material::Ed25519 { x } => format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{}"}}"#, encode(x)),
        }
    }

    fn read(raw: &Value) -> Option<Self> {
        let jwk = Self { key_id: text(raw, "kid").map(str::to_owned), material: Material::read(raw)? };
        let for_signatures = field(raw, "use").is_none_or(|purpose| purpose == "sig")
            && field(raw, "key_ops")
                .is_none_or(|ops| ops.as_array().is_some_and(|ops| ops.iter().any(|op| op == "verify")));
        let for_its_algorithm = field(raw, "alg")
            .is_none_or(|name| name.as_str().and_then(PublicAlgorithm::from_name) == Some(jwk.algorithm()));
        (for_signatures && for_its_algorithm).then_some(jwk)
    }
}

impl Material {
    fn read(raw: &Value) -> Option<Self> {
        match (text(raw, "kty")?, text(raw, "crv")) {
            ("RSA", _) => {
                let n: Vec<u8> = bytes(raw, "n")?.into_iter().skip_while(|byte| *byte == 0).collect();
                let e = bytes(raw, "e")?;
                (n.len() >= MIN_RSA_MODULUS_BYTES).then_some(Self::Rsa { n, e })
            }
            ("EC", Some("P-256")) => Some(Self::P256 { x: coordinate(raw, "x")?, y: coordinate(raw, "y")? }),
            ("OKP", Some("Ed25519")) => Some(Self::Ed25519 { x: coordinate(raw, "x")? }),
            _ => None,
        }
    }
}

/// Reads a key set: the usable keys in their order, at most [`MAX_KEYS`] of them. A key that we cannot use
/// (another type, for encryption, malformed) is left out: a provider may publish keys for others beside ours.
///
/// # Errors
/// `None` when the body is no key set at all.
pub(crate) fn parse_key_set(body: &[u8]) -> Option<Vec<PublicJwk>> {
    let set: Value = crate::body::parse(body).ok()?;
    let keys = set.get("keys")?.as_array()?;
    Some(keys.iter().filter_map(PublicJwk::read).take(MAX_KEYS).collect())
}

/// A field that says something; `null` does not.
fn field<'a>(raw: &'a Value, name: &str) -> Option<&'a Value> {
    raw.get(name).filter(|value| !value.is_null())
}

fn text<'a>(raw: &'a Value, name: &str) -> Option<&'a str> {
    raw.get(name)?.as_str()
}

fn bytes(raw: &Value, name: &str) -> Option<Vec<u8>> {
    BASE64.decode(text(raw, name)?).ok()
}

fn coordinate(raw: &Value, name: &str) -> Option<Vec<u8>> {
    bytes(raw, name).filter(|bytes| bytes.len() == COORDINATE_BYTES)
}

/// Some providers pad what the standard wants unpadded; a key has no reason to be refused for it.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new().with_encode_padding(false).with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

fn encode(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7517, appendix A.1, the EC key.
    const EC: &str = r#"{"kty":"EC","crv":"P-256","kid":"1",
        "x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM""#;
    /// RFC 8037, appendix A.2.
    const ED: &str = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo""#;

    fn rsa(modulus_bytes: usize) -> String {
        format!(r#"{{"kty":"RSA","e":"AQAB","n":"{}""#, encode(&vec![0xc5; modulus_bytes]))
    }

    /// `key` without its closing brace, `more` fields behind.
    fn check(key: &str, more: &str, expected: Option<PublicAlgorithm>) {
        let body = format!(r#"{{"keys":[{key}{more}}}]}}"#);
        let keys = parse_key_set(body.as_bytes()).expect("a key set");
        assert_eq!(keys.first().map(PublicJwk::algorithm), expected, "{body}");
    }

    #[test]
    fn the_type_of_a_key_is_its_algorithm() {
        check(&rsa(256), "", Some(PublicAlgorithm::Rs256));
        check(EC, "", Some(PublicAlgorithm::Es256));
        check(ED, "", Some(PublicAlgorithm::EdDsa));
    }

    #[test]
    fn a_key_for_something_else_is_left_out() {
        check(EC, r#","use":"sig","alg":"ES256","key_ops":["verify"]"#, Some(PublicAlgorithm::Es256));
        check(EC, r#","use":null,"alg":null"#, Some(PublicAlgorithm::Es256));
        check(EC, r#","use":"enc""#, None);
        check(EC, r#","use":["sig"]"#, None);
        check(EC, r#","key_ops":["deriveKey"]"#, None);
        check(EC, r#","alg":"RS256""#, None);
        check(&rsa(256), r#","alg":"PS256""#, None);
        check(&rsa(256), r#","alg":"HS256""#, None);
        check(ED, r#","alg":"Ed25519""#, Some(PublicAlgorithm::EdDsa));
    }

    #[test]
    fn a_symmetric_key_is_left_out() {
        check(r#"{"kty":"oct","k":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA""#, "", None);
    }

    #[test]
    fn a_weak_or_broken_key_is_left_out() {
        check(&rsa(128), "", None);
        check(&format!(r#"{{"kty":"RSA","e":"AQAB","n":"{}""#, encode(&[0; 300])), "", None);
        check(r#"{"kty":"OKP","crv":"Ed25519","x":"AAAA""#, "", None);
        check(r#"{"kty":"OKP","crv":"Ed448","x":"AAAA""#, "", None);
        check(r#"{"kty":"EC","crv":"P-256","x":"AAAA","y":"AAAA""#, "", None);
        check(r#"{"kty":"EC","crv":"P-384""#, "", None);
        check(r#"{"kty":"RSA""#, "", None);
        check(r#"{"kty":7"#, "", None);
    }

    #[test]
    fn usable_keys_survive_beside_unusable_ones() {
        let body = format!(r#"{{"keys":[null,{{"kty":"new"}},{ED},"kid":"b"}}]}}"#);
        let keys = parse_key_set(body.as_bytes()).expect("a key set");
        assert_eq!(keys.iter().map(PublicJwk::key_id).collect::<Vec<_>>(), [Some("b")]);
    }

    #[test]
    fn padding_is_forgiven() {
        check(&ED.replace("URo", "URo="), "", Some(PublicAlgorithm::EdDsa));
    }

    #[test]
    fn a_key_goes_out_with_its_type_and_parts_only() {
        let body = format!(r#"{{"keys":[{ED},"kid":"b","use":"sig","x5t":"zz"}}]}}"#);
        let keys = parse_key_set(body.as_bytes()).expect("a key set");
        let json = keys.first().expect("a key").to_json();
        assert_eq!(json, format!("{ED}}}"));
    }

    #[test]
    fn at_most_32_keys_are_read() {
        let body = format!(r#"{{"keys":[{}]}}"#, vec![format!("{ED}}}"); 40].join(","));
        assert_eq!(parse_key_set(body.as_bytes()).expect("a key set").len(), MAX_KEYS);
    }

    #[test]
    fn what_is_no_key_set_is_none() {
        for body in ["", "[]", "{}", "null", r#"{"keys":{}}"#, "<html>", "{\"keys\":[]"] {
            assert_eq!(parse_key_set(body.as_bytes()), None, "{body}");
        }
        assert_eq!(parse_key_set(br#"{"keys":[]}"#), Some(Vec::new()));
    }
}
