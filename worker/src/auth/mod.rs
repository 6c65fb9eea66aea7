//! Who is calling: from the request's headers to an [`Identity`], or a typed refusal.
//!
//! Three credentials, all of them `Authorization: Bearer …`:
//! a JWT signed with a shared secret (HS256), a JWT signed by one of the keys at a JWKS URL (RS256, ES256, EdDSA),
//! and the service token, which names the owner in a header of its own.
//!
//! The first half of the files is pure: values in, values out, the clock passed in, tested natively.
//! The second half is the edge: configuration, the key set over HTTP, the platform's WebCrypto.
//!
//! # Why does WebCrypto verify, and not a JWT crate?
//! Size, above all. What verifying these four algorithms adds to a bare worker, gzipped after `wasm-opt -Oz`:
//! `jsonwebtoken` 11 with its `rust_crypto` 201 KB, with a provider of only these four 79 KB, `jwt-compact` 72 KB,
//! the RustCrypto crates alone 43 KB, WebCrypto 14 KB; all of this module adds 20 KB to the worker's budget of 300 KB.
//! And the platform's native code verifies in 0.1 to 0.2 ms, which every request pays.
//! What is left to us is to split a token, decode its base64 and JSON by well-kept crates, and check its claims;
//! `jsonwebtoken` would have had to be fenced there too: it reads its own clock and ignores `crit`.
//!
//! # What this module does not do
//! No sessions, no cookies, no token storage, no encrypted tokens (JWE). The demo's signer is the only one that issues.

mod bearer;
mod claims;
mod demo;
mod error;
mod jwk;
mod jws;
mod key_cache;
mod owner;
mod secret;
mod service_token;
mod verify;

mod authenticate;
mod config;
mod jwks;
mod webcrypto;

pub(crate) use authenticate::{Access, Identity, authenticate};
pub(crate) use config::AuthConfig;
pub(crate) use demo::demo_token;
pub(crate) use error::AuthError;
