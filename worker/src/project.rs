//! The routes of a scope's thread: who may, and which call of the thread object answers.

use crate::auth::{Access, Identity};
use crate::body::{MAX_CONTEXT_BODY_BYTES, MAX_SMALL_BODY_BYTES, MAX_THREAD_BODY_BYTES};
use crate::reply::Reply;
use crate::route::ScopedRoute;
use crate::thread::call::{ThreadAddress, ThreadCall};
use crate::thread::live::PROTOCOL;
use serde_json::json;
use threadkeep_core::{ErrorCode, Scope};
use worker::Request;

/// The thread, the call, its note, and the largest body that it takes.
///
/// # Errors
/// `not_found` for a token without the project, before anything else is looked at; `forbidden` for one that may not do
/// this; `invalid_request` for the live route without an upgrade.
pub(crate) fn call(
    request: &Request,
    identity: &Identity,
    scope: Scope,
    route: ScopedRoute,
) -> Reply<(ThreadAddress, ThreadCall, String, usize)> {
    let method = request.inner().method();
    let reads = method == "GET";
    identity.require_project(scope.project_id(), if reads { Access::Read } else { Access::Write })?;
    let mut note = String::new();
    let (call, limit) = match route {
        ScopedRoute::Thread => match method.as_str() {
            "GET" => (ThreadCall::Find, 0),
            "PUT" => (ThreadCall::Create, MAX_SMALL_BODY_BYTES),
            _ => (ThreadCall::Update, MAX_SMALL_BODY_BYTES),
        },
        ScopedRoute::Messages => (ThreadCall::Read, 0),
        ScopedRoute::Items if reads => {
            note = request.inner().url();
            (ThreadCall::Items, 0)
        }
        ScopedRoute::Items => {
            let by_service = identity.is_service();
            note = json!({"author": identity.author().to_value(), "byService": by_service}).to_string();
            (ThreadCall::AppendItem, MAX_THREAD_BODY_BYTES)
        }
        ScopedRoute::Item(id) => {
            note = id;
            (ThreadCall::SetVisibility, MAX_SMALL_BODY_BYTES)
        }
        ScopedRoute::Context => {
            identity.require_service()?;
            if reads { (ThreadCall::ReadContext, 0) } else { (ThreadCall::SetContext, MAX_CONTEXT_BODY_BYTES) }
        }
        ScopedRoute::Stream => (ThreadCall::Stream, 0),
        ScopedRoute::Stop => (ThreadCall::Stop, 0),
        ScopedRoute::Live => {
            let header = |name| request.headers().get(name).map(Option::unwrap_or_default);
            if !header("upgrade")?.eq_ignore_ascii_case("websocket") {
                return Err(ErrorCode::InvalidRequest.into());
            }
            let offered = header("sec-websocket-protocol")?.split(',').any(|protocol| protocol.trim() == PROTOCOL);
            note = json!({"expiresMs": identity.expires_ms(), "offered": offered}).to_string();
            (ThreadCall::Live, 0)
        }
    };
    Ok((ThreadAddress::of_scope(scope), call, note, limit))
}
