//! CORS: which pages of other sites may call. Closed by default; the operator lists origins.

use crate::config::Config;
use worker::{Headers, Response};

/// What a browser may send, how long it may remember that (seconds), and what a page may read.
const ALLOW_METHODS: &str = "GET, POST, PUT, PATCH, DELETE";
const ALLOW_HEADERS: &str = "authorization, content-type, user-agent";
const EXPOSE_HEADERS: &str = "x-state-key, x-vercel-ai-ui-message-stream";
const MAX_AGE_S: &str = "86400";

/// The request's origin, when it is on the list.
pub(crate) fn allowed_origin(headers: &Headers, config: &Config) -> Option<String> {
    let origin = headers.get("origin").ok().flatten()?;
    config.cors_origins.contains(&origin).then_some(origin)
}

/// The answer to a preflight: without the headers below, a browser does not send the request.
pub(crate) fn preflight(origin: Option<&str>) -> worker::Result<Response> {
    let response = Response::empty()?.with_status(204);
    if origin.is_some() {
        let headers = response.headers();
        headers.set("access-control-allow-methods", ALLOW_METHODS)?;
        headers.set("access-control-allow-headers", ALLOW_HEADERS)?;
        headers.set("access-control-max-age", MAX_AGE_S)?;
    }
    Ok(response)
}

/// Lets the page of an allowed origin read a response with these headers.
pub(crate) fn allow(headers: &Headers, origin: &str) -> worker::Result<()> {
    headers.set("access-control-allow-origin", origin)?;
    headers.set("access-control-expose-headers", EXPOSE_HEADERS)?;
    headers.append("vary", "Origin")
}
