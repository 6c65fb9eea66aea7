//! Live: WebSockets that are told of every change of a thread.
//!
//! A socket says only that something changed, as `{"revision", "running"}`; what changed is read by the routes that
//! everybody uses. So a client that was away misses nothing: on its return it is told the newest revision. Sockets
//! hibernate: while nothing happens, they keep no object in memory and cost nothing.

use super::state::{Thread, now_ms};
use crate::reply::{Failure, Reply};
use serde_json::{Value, json};
use threadkeep_core::ErrorCode;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::wasm_bindgen;
use worker::{Response, ResponseBuilder, WebSocketPair, WebSocketRequestResponsePair, web_sys};

/// The protocol of the socket. A browser cannot send an `Authorization` header with it, so it offers its token as a
/// second protocol (see [`crate::auth`]); this one is the one that is taken.
pub(crate) const PROTOCOL: &str = "threadkeep.v1";

/// Most sockets of one thread: a large meeting, each with a tab. Each is told of each change.
const MAX_SOCKETS: usize = 256;

/// Close code for a token that has expired; of the range that is free for applications (RFC 6455, 7.4.2).
const TOKEN_EXPIRED: u16 = 4401;

#[wasm_bindgen]
extern "C" {
    type HibernatingSocket;
    // The worker crate's own would bring a second serializer into the bundle.
    #[wasm_bindgen(method, catch, js_name = "serializeAttachment")]
    fn set_expires_ms(this: &HibernatingSocket, expires_ms: f64) -> Result<(), wasm_bindgen::JsValue>;
    #[wasm_bindgen(method, js_name = "deserializeAttachment")]
    fn expires_ms(this: &HibernatingSocket) -> Option<f64>;
}

impl Thread {
    /// Accepts a socket and tells it where the thread is.
    ///
    /// # Errors
    /// `thread_busy` when too many follow it.
    /// It is of [`PROTOCOL`] when the client has offered that: a client must not accept what it has not offered
    /// (RFC 6455, 4.1).
    pub(super) fn live(&self, note: &str) -> Reply<Response> {
        let note: Value = serde_json::from_str(note)?;
        let expires_ms = note["expiresMs"].as_i64().ok_or(Failure::Internal("live"))?;
        if self.state.get_websockets().len() >= MAX_SOCKETS {
            return Err(ErrorCode::ThreadBusy.into());
        }
        let pair = WebSocketPair::new()?;
        let socket: &web_sys::WebSocket = pair.server.as_ref();
        socket.unchecked_ref::<HibernatingSocket>().set_expires_ms(expires_ms as f64).map_err(worker::Error::from)?;
        self.state.accept_web_socket(&pair.server);
        // The runtime answers by itself, without waking the object: a client finds out that its connection is dead.
        self.state.set_websocket_auto_response(
            &WebSocketRequestResponsePair::new("ping", "pong").map_err(worker::Error::from)?,
        );
        pair.server.send_with_str(self.state_line()?)?;
        let response = ResponseBuilder::new().with_status(101).with_websocket(pair.client).empty();
        if note["offered"] == true {
            response.headers().set("sec-websocket-protocol", PROTOCOL)?;
        }
        Ok(response)
    }

    /// Tells every socket that the thread has changed; one whose token has expired is closed instead.
    pub(super) fn notify(&self) {
        let sockets = self.state.get_websockets();
        if sockets.is_empty() {
            return;
        }
        let Ok(line) = self.state_line() else { return };
        #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are far below 2^53")]
        let now_ms = now_ms() as f64;
        for socket in sockets {
            let raw: &web_sys::WebSocket = socket.as_ref();
            let expires_ms = raw.unchecked_ref::<HibernatingSocket>().expires_ms();
            // A socket that is gone already needs neither.
            let _ = match expires_ms {
                Some(expires_ms) if expires_ms <= now_ms => socket.close(Some(TOKEN_EXPIRED), Some("token expired")),
                _ => socket.send_with_str(&line),
            };
        }
    }

    fn state_line(&self) -> Reply<String> {
        let running = self.running.borrow().is_some();
        Ok(json!({"revision": self.revision()?, "running": running}).to_string())
    }
}
