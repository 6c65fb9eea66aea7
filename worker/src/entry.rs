//! The entry: authenticates, routes, logs. Whatever concerns one thread is passed to its object.

use crate::auth::{self, Access, AuthConfig, Identity};
use crate::body::{self, Fields, MAX_CHAT_BODY_BYTES, MAX_SMALL_BODY_BYTES, MAX_THREAD_BODY_BYTES};
use crate::config::Config;
use crate::cors;
use crate::directory::{self, ListQuery, Tenant};
use crate::id;
use crate::log::{self, RequestLine};
use crate::project;
use crate::reply::{self, Failure, Reply};
use crate::route::Route;
use crate::thread::call::{ThreadAddress, ThreadCall, TurnCall};
use serde_json::json;
use threadkeep_core::{ChatRequest, ErrorCode};
use worker::{Context, Date, Env, Request, Response, event};

#[event(fetch)]
async fn fetch(mut request: Request, env: Env, _context: Context) -> worker::Result<Response> {
    let started_ms = Date::now().as_millis();
    let method = request.inner().method();
    let bytes = request.headers().get("content-length")?.and_then(|length| length.parse().ok());
    let route = Route::of_path(&request.path());
    let name = route.as_ref().map_or("unknown", Route::name);
    let config = Config::from_env(&env);
    let origin = config.as_ref().ok().and_then(|config| cors::allowed_origin(request.headers(), config));
    let result = match (config, route) {
        (Ok(_), Ok(_)) if method == "OPTIONS" => Ok(cors::preflight(origin.as_deref())?),
        (Err(error), _) => Err(error.into()),
        (_, Err(code)) => Err(code.into()),
        (Ok(config), Ok(route)) => handle(route, &method, &mut request, &env, &config).await,
    };
    let code = result.as_ref().err().map(|failure| failure.code().as_str());
    let response = result.or_else(Failure::into_response)?;
    let ms = Date::now().as_millis() - started_ms;
    log::line(&RequestLine { route: name, method: &method, status: response.status_code(), code, bytes, ms });
    cors::with_origin(response, origin.as_deref())
}

async fn handle(route: Route, method: &str, request: &mut Request, env: &Env, config: &Config) -> Reply<Response> {
    // Where the local signer is closed, nothing tells that it exists.
    if route == Route::DemoToken && !config.demo_tokens {
        return Err(ErrorCode::NotFound.into());
    }
    if !route.allows(method) {
        return Err(Failure::Method(route.allow()));
    }
    match route {
        Route::Health => return Ok(reply::json(&json!({"status": "ok"}))?),
        Route::DemoToken => return demo_token(request, env).await,
        Route::Chat
        | Route::ChatStream(_)
        | Route::ChatStop(_)
        | Route::Threads
        | Route::Thread(_)
        | Route::ThreadMessages(_)
        | Route::ProjectThreads(_)
        | Route::Scoped(..) => {}
    }
    let identity = auth::authenticate(request.headers(), env).await?;
    let owner = identity.owner.as_str().to_owned();
    let address = |state_key| ThreadAddress { owner: owner.clone(), state_key, scope: None };
    let (address, call, note, limit) = match (route, method) {
        (Route::Chat, _) => return chat(request, env, config, &identity).await,
        (Route::Threads, _) => return list(request, env, &Tenant::User(&owner)).await,
        (Route::ProjectThreads(project), _) => {
            identity.require_project(&project, Access::Read)?;
            return list(request, env, &Tenant::Project(&project)).await;
        }
        (Route::Scoped(scope, part), _) => project::call(request, &identity, scope, part)?,
        (Route::ChatStream(key), _) => (address(key), ThreadCall::Stream, String::new(), 0),
        (Route::ChatStop(key), _) => (address(key), ThreadCall::Stop, String::new(), 0),
        (Route::Thread(key), "GET") => (address(key), ThreadCall::Read, String::new(), 0),
        (Route::Thread(key), "DELETE") => (address(key), ThreadCall::Delete, String::new(), 0),
        (Route::Thread(key), "PATCH") => (address(key), ThreadCall::Update, String::new(), MAX_SMALL_BODY_BYTES),
        // Writes of whole messages: the operator's own server vouches for them.
        (Route::Thread(key), _) => {
            identity.require_service()?;
            (address(key), ThreadCall::Save, String::new(), MAX_THREAD_BODY_BYTES)
        }
        (Route::ThreadMessages(key), _) => {
            identity.require_service()?;
            (address(key), ThreadCall::Append, String::new(), MAX_THREAD_BODY_BYTES)
        }
        (Route::Health | Route::DemoToken, _) => return Err(ErrorCode::NotFound.into()),
    };
    let body = if limit > 0 { body::read(request, limit).await? } else { Vec::new() };
    address.call(env, call, &note, &body).await
}

async fn list(request: &Request, env: &Env, tenant: &Tenant<'_>) -> Reply<Response> {
    directory::list(env, tenant, &ListQuery::parse(&request.inner().url())?).await
}

/// A chat turn. Its thread is named by the body: `scope`, else `stateKey`, else `id`, else a new key.
async fn chat(request: &mut Request, env: &Env, config: &Config, identity: &Identity) -> Reply<Response> {
    let body = body::read(request, MAX_CHAT_BODY_BYTES).await?;
    let read = if identity.is_service() { ChatRequest::from_service_json } else { ChatRequest::from_json };
    let mut chat = read(&body)?;
    drop(body);
    if chat.model.as_deref().is_some_and(|model| !config.offers_model(model)) {
        return Err(ErrorCode::InvalidRequest.into());
    }
    let address = match chat.scope.take() {
        Some(scope) => {
            identity.require_project(scope.project_id(), Access::Write)?;
            chat.author.get_or_insert_with(|| identity.author());
            ThreadAddress::of_scope(scope)
        }
        None => {
            let state_key = chat.state_key.take().map_or_else(id::state_key, Ok)?;
            chat.author = None;
            ThreadAddress { owner: identity.owner.as_str().to_owned(), state_key, scope: None }
        }
    };
    let turn = serde_json::to_vec(&TurnCall::from(chat))?;
    address.call(env, ThreadCall::Turn, "", &turn).await
}

/// Signs a token for a name: for the local demo only.
async fn demo_token(request: &mut Request, env: &Env) -> Reply<Response> {
    let mut body = Fields::parse(&body::read(request, MAX_SMALL_BODY_BYTES).await?)?;
    let name = body.text("name")?.ok_or(ErrorCode::InvalidRequest)?;
    let config = AuthConfig::from_env(env)?;
    let secret = config.secret.as_ref().ok_or(Failure::Internal("AUTH_JWT_SECRET"))?;
    Ok(reply::json(&auth::demo_token(&name, secret, &config.policy, Date::now().as_millis())?)?)
}
