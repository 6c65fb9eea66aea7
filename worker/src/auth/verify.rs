use super::claims::{Claims, Policy};
use super::error::InvalidReason;
use super::jws::{Algorithm, Jws, PublicAlgorithm};
use super::owner::Owner;
use super::secret::Secret;

/// The keys that tokens of users are verified with.
#[derive(Debug)]
pub(crate) struct Keys<'a, K> {
    /// For HS256. `None`: HS256 is not accepted.
    pub(crate) secret: Option<&'a Secret>,
    /// For the other algorithms. `None`: they are not accepted.
    pub(crate) public: Option<&'a [PublicKey<K>]>,
}

/// A key of the set in the form in which the platform verifies with it.
#[derive(Debug)]
pub(crate) struct PublicKey<K> {
    pub(crate) key_id: Option<String>,
    pub(crate) algorithm: PublicAlgorithm,
    pub(crate) inner: K,
}

/// A platform's public key: WebCrypto in the worker, a native library in the tests below.
pub(crate) trait VerifySignature {
    /// Whether `signature` is this key's over `signed`. A platform's failure is a `false` too.
    async fn verifies(&self, signed: &[u8], signature: &[u8]) -> bool;
}

/// Verifies a token: its signature by the one kind of key that its algorithm has, then its claims.
///
/// Which key: those of the algorithm's type with the token's `kid`; if none has it, those without a `kid`;
/// a token without `kid` is tried against all of its type. The shared secret is never tried on a public-key
/// algorithm, nor a public key on HS256.
///
/// # Errors
/// `UnknownKey` when a key set fetched anew might help; otherwise what is wrong with the token.
pub(crate) async fn verify<K: VerifySignature>(
    jws: &Jws<'_>,
    keys: &Keys<'_, K>,
    policy: &Policy,
    now_ms: u64,
) -> Result<(Owner, Claims), InvalidReason> {
    match jws.algorithm() {
        Algorithm::Hs256 => verify_secret(jws, keys.secret)?,
        Algorithm::Public(algorithm) => verify_public(jws, algorithm, keys.public).await?,
    }
    Claims::check(jws.payload(), policy, now_ms)
}

fn verify_secret(jws: &Jws<'_>, secret: Option<&Secret>) -> Result<(), InvalidReason> {
    let secret = secret.ok_or(InvalidReason::Algorithm)?;
    if secret.verifies(jws.signed(), jws.signature()) { Ok(()) } else { Err(InvalidReason::Signature) }
}

async fn verify_public<K: VerifySignature>(
    jws: &Jws<'_>,
    algorithm: PublicAlgorithm,
    keys: Option<&[PublicKey<K>]>,
) -> Result<(), InvalidReason> {
    let candidates = candidates(keys.ok_or(InvalidReason::Algorithm)?, algorithm, jws.key_id());
    for key in &candidates {
        if key.inner.verifies(jws.signed(), jws.signature()).await {
            return Ok(());
        }
    }
    // Without a `kid` on either side a rotated key cannot be told from a forged signature.
    let named = candidates.iter().any(|key| key.key_id.is_some() && jws.key_id().is_some());
    if named { Err(InvalidReason::Signature) } else { Err(InvalidReason::UnknownKey) }
}

fn candidates<'a, K>(
    keys: &'a [PublicKey<K>],
    algorithm: PublicAlgorithm,
    key_id: Option<&str>,
) -> Vec<&'a PublicKey<K>> {
    let of_type = keys.iter().filter(|key| key.algorithm == algorithm);
    if key_id.is_none() {
        return of_type.collect();
    }
    let (named, unnamed): (Vec<_>, Vec<_>) = of_type
        .filter(|key| key.key_id.is_none() || key.key_id.as_deref() == key_id)
        .partition(|key| key.key_id.is_some());
    if named.is_empty() { unnamed } else { named }
}

// Natively only: the library that plays WebCrypto there needs a C compiler for its target.
#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests;
