//! Request bodies, read with a limit.

use crate::reply::Reply;
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use threadkeep_core::half_letters::replace_half_letters;
use threadkeep_core::{ErrorCode, is_dense};
use worker::Request;

/// Largest body of a chat request, in bytes. A stock client posts its whole history, which is not read but has to pass:
/// a few tool outputs of several megabytes each. An isolate has 128 MB for all that it does, and a body is in it twice.
pub(crate) const MAX_CHAT_BODY_BYTES: usize = 24 * 1024 * 1024;

/// Largest body of a save or an append, in bytes: a whole thread.
pub(crate) const MAX_THREAD_BODY_BYTES: usize = 24 * 1024 * 1024;

/// Largest body of a context, in bytes: four times what of it reaches a prompt, and one row of the store takes it.
pub(crate) const MAX_CONTEXT_BODY_BYTES: usize = 512 * 1024;

/// Largest body of any other request, in bytes: a title, some metadata, a name.
pub(crate) const MAX_SMALL_BODY_BYTES: usize = 64 * 1024;

/// Reads the body.
///
/// # Errors
/// [`ErrorCode::BodyTooLarge`] as soon as it is known, before the rest is read; [`ErrorCode::InvalidJson`] for a body
/// that breaks off.
pub(crate) async fn read(request: &mut Request, limit: usize) -> Reply<Vec<u8>> {
    let length = request.headers().get("content-length")?.and_then(|text| text.parse::<usize>().ok());
    match length {
        Some(length) if length > limit => Err(ErrorCode::BodyTooLarge.into()),
        Some(_) => Ok(request.bytes().await.map_err(|_| ErrorCode::InvalidJson)?),
        None => read_chunked(request, limit).await,
    }
}

/// Reads a body as JSON.
///
/// # Errors
/// [`ErrorCode::InvalidJson`] for what is none, or not UTF-8; [`ErrorCode::BodyTooLarge`] for what would be too large
/// once it is read.
pub(crate) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, ErrorCode> {
    // From text and not from bytes: one reader in the bundle instead of two.
    let text = std::str::from_utf8(body).map_err(|_| ErrorCode::InvalidJson)?;
    if is_dense(text) {
        return Err(ErrorCode::BodyTooLarge);
    }
    // JavaScript strings may hold half a letter, and JSON.stringify escapes it; Unicode text cannot.
    let value = serde_json::from_str(text).or_else(|_| serde_json::from_str(&replace_half_letters(text)));
    value.map_err(|_| ErrorCode::InvalidJson)
}

/// The fields of a body that is a JSON object, taken by name. By hand: a derived reader per body costs the bundle 2 KB.
pub(crate) struct Fields(Map<String, Value>);

impl Fields {
    /// # Errors
    /// [`ErrorCode::InvalidJson`]; [`ErrorCode::InvalidRequest`] for what is no object.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, ErrorCode> {
        match parse(body)? {
            Value::Object(fields) => Ok(Self(fields)),
            _ => Err(ErrorCode::InvalidRequest),
        }
    }

    /// A field; `null` counts as absent.
    pub(crate) fn take(&mut self, name: &str) -> Option<Value> {
        self.0.remove(name).filter(|value| !value.is_null())
    }

    /// A field that is a text.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidRequest`] when it is none.
    pub(crate) fn text(&mut self, name: &str) -> Result<Option<String>, ErrorCode> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(ErrorCode::InvalidRequest),
        }
    }

    /// A field that is a whole number from 0 on.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidRequest`] when it is none.
    pub(crate) fn count(&mut self, name: &str) -> Result<Option<usize>, ErrorCode> {
        let count = |value: Value| value.as_u64().and_then(|count| usize::try_from(count).ok());
        self.take(name).map(|value| count(value).ok_or(ErrorCode::InvalidRequest)).transpose()
    }
}

async fn read_chunked(request: &mut Request, limit: usize) -> Reply<Vec<u8>> {
    if request.inner().body().is_none() {
        return Ok(Vec::new());
    }
    let mut stream = request.stream()?;
    let mut body = Vec::new();
    while let Some(chunk) = stream.next().await {
        body.extend(chunk.map_err(|_| ErrorCode::InvalidJson)?);
        if body.len() > limit {
            return Err(ErrorCode::BodyTooLarge.into());
        }
    }
    Ok(body)
}
