//! The contract of the thread object: its name, its calls, their bodies. Used by the entry and by the object.

use crate::outgoing;
use crate::query::decode;
use crate::reply::{Failure, Reply};
use js_sys::encode_uri_component;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use threadkeep_core::context::documents_value;
use threadkeep_core::{ChatRequest, Scope, StateKey};
use worker::{Env, Request, Response};

/// Binding of the object's namespace in `wrangler.toml`.
pub(crate) const BINDING: &str = "THREAD";

/// What can be asked of a thread object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ThreadCall {
    /// Body: [`TurnCall`].
    Turn,
    Stream,
    Stop,
    Read,
    /// Body as in `PATCH /api/v1/ai/threads/{stateKey}`.
    Update,
    Delete,
    /// Body as in `PUT /api/v1/ai/threads/{stateKey}`.
    Save,
    /// Body as in `POST /api/v1/ai/threads/{stateKey}/messages`.
    Append,
    /// Gets a scope's thread or creates it. Body: `{title?, metadata?}`, or nothing.
    Create,
    /// What is known of the thread beside its messages.
    Find,
    /// Body: the query of the URL.
    Items,
    /// Body: `{item, author, byService}`, the item as in `POST …/items`.
    AppendItem,
    /// Body: `{itemId, patch}`, the patch as in `PATCH …/items/{itemId}`.
    SetVisibility,
    ReadContext,
    /// Body: `{documents, expectedRevision?}`.
    SetContext,
    /// A WebSocket that is told of every change. Its path ends in the time when the token expires.
    Live,
}

/// A chat turn: what is left of a [`ChatRequest`] once its thread is known.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TurnCall {
    pub(crate) texts: Vec<String>,
    pub(crate) message_id: Option<String>,
    pub(crate) model: Option<String>,
    pub(crate) graph_name: Option<String>,
    /// Who speaks, `{id, name?}`; kept on a scope's thread, which has many people.
    pub(crate) author: Value,
    /// The context that a service gives with the call, `[{name, text}]`, in place of the stored one.
    pub(crate) documents: Value,
}

/// Which thread: TENANT_SCOPED, the owner comes from a verified credential and the pair names the object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ThreadAddress {
    /// A user; of a scope's thread, the project.
    pub(crate) owner: String,
    pub(crate) state_key: StateKey,
    pub(crate) scope: Option<Scope>,
}

const CALLS: [(ThreadCall, &str); 16] = [
    (ThreadCall::Turn, "turn"),
    (ThreadCall::Stream, "stream"),
    (ThreadCall::Stop, "stop"),
    (ThreadCall::Read, "read"),
    (ThreadCall::Update, "update"),
    (ThreadCall::Delete, "delete"),
    (ThreadCall::Save, "save"),
    (ThreadCall::Append, "append"),
    (ThreadCall::Create, "create"),
    (ThreadCall::Find, "find"),
    (ThreadCall::Items, "items"),
    (ThreadCall::AppendItem, "append-item"),
    (ThreadCall::SetVisibility, "set-visibility"),
    (ThreadCall::ReadContext, "read-context"),
    (ThreadCall::SetContext, "set-context"),
    (ThreadCall::Live, "live"),
];

/// Objects are called by URL; the host is never looked up.
const ORIGIN: &str = "https://thread.internal";

impl From<ChatRequest> for TurnCall {
    fn from(chat: ChatRequest) -> Self {
        let ChatRequest { texts, message_id, model, graph_name, author, documents, .. } = chat;
        let author = author.map_or(Value::Null, |author| author.to_value());
        Self { texts, message_id, model, graph_name, author, documents: documents_value(&documents) }
    }
}

impl ThreadAddress {
    /// The one thread of a scope.
    pub(crate) fn of_scope(scope: Scope) -> Self {
        Self { owner: scope.project_id().to_owned(), state_key: scope.state_key(), scope: Some(scope) }
    }

    /// The object's name. A key has no colon, so no two addresses share one, whatever an owner is called.
    fn object_name(&self) -> String {
        let tenant = if self.scope.is_some() { "project" } else { "user" };
        format!("{tenant}:{}:{}", self.state_key, self.owner)
    }

    /// Calls the object.
    pub(crate) async fn call(&self, env: &Env, call: ThreadCall, body: Option<&[u8]>) -> Reply<Response> {
        self.fetch(env, outgoing::post(&self.url(call), &[], body)?).await
    }

    /// Opens a WebSocket to the object, which closes it when the token of its client has expired.
    pub(crate) async fn connect(&self, env: &Env, expires_ms: i64) -> Reply<Response> {
        let url = format!("{}/{expires_ms}", self.url(ThreadCall::Live));
        self.fetch(env, outgoing::upgrade(&url)?).await
    }

    async fn fetch(&self, env: &Env, request: Request) -> Reply<Response> {
        let stub = env.durable_object(BINDING)?.get_by_name(&self.object_name())?;
        Ok(stub.fetch_with_request(request).await?)
    }

    fn url(&self, call: ThreadCall) -> String {
        let name = CALLS.iter().find(|(known, _)| *known == call).map_or("", |(_, name)| name);
        let (kind, id) = self.scope.as_ref().map_or(("", ""), |scope| (scope.scope_type(), scope.scope_id()));
        // The tilde keeps a text like `..` from being a step up.
        let [owner, id] =
            [self.owner.as_str(), id].map(|text| format!("~{}", String::from(encode_uri_component(text))));
        format!("{ORIGIN}/{name}/{}/{owner}/~{kind}/{id}", self.state_key)
    }

    /// The call and the address that a request to the object names.
    pub(crate) fn read(request: &Request) -> Reply<(ThreadCall, Self)> {
        let path = request.path();
        let mut segments = path.split('/').skip(1);
        let mut next = || segments.next().unwrap_or_default();
        let (name, key) = (next(), next());
        let [owner, kind, id] = [next(), next(), next()].map(|text| text.strip_prefix('~').and_then(decode));
        let call = CALLS.iter().find(|(_, known)| *known == name).map(|(call, _)| *call);
        match (call, StateKey::parse(key), owner, kind, id) {
            (Some(call), Some(state_key), Some(owner), Some(kind), Some(id)) => {
                let scope = (!kind.is_empty()).then(|| Scope::new(&owner, &kind, &id)).transpose()?;
                Ok((call, Self { owner, state_key, scope }))
            }
            _ => Err(Failure::Internal("thread call")),
        }
    }
}
