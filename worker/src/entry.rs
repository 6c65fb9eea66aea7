//! The entry: authenticates, routes, logs. Whatever concerns one thread is passed to its object.

use crate::auth::{self, Access, AuthConfig, Identity};
use crate::body::{self, Fields, MAX_CHAT_BODY_BYTES, MAX_SMALL_BODY_BYTES, MAX_THREAD_BODY_BYTES};
use crate::config::Config;
use crate::cors;
use crate::directory::{self, ListQuery, Tenant};
use crate::id;
use crate::log::{self, RequestLine};
use crate::project;
use crate::reply::{self, Failure, NOTE_HEADER, Reply};
use crate::route::Route;
use crate::thread::call::{STATE_KEY_HEADER, ThreadAddress, ThreadCall, TurnCall};
use serde_json::{Value, json};
use threadkeep_core::{ChatRequest, ErrorCode, StateKey};
use worker::{Context, Date, Env, Headers, Request, Response, event};

#[event(fetch)]
async fn fetch(mut request: Request, env: Env, _context: Context) -> worker::Result<Response> {
    let started_ms = Date::now().as_millis();
    let method = request.inner().method();
    let bytes = request.headers().get("content-length")?.and_then(|length| length.parse().ok());
    let route = Route::of_path(&request.path());
    let name = route.as_ref().map_or("unknown", Route::name);
    let config = Config::from_env(&env);
    let origin = config.as_ref().ok().and_then(|config| cors::allowed_origin(request.headers(), config));
    let mut state_key = route.as_ref().ok().and_then(Route::state_key).cloned();
    let result = match (config, route) {
        // Where the local signer is closed, nothing tells that it exists.
        (Ok(config), Ok(Route::DemoToken)) if !config.demo_tokens => Err(ErrorCode::NotFound.into()),
        (Ok(_), Ok(_)) if method == "OPTIONS" => Ok(cors::preflight(origin.as_deref())?),
        (Err(error), _) => Err(error.into()),
        (_, Err(code)) => Err(code.into()),
        (Ok(config), Ok(route)) => handle(route, &method, &mut request, &env, &config, &mut state_key).await,
    };
    let response = result.or_else(Failure::into_response)?;
    let ms = Date::now().as_millis() - started_ms;
    let note: Option<Value> = response.headers().get(NOTE_HEADER)?.and_then(|note| serde_json::from_str(&note).ok());
    let noted = |name| note.as_ref().and_then(|note| note.get(name));
    let (status, code, masked) = (response.status_code(), noted("code"), noted("masked"));
    log::line(&RequestLine { route: name, method: &method, status, code, masked, bytes, ms });
    outward(response, origin.as_deref(), state_key.as_ref())
}

/// The response as it leaves: without the note, under the key of its thread (STATE_KEY_LIFECYCLE), and readable for the
/// page of an allowed origin. The headers of an object's response are immutable, hence the copy.
fn outward(response: Response, origin: Option<&str>, state_key: Option<&StateKey>) -> worker::Result<Response> {
    let given = response.headers();
    let state_key = state_key.filter(|_| !given.has(STATE_KEY_HEADER).unwrap_or_default());
    if origin.is_none() && state_key.is_none() && !given.has(NOTE_HEADER)? {
        return Ok(response);
    }
    let headers = Headers::new();
    for (name, value) in given.entries().filter(|(name, _)| name != NOTE_HEADER) {
        headers.append(&name, &value)?;
    }
    if let Some(state_key) = state_key {
        headers.set(STATE_KEY_HEADER, state_key.as_str())?;
    }
    if let Some(origin) = origin {
        cors::allow(&headers, origin)?;
    }
    Ok(response.with_headers(headers))
}

async fn handle(
    route: Route,
    method: &str,
    request: &mut Request,
    env: &Env,
    config: &Config,
    state_key: &mut Option<StateKey>,
) -> Reply<Response> {
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
        (Route::Chat, _) => return chat(request, env, config, &identity, state_key).await,
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

/// A chat turn. Its thread is named by the body: `scope`, else `stateKey`, else `id`, else a new key. `named` is told its
/// key, also when the turn is refused.
async fn chat(
    request: &mut Request,
    env: &Env,
    config: &Config,
    identity: &Identity,
    named: &mut Option<StateKey>,
) -> Reply<Response> {
    let body = body::read(request, MAX_CHAT_BODY_BYTES).await?;
    let read = if identity.is_service() { ChatRequest::from_service_json } else { ChatRequest::from_json };
    let mut chat = read(&body).inspect_err(|_| *named = ChatRequest::state_key_of(&body))?;
    drop(body);
    if chat.scope.is_none() {
        named.clone_from(&chat.state_key);
    }
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
    let turn = TurnCall::from(chat).to_body();
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
