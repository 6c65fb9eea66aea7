//! The routes of a project: who may, and which call of the thread object answers.

use crate::auth::{Access, Identity};
use crate::body::{self, MAX_CONTEXT_BODY_BYTES, MAX_SMALL_BODY_BYTES, MAX_THREAD_BODY_BYTES};
use crate::directory::{self, ListQuery, Tenant};
use crate::reply::Reply;
use crate::route::ScopedRoute;
use crate::thread::call::{ThreadAddress, ThreadCall};
use serde_json::{Value, json};
use threadkeep_core::{ErrorCode, Scope};
use worker::{Env, Request, Response};

/// `GET /api/v1/ai/projects/{projectId}/threads`.
pub(crate) async fn threads(request: &Request, env: &Env, identity: &Identity, project: &str) -> Reply<Response> {
    identity.require_project(project, Access::Read)?;
    let query = ListQuery::parse(&request.inner().url())?;
    directory::list(env, &Tenant::Project(project), &query).await
}

/// `/api/v1/ai/projects/{projectId}/threads/{scopeType}/{scopeId}` and what is below it.
pub(crate) async fn thread(
    request: &mut Request,
    env: &Env,
    identity: &Identity,
    scope: Scope,
    route: ScopedRoute,
) -> Reply<Response> {
    let reads = request.inner().method() == "GET";
    identity.require_project(scope.project_id(), if reads { Access::Read } else { Access::Write })?;
    let address = ThreadAddress::of_scope(scope);
    let (call, body) = match (route, request.inner().method().as_str()) {
        (ScopedRoute::Thread, "GET") => (ThreadCall::Find, None),
        (ScopedRoute::Thread, "PUT") => (ThreadCall::Create, Some(body::read(request, MAX_SMALL_BODY_BYTES).await?)),
        (ScopedRoute::Thread, _) => (ThreadCall::Update, Some(body::read(request, MAX_SMALL_BODY_BYTES).await?)),
        (ScopedRoute::Messages, _) => (ThreadCall::Read, None),
        (ScopedRoute::Items, "GET") => (ThreadCall::Items, Some(request.inner().url().into_bytes())),
        (ScopedRoute::Items, _) => {
            let item: Value = body::parse(&body::read(request, MAX_THREAD_BODY_BYTES).await?)?;
            let author = identity.author().to_value();
            let call = json!({"item": item, "author": author, "byService": identity.is_service()});
            (ThreadCall::AppendItem, Some(call.to_string().into_bytes()))
        }
        (ScopedRoute::Item(item_id), _) => {
            let patch: Value = body::parse(&body::read(request, MAX_SMALL_BODY_BYTES).await?)?;
            let call = json!({"itemId": item_id, "patch": patch});
            (ThreadCall::SetVisibility, Some(call.to_string().into_bytes()))
        }
        (ScopedRoute::Context, method) => {
            identity.require_service()?;
            match method {
                "GET" => (ThreadCall::ReadContext, None),
                _ => (ThreadCall::SetContext, Some(body::read(request, MAX_CONTEXT_BODY_BYTES).await?)),
            }
        }
        (ScopedRoute::Stream, _) => (ThreadCall::Stream, None),
        (ScopedRoute::Stop, _) => (ThreadCall::Stop, None),
        (ScopedRoute::Live, _) => {
            if request.headers().get("upgrade")?.as_deref() != Some("websocket") {
                return Err(ErrorCode::InvalidRequest.into());
            }
            return address.connect(env, identity.expires_ms()).await;
        }
    };
    address.call(env, call, body.as_deref()).await
}
