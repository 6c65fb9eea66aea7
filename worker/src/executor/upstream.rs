//! An HTTP service that streams its answer.

use super::Interrupted;
use crate::log;
use crate::outgoing;
use futures_util::StreamExt;
use futures_util::stream::LocalBoxStream;
use serde_json::json;
use threadkeep_core::ErrorCode;
use threadkeep_core::frame::{Frame, FrameDecoder, Framing};
use worker::{AbortController, Fetch, Response};

/// Posts JSON and gives the answer's frames, as they arrive together. Dropping the stream ends the request: the service
/// sees the connection close and can stop.
///
/// # Errors
/// [`ErrorCode::UpstreamUnavailable`]; the log has the status.
pub(super) async fn post(
    url: &str,
    token: Option<&str>,
    body: &impl serde::Serialize,
    framing: impl Fn(&str) -> Framing,
) -> Result<LocalBoxStream<'static, Result<Vec<Frame>, Interrupted>>, ErrorCode> {
    let guard = AbortOnDrop(Some(AbortController::default()));
    let mut response = send(url, token, body, &guard).await.map_err(|error| {
        outgoing::failed("upstream", &error);
        ErrorCode::UpstreamUnavailable
    })?;
    let status = response.status_code();
    if !(200..300).contains(&status) {
        log::error("upstream status", json!({"status": status}));
        return Err(ErrorCode::UpstreamUnavailable);
    }
    let content_type = response.headers().get("content-type").ok().flatten().unwrap_or_default();
    let body = response.stream().map_err(|_| ErrorCode::UpstreamUnavailable)?;
    let reading =
        Reading { body: Some(body.boxed_local()), decoder: FrameDecoder::new(framing(&content_type)), _guard: guard };
    Ok(futures_util::stream::unfold(reading, Reading::next).boxed_local())
}

async fn send(
    url: &str,
    token: Option<&str>,
    body: &impl serde::Serialize,
    guard: &AbortOnDrop,
) -> worker::Result<Response> {
    let bearer = token.map(|token| format!("Bearer {token}"));
    let mut headers = vec![("content-type", "application/json"), ("accept", "text/event-stream, application/x-ndjson")];
    headers.extend(bearer.as_deref().map(|bearer| ("authorization", bearer)));
    let request = Fetch::Request(outgoing::post(url, &headers, Some(&serde_json::to_vec(body)?))?);
    match &guard.0 {
        Some(controller) => request.send_with_signal(&controller.signal()).await,
        None => request.send().await,
    }
}

struct Reading {
    /// `None` after the end.
    body: Option<LocalBoxStream<'static, worker::Result<Vec<u8>>>>,
    decoder: FrameDecoder,
    _guard: AbortOnDrop,
}

impl Reading {
    async fn next(mut self) -> Option<(Result<Vec<Frame>, Interrupted>, Self)> {
        loop {
            let frames = match self.body.as_mut()?.next().await {
                Some(Ok(bytes)) => self.decoder.push(&bytes),
                Some(Err(_)) => {
                    self.body = None;
                    return Some((Err(Interrupted), self));
                }
                None => {
                    self.body = None;
                    self.decoder.finish()
                }
            };
            if !frames.is_empty() {
                return Some((Ok(frames), self));
            }
        }
    }
}

struct AbortOnDrop(Option<AbortController>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        if let Some(controller) = self.0.take() {
            controller.abort();
        }
    }
}
