//! Whole tokens, made here and by others, against every kind of key. The platform's WebCrypto is played by `ring`;
//! the worker's own specs run the same cases through WebCrypto.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use proptest::prelude::*;
use ring::rand::SystemRandom;
use ring::rsa::{KeyPair as RsaKeyPair, KeyPairComponents, PublicKeyComponents};
use ring::signature::{self as alg, EcdsaKeyPair, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use serde_json::{Value, json};

use super::*;
use crate::auth::demo::demo_token;
use crate::auth::error::AuthError;
use crate::auth::jwk::parse_key_set;

const NOW_MS: u64 = 1_800_000_000_000;
const SECRET: &str = "a shared secret of 32 bytes here";

/// RFC 7515, appendix A.2: the RSA key and the first token signed with it.
const RSA_N: &str = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";
const RSA_D: &str = "Eq5xpGnNCivDflJsRQBXHx1hdR1k6Ulwe2JZD50LpXyWPEAeP88vLNO97IjlA7_GQ5sLKMgvfTeXZx9SE-7YwVol2NXOoAJe46sui395IW_GO-pWJ1O0BkTGoVEn2bKVRUCgu-GjBVaYLU6f3l9kJfFNS3E0QbVdxzubSu3Mkqzjkn439X0M_V51gfpRLI9JYanrC4D4qAdGcopV_0ZHHzQlBjudU2QvXt4ehNYTCBr6XCLQUShb1juUO1ZdiYoFaFQT5Tw8bGUl_x_jTj3ccPDVZFD9pIuhLhBOneufuBiB4cS98l2SR_RQyGWSeWjnczT0QU91p1DhOVRuOopznQ";
const RSA_P: &str = "4BzEEOtIpmVdVEZNCqS7baC4crd0pqnRH_5IB3jw3bcxGn6QLvnEtfdUdiYrqBdss1l58BQ3KhooKeQTa9AB0Hw_Py5PJdTJNPY8cQn7ouZ2KKDcmnPGBY5t7yLc1QlQ5xHdwW1VhvKn-nXqhJTBgIPgtldC-KDV5z-y2XDwGUc";
const RSA_Q: &str = "uQPEfgmVtjL0Uyyx88GZFF1fOunH3-7cepKmtH4pxhtCoHqpWmT8YAmZxaewHgHAjLYsp1ZSe7zFYHj7C6ul7TjeLQeZD_YwD66t62wDmpe_HlB-TnBA-njbglfIsRLtXlnDzQkv5dTltRJ11BKBBypeeF6689rjcJIDEz9RWdc";
const RSA_DP: &str = "BwKfV3Akq5_MFZDFZCnW-wzl-CCo83WoZvnLQwCTeDv8uzluRSnm71I3QCLdhrqE2e9YkxvuxdBfpT_PI7Yz-FOKnu1R6HsJeDCjn12Sk3vmAktV2zb34MCdy7cpdTh_YVr7tss2u6vneTwrA86rZtu5Mbr1C1XsmvkxHQAdYo0";
const RSA_DQ: &str = "h_96-mK1R_7glhsum81dZxjTnYynPbZpHziZjeeHcXYsXaaMwkOlODsWa7I9xXDoRwbKgB719rrmI2oKr6N3Do9U0ajaHF-NKJnwgjMd2w9cjz3_-kyNlxAr2v4IKhGNpmM5iIgOS1VZnOZ68m6_pbLBSp3nssTdlqvd0tIiTHU";
const RSA_QI: &str = "IYd7DHOhrWvxkwPQsRM2tOgrjbcrfvtQJipd-DlcxyVuuM9sQLdgjVk2oy26F0EmpScGLq2MowX7fhd_QJQ3ydy5cY7YIBi87w93IKLEdfnbJtoOPLUW0ITrJReOgo1cq9SbsxYawBgfp_gh6A5603k2-ZQwVK0JKSHuLFkuQ3U";

#[test]
fn each_algorithm_is_verified_with_its_key() {
    let set = TestSet::new();
    check(&set.token(Signer::Secret, live()), &set, Ok("alice"));
    check(&set.token(Signer::Rsa, live()), &set, Ok("alice"));
    check(&set.token(Signer::Ec, live()), &set, Ok("alice"));
    check(&set.token(Signer::Ed, live()), &set, Ok("alice"));
}

/// RFC 7515, appendices A.2 and A.3: tokens that others signed, expired since 2011.
#[test]
fn the_rfc_tokens_have_good_signatures() {
    let rs256 = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
    let es256 = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    let body = json!({"keys": [
        {"kty": "RSA", "n": RSA_N, "e": "AQAB"},
        {"kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"},
    ]});
    for token in [rs256, es256] {
        assert_eq!(run(token, None, Some(&import(&body)), &Policy::default()), Err(InvalidReason::Expired));
    }
}

#[test]
fn a_changed_token_has_a_wrong_signature() {
    let set = TestSet::new();
    for signer in Signer::ALL {
        let token = set.token(signer, live());
        let (header, rest) = token.split_once('.').expect("a header");
        let (_, signature) = rest.split_once('.').expect("a payload");
        let claims = json!({"sub": "mallory", "exp": 2e9}).to_string();
        let forged = format!("{header}.{}.{signature}", BASE64.encode(claims));
        check(&forged, &set, Err(InvalidReason::Signature));
        check(&format!("{header}.{rest}").replace(signature, ""), &set, Err(InvalidReason::Signature));
    }
}

#[test]
fn a_public_key_is_never_an_hs256_secret() {
    let set = TestSet::new();
    for bytes in [RSA_N.to_owned(), set.body.to_string(), set.body["keys"][0].to_string()] {
        let secret = Secret::new(bytes).expect("long enough");
        let forged = secret.sign(&live()).expect("signed");
        check(&forged, &set, Err(InvalidReason::Signature));
        assert_eq!(run(&forged, None, Some(&set.keys), &Policy::default()), Err(InvalidReason::Algorithm));
    }
}

#[test]
fn a_key_is_never_used_for_another_algorithm() {
    let set = TestSet::new();
    for signer in [Signer::Rsa, Signer::Ec, Signer::Ed] {
        for other in [Signer::Rsa, Signer::Ec, Signer::Ed].into_iter().filter(|other| *other != signer) {
            let header = json!({"alg": other.name(), "kid": signer.name()});
            let token = set.sign(signer, &header, &live());
            check(&token, &set, Err(InvalidReason::UnknownKey));
        }
        let token = set.sign(signer, &json!({"alg": "HS256", "kid": signer.name()}), &live());
        check(&token, &set, Err(InvalidReason::Signature));
    }
}

#[test]
fn an_unsigned_token_is_refused() {
    let set = TestSet::new();
    for name in ["none", "None", "NONE"] {
        let head = BASE64.encode(json!({"alg": name}).to_string());
        let token = format!("{head}.{}.", BASE64.encode(live().to_string()));
        check(&token, &set, Err(InvalidReason::Algorithm));
    }
}

#[test]
fn an_algorithm_without_a_configured_key_is_refused() {
    let set = TestSet::new();
    let policy = Policy::default();
    let refused = Err(InvalidReason::Algorithm);
    assert_eq!(run(&set.token(Signer::Secret, live()), None, Some(&set.keys), &policy), refused);
    assert_eq!(run(&set.token(Signer::Rsa, live()), Some(&set.secret), None, &policy), refused);
}

#[test]
fn the_kid_chooses_the_key() {
    let (old, new) = (TestSet::new(), TestSet::new());
    let token = new.sign(Signer::Ed, &json!({"alg": "EdDSA", "kid": "new"}), &live());
    let check_ids = |old_id: Value, new_id: Value, expected| {
        let key = |set: &TestSet, id: Value| {
            let mut key = set.body["keys"][2].clone();
            key["kid"] = id;
            key
        };
        let body = json!({"keys": [key(&old, old_id), key(&new, new_id)]});
        assert_eq!(run(&token, None, Some(&import(&body)), &Policy::default()), expected, "{body}");
    };
    check_ids(json!("old"), json!("new"), Ok("alice".to_owned()));
    check_ids(json!("new"), json!("old"), Err(InvalidReason::Signature));
    check_ids(json!("old"), json!("other"), Err(InvalidReason::UnknownKey));
    check_ids(json!("old"), json!(null), Ok("alice".to_owned()));
    check_ids(json!("new"), json!(null), Err(InvalidReason::Signature));
    check_ids(json!(null), json!(null), Ok("alice".to_owned()));
    check_ids(json!("new"), json!("new"), Ok("alice".to_owned()));
}

#[test]
fn without_a_kid_every_key_of_the_type_is_tried() {
    let set = TestSet::new();
    for signer in [Signer::Rsa, Signer::Ec, Signer::Ed] {
        let token = set.sign(signer, &json!({"alg": signer.name()}), &live());
        check(&token, &set, Ok("alice"));
    }
    let stranger = TestSet::new().sign(Signer::Ed, &json!({"alg": "EdDSA"}), &live());
    check(&stranger, &set, Err(InvalidReason::UnknownKey));
}

#[test]
fn an_empty_key_set_knows_no_key() {
    let token = TestSet::new().token(Signer::Ed, live());
    assert_eq!(run(&token, None, Some(&[]), &Policy::default()), Err(InvalidReason::UnknownKey));
}

#[test]
fn the_claims_of_a_signed_token_are_judged() {
    let set = TestSet::new();
    for signer in Signer::ALL {
        let check = |claims, expected| check(&set.token(signer, claims), &set, Err(expected));
        check(json!({"sub": "alice"}), InvalidReason::MissingExpiry);
        check(json!({"sub": "alice", "exp": 1_799_999_940}), InvalidReason::Expired);
        check(json!({"sub": "alice", "exp": 2e9, "nbf": 1_900_000_000}), InvalidReason::NotYetValid);
        check(json!({"exp": 2e9}), InvalidReason::Subject);
        check(json!(["alice"]), InvalidReason::Malformed);
    }
}

#[test]
fn audience_and_issuer_are_checked_when_configured() {
    let set = TestSet::new();
    let policy = Policy { audience: Some("api".to_owned()), issuer: Some("me".to_owned()) };
    let check = |claims, expected: Result<&str, _>| {
        let result = run(&set.token(Signer::Ec, claims), None, Some(&set.keys), &policy);
        assert_eq!(result, expected.map(str::to_owned));
    };
    check(json!({"sub": "alice", "exp": 2e9, "aud": ["api"], "iss": "me"}), Ok("alice"));
    check(json!({"sub": "alice", "exp": 2e9, "aud": "web", "iss": "me"}), Err(InvalidReason::Audience));
    check(json!({"sub": "alice", "exp": 2e9, "aud": "api", "iss": "you"}), Err(InvalidReason::Issuer));
    check(live(), Err(InvalidReason::Audience));
}

#[test]
fn a_demo_token_lets_its_name_in_for_an_hour() {
    let secret = Secret::new(SECRET.to_owned()).expect("long enough");
    let policy = Policy { audience: Some("api".to_owned()), issuer: Some("me".to_owned()) };
    let demo = demo_token("alice", &secret, &policy, NOW_MS + 999).expect("a token");
    assert_eq!(demo.expires_at_ms, NOW_MS + 3_600_000);
    assert_eq!(run(&demo.token, Some(&secret), None, &policy), Ok("alice".to_owned()));

    let jws = Jws::parse(&demo.token).expect("a token");
    let late_ms = demo.expires_at_ms + 60_000;
    assert_eq!(Claims::check(jws.payload(), &policy, late_ms).err(), Some(InvalidReason::Expired));
}

#[test]
fn a_demo_token_needs_a_name() {
    let secret = Secret::new(SECRET.to_owned()).expect("long enough");
    for name in ["", "a\nb", &"a".repeat(257)] {
        let error = demo_token(name, &secret, &Policy::default(), NOW_MS).err();
        assert!(matches!(error, Some(AuthError::Owner(_))), "{name:?}");
    }
}

proptest! {
    #[test]
    fn no_text_panics_or_gets_in(text in "\\PC{0,200}") {
        let set = TestSet::new();
        prop_assert!(run(&text, Some(&set.secret), Some(&set.keys), &Policy::default()).is_err());
    }

    #[test]
    fn no_three_parts_panic_or_get_in(
        header in r#"(\{"(alg|kid|crit)":"?(HS256|RS256|ES256|EdDSA|none|[a-z]{0,4})"?(,"kid":"?[A-Z0-9a-z]{0,5}"?)?\}|\PC{0,20})"#,
        payload in r#"(\{"(sub|exp|nbf)":"?[0-9a-z.e-]{0,12}"?\}|\PC{0,20})"#,
        signature in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let set = TestSet::new();
        let token = [header.as_bytes(), payload.as_bytes(), &signature].map(|part| BASE64.encode(part)).join(".");
        prop_assert!(run(&token, Some(&set.secret), Some(&set.keys), &Policy::default()).is_err());
    }

    #[test]
    fn no_changed_byte_gets_in(signer in 0..4_usize, at in any::<prop::sample::Index>(), byte in "[ -~]") {
        let set = TestSet::new();
        let token = set.token(Signer::ALL[signer], live());
        let at = at.index(token.len());
        let mut changed = token.clone();
        changed.replace_range(at..=at, &byte);
        prop_assume!(changed != token);
        prop_assert!(run(&changed, Some(&set.secret), Some(&set.keys), &Policy::default()).is_err());
    }

    #[test]
    fn no_key_set_panics(keys in prop::collection::vec(
        r#"\{"kty":"(RSA|EC|OKP|oct)"(,"crv":"(P-256|Ed25519)")?(,"(n|e|x|y|kid|alg|use)":("[A-Za-z0-9_=+-]{0,60}"|null|1)){0,5}\}"#, 0..4)
    ) {
        let _keys = parse_key_set(format!(r#"{{"keys":[{}]}}"#, keys.join(",")).as_bytes());
    }
}

fn live() -> Value {
    json!({"sub": "alice", "exp": 2_000_000_000})
}

/// The one way in: the owner of `token` under all keys of `set`, or what is wrong with it.
#[track_caller]
fn check(token: &str, set: &TestSet, expected: Result<&str, InvalidReason>) {
    let result = run(token, Some(&set.secret), Some(&set.keys), &Policy::default());
    assert_eq!(result, expected.map(str::to_owned));
}

fn run(
    token: &str,
    secret: Option<&Secret>,
    public: Option<&[PublicKey<RingKey>]>,
    policy: &Policy,
) -> Result<String, InvalidReason> {
    let jws = Jws::parse(token)?;
    let keys = Keys { secret, public };
    let (owner, _) = ready(verify(&jws, &keys, policy, NOW_MS))?;
    Ok(owner.as_str().to_owned())
}

/// `ring` never waits, so one poll is enough.
fn ready<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("a test key never waits"),
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Signer {
    Secret,
    Rsa,
    Ec,
    Ed,
}

impl Signer {
    const ALL: [Self; 4] = [Self::Secret, Self::Rsa, Self::Ec, Self::Ed];

    fn name(self) -> &'static str {
        match self {
            Self::Secret => "HS256",
            Self::Rsa => "RS256",
            Self::Ec => "ES256",
            Self::Ed => "EdDSA",
        }
    }
}

/// A secret and one key of each type: RSA, EC, Ed25519, in this order, the algorithm as `kid`.
struct TestSet {
    secret: Secret,
    rsa: RsaKeyPair,
    ec: EcdsaKeyPair,
    ed: Ed25519KeyPair,
    body: Value,
    keys: Vec<PublicKey<RingKey>>,
}

impl TestSet {
    fn new() -> Self {
        let random = SystemRandom::new();
        let ec = EcdsaKeyPair::generate_pkcs8(&alg::ECDSA_P256_SHA256_FIXED_SIGNING, &random).expect("a key");
        let ec = EcdsaKeyPair::from_pkcs8(&alg::ECDSA_P256_SHA256_FIXED_SIGNING, ec.as_ref(), &random).expect("a key");
        let ed = Ed25519KeyPair::generate_pkcs8(&random).expect("a key");
        let ed = Ed25519KeyPair::from_pkcs8(ed.as_ref()).expect("a key");
        let (x, y) = ec.public_key().as_ref()[1..].split_at(32);
        let body = json!({"keys": [
            {"kty": "RSA", "kid": "RS256", "n": RSA_N, "e": "AQAB"},
            {"kty": "EC", "crv": "P-256", "kid": "ES256", "x": BASE64.encode(x), "y": BASE64.encode(y)},
            {"kty": "OKP", "crv": "Ed25519", "kid": "EdDSA", "x": BASE64.encode(ed.public_key())},
        ]});
        let secret = Secret::new(SECRET.to_owned()).expect("long enough");
        let keys = import(&body);
        Self { secret, rsa: rsa_pair(), ec, ed, body, keys }
    }

    fn token(&self, signer: Signer, claims: Value) -> String {
        self.sign(signer, &json!({"alg": signer.name(), "kid": signer.name()}), &claims)
    }

    fn sign(&self, signer: Signer, header: &Value, claims: &Value) -> String {
        let signed = [header, claims].map(|part| BASE64.encode(part.to_string())).join(".");
        let random = SystemRandom::new();
        let signature = match signer {
            Signer::Secret => return self.secret.sign(claims).expect("signed"),
            Signer::Rsa => {
                let mut signature = vec![0; self.rsa.public().modulus_len()];
                self.rsa.sign(&alg::RSA_PKCS1_SHA256, &random, signed.as_bytes(), &mut signature).expect("signed");
                signature
            }
            Signer::Ec => self.ec.sign(&random, signed.as_bytes()).expect("signed").as_ref().to_vec(),
            Signer::Ed => self.ed.sign(signed.as_bytes()).as_ref().to_vec(),
        };
        format!("{signed}.{}", BASE64.encode(signature))
    }
}

fn rsa_pair() -> RsaKeyPair {
    let part = |text| BASE64.decode(text).expect("base64");
    RsaKeyPair::from_components(&KeyPairComponents {
        public_key: PublicKeyComponents { n: part(RSA_N), e: part("AQAB") },
        d: part(RSA_D),
        p: part(RSA_P),
        q: part(RSA_Q),
        dP: part(RSA_DP),
        dQ: part(RSA_DQ),
        qInv: part(RSA_QI),
    })
    .expect("the key of the rfc")
}

/// The second implementor of [`VerifySignature`], from the same JSON that WebCrypto gets.
enum RingKey {
    Rsa(PublicKeyComponents<Vec<u8>>),
    Other(UnparsedPublicKey<Vec<u8>>),
}

impl VerifySignature for RingKey {
    async fn verifies(&self, signed: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Rsa(key) => key.verify(&alg::RSA_PKCS1_2048_8192_SHA256, signed, signature).is_ok(),
            Self::Other(key) => key.verify(signed, signature).is_ok(),
        }
    }
}

fn import(body: &Value) -> Vec<PublicKey<RingKey>> {
    let set = parse_key_set(body.to_string().as_bytes()).expect("a key set");
    set.iter()
        .map(|jwk| PublicKey {
            key_id: jwk.key_id().map(str::to_owned),
            algorithm: jwk.algorithm(),
            inner: ring_key(&serde_json::from_str(&jwk.to_json()).expect("json")),
        })
        .collect()
}

fn ring_key(jwk: &Value) -> RingKey {
    let part = |name: &str| BASE64.decode(jwk[name].as_str().expect("a part")).expect("base64");
    match jwk["kty"].as_str() {
        Some("RSA") => RingKey::Rsa(PublicKeyComponents { n: part("n"), e: part("e") }),
        Some("EC") => {
            let point = [vec![4], part("x"), part("y")].concat();
            RingKey::Other(UnparsedPublicKey::new(&alg::ECDSA_P256_SHA256_FIXED, point))
        }
        _ => RingKey::Other(UnparsedPublicKey::new(&alg::ED25519, part("x"))),
    }
}
