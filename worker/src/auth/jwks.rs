use std::cell::RefCell;
use std::rc::Rc;

use futures_util::StreamExt;
use serde_json::json;
use worker::{Date, Fetch, Method, Request, Response, web_sys};

use super::error::AuthError;
use super::jwk::parse_key_set;
use super::key_cache::{KeyCache, Plan};
use super::verify::PublicKey;
use super::webcrypto::{WebCryptoKey, import};

/// Largest key set in bytes. Thirty keys with certificate chains are about 60 KB; it is held in memory while it is read.
const MAX_BODY_BYTES: usize = 128 * 1024;

/// How long the key server may take, in milliseconds. A chat waits for it once per isolate.
const TIMEOUT_MS: u32 = 5000;

pub(crate) type KeySet = Rc<[PublicKey<WebCryptoKey>]>;

thread_local! {
    /// One set per isolate: a deployment has one URL, and a new deployment has new isolates.
    static CACHE: RefCell<KeyCache<PublicKey<WebCryptoKey>>> = RefCell::new(KeyCache::new());
}

/// The key set of `url`, from this isolate's cache while it is fresh.
///
/// # Errors
/// [`AuthError::KeysUnavailable`] when it cannot be fetched and no earlier one is young enough.
pub(crate) async fn key_set(url: &str) -> Result<KeySet, AuthError> {
    match CACHE.with_borrow_mut(|cache| cache.plan(now_ms())) {
        Plan::Use(keys) => Ok(keys),
        Plan::Fetch => fetch_into_cache(url).await,
        Plan::Fail => Err(AuthError::KeysUnavailable),
    }
}

/// The key set fetched anew for a token whose key is not in it; `None` when that was done a moment ago.
///
/// # Errors
/// As [`key_set`].
pub(crate) async fn key_set_for_unknown_key(url: &str) -> Result<Option<KeySet>, AuthError> {
    if !CACHE.with_borrow_mut(|cache| cache.may_fetch_for_unknown_key(now_ms())) {
        return Ok(None);
    }
    fetch_into_cache(url).await.map(Some)
}

async fn fetch_into_cache(url: &str) -> Result<KeySet, AuthError> {
    match fetch(url).await {
        Ok(keys) => {
            CACHE.with_borrow_mut(|cache| cache.fetched(Rc::clone(&keys), now_ms()));
            Ok(keys)
        }
        Err(reason) => {
            let error = AuthError::KeysUnavailable;
            crate::log::error(&error.to_string(), json!({"code": error.code(), "reason": reason}));
            let old = CACHE.with_borrow_mut(|cache| cache.failed(now_ms()));
            old.ok_or(AuthError::KeysUnavailable)
        }
    }
}

/// Fetches, reads and imports. The error is for the log; it holds nothing that the server sent.
async fn fetch(url: &str) -> Result<KeySet, &'static str> {
    let request = Request::new(url, Method::Get).map_err(|_| "the url is not valid")?;
    let signal = web_sys::AbortSignal::timeout_with_u32(TIMEOUT_MS).into();
    let response = Fetch::Request(request).send_with_signal(&signal).await;
    let mut response = response.map_err(|_| "no answer")?;
    if response.status_code() != 200 {
        return Err("the status is not 200");
    }
    let body = read_body(&mut response).await?;
    let mut keys = Vec::new();
    for jwk in parse_key_set(&body).ok_or("the body is no key set")? {
        keys.extend(import(&jwk).await);
    }
    Ok(keys.into())
}

async fn read_body(response: &mut Response) -> Result<Vec<u8>, &'static str> {
    let mut stream = response.stream().map_err(|_| "the body is empty")?;
    let mut body = Vec::new();
    while let Some(bytes) = stream.next().await {
        body.extend(bytes.map_err(|_| "the body broke off")?);
        if body.len() > MAX_BODY_BYTES {
            return Err("the body is larger than 128 KB");
        }
    }
    Ok(body)
}

fn now_ms() -> u64 {
    Date::now().as_millis()
}
