//! Outgoing requests. Made by web-sys: the worker crate's own `RequestInit` brings 10 KB of options that we do not use.

use crate::log;
use crate::reply::kind;
use js_sys::Uint8Array;
use serde_json::json;
use wasm_bindgen::JsValue;
use worker::Request;

/// A POST with a body, and headers as pairs of name and value.
///
/// # Errors
/// The runtime's, for a URL or a header that is none.
pub(crate) fn post(url: &str, headers: &[(&str, &str)], body: Option<&[u8]>) -> worker::Result<Request> {
    let init = web_sys::RequestInit::new();
    init.set_method("POST");
    let fields = web_sys::Headers::new()?;
    for (name, value) in headers {
        fields.set(name, value)?;
    }
    init.set_headers(&fields);
    init.set_body(&body.map_or(JsValue::UNDEFINED, |body| Uint8Array::from(body).into()));
    Ok(web_sys::Request::new_with_str_and_init(url, &init)?.into())
}

/// A request for a WebSocket.
///
/// # Errors
/// The runtime's, for a URL that is none.
pub(crate) fn upgrade(url: &str) -> worker::Result<Request> {
    let init = web_sys::RequestInit::new();
    let fields = web_sys::Headers::new()?;
    fields.set("upgrade", "websocket")?;
    init.set_headers(&fields);
    Ok(web_sys::Request::new_with_str_and_init(url, &init)?.into())
}

/// Logs that a call to another service failed: what was called and the kind of failure, nothing that was said.
pub(crate) fn failed(what: &str, error: &worker::Error) {
    log::error(&format!("{what}: {}", kind(error)), json!({}));
}
