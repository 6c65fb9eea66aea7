use js_sys::{JSON, Object};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{CryptoKey, SubtleCrypto, WorkerGlobalScope};

use super::jwk::PublicJwk;
use super::jws::PublicAlgorithm;
use super::verify::{PublicKey, VerifySignature};

/// A public key that the platform holds and verifies with. It belongs to the isolate, not to a request.
#[derive(Debug)]
pub(crate) struct WebCryptoKey {
    inner: CryptoKey,
    algorithm: PublicAlgorithm,
}

/// Hands a key to the platform. `None` when the platform refuses it, as it does a point off the curve.
pub(crate) async fn import(jwk: &PublicJwk) -> Option<PublicKey<WebCryptoKey>> {
    let algorithm = jwk.algorithm();
    Some(PublicKey {
        key_id: jwk.key_id().map(str::to_owned),
        algorithm,
        inner: WebCryptoKey { inner: import_key(jwk).await.ok()?, algorithm },
    })
}

impl VerifySignature for WebCryptoKey {
    async fn verifies(&self, signed: &[u8], signature: &[u8]) -> bool {
        self.verify(signed, signature).await.is_ok_and(|verdict| verdict.is_truthy())
    }
}

impl WebCryptoKey {
    async fn verify(&self, signed: &[u8], signature: &[u8]) -> Result<JsValue, JsValue> {
        let verdict = subtle()?.verify_with_object_and_u8_array_and_u8_array(
            &parameters(self.algorithm)?,
            &self.inner,
            signature,
            signed,
        )?;
        JsFuture::from(verdict).await
    }
}

async fn import_key(jwk: &PublicJwk) -> Result<CryptoKey, JsValue> {
    let usages = js_sys::Array::of1(&JsValue::from_str("verify"));
    let key = subtle()?.import_key_with_object(
        "jwk",
        &object(&jwk.to_json())?,
        &parameters(jwk.algorithm())?,
        false,
        &usages,
    )?;
    JsFuture::from(key).await?.dyn_into()
}

/// WebCrypto's name for an algorithm with all that importing and verifying want to know about it.
fn parameters(algorithm: PublicAlgorithm) -> Result<Object, JsValue> {
    object(match algorithm {
        PublicAlgorithm::Rs256 => r#"{"name":"RSASSA-PKCS1-v1_5","hash":"SHA-256"}"#,
        PublicAlgorithm::Es256 => r#"{"name":"ECDSA","namedCurve":"P-256","hash":"SHA-256"}"#,
        PublicAlgorithm::EdDsa => r#"{"name":"Ed25519"}"#,
    })
}

fn object(json: &str) -> Result<Object, JsValue> {
    JSON::parse(json)?.dyn_into()
}

fn subtle() -> Result<SubtleCrypto, JsValue> {
    let global: WorkerGlobalScope = js_sys::global().unchecked_into();
    Ok(global.crypto()?.subtle())
}
