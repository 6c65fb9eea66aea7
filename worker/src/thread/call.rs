//! The contract of the thread object: its name, its calls, their bodies. Used by the entry and by the object.

use crate::body::Fields;
use crate::outgoing;
use crate::query::decode;
use crate::reply::{Failure, Reply};
use js_sys::encode_uri_component;
use serde_json::{Value, json};
use threadkeep_core::context::documents_value;
use threadkeep_core::{ChatRequest, ErrorCode, Scope, StateKey};
use worker::{Env, Request, Response};

/// Binding of the object's namespace in `wrangler.toml`.
pub(crate) const BINDING: &str = "THREAD";

/// Header that names the thread of an answer (STATE_KEY_LIFECYCLE).
pub(crate) const STATE_KEY_HEADER: &str = "x-state-key";

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
    /// Note: the URL, for its query.
    Items,
    /// Body as in `POST …/items`. Note: `{author, byService}`.
    AppendItem,
    /// Body: `{visibility}`. Note: the id of the item.
    SetVisibility,
    ReadContext,
    /// Body: `{documents, expectedRevision?}`.
    SetContext,
    /// A WebSocket that is told of every change. Note: when the token expires, in milliseconds since 1970.
    Live,
}

/// A chat turn: what is left of a [`ChatRequest`] once its thread is known.
pub(crate) struct TurnCall {
    pub(crate) texts: Vec<String>,
    /// What the client answers to calls that the thread may have left pending, as parts.
    pub(crate) answers: Vec<Value>,
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
        let ChatRequest { texts, answers, message_id, model, graph_name, author, documents, .. } = chat;
        let author = author.map_or(Value::Null, |author| author.to_value());
        Self { texts, answers, message_id, model, graph_name, author, documents: documents_value(&documents) }
    }
}

impl TurnCall {
    /// The body of the call.
    pub(crate) fn to_body(&self) -> Vec<u8> {
        let Self { texts, answers, message_id, model, graph_name, author, documents } = self;
        let body = json!({
            "texts": texts, "answers": answers, "messageId": message_id, "model": model, "graphName": graph_name,
            "author": author, "documents": documents,
        });
        body.to_string().into_bytes()
    }

    /// # Errors
    /// Those of [`Fields`].
    pub(crate) fn read(body: &[u8]) -> Result<Self, ErrorCode> {
        let mut call = Fields::parse(body)?;
        let mut list = |name| match call.take(name) {
            Some(Value::Array(items)) => items,
            _ => Vec::new(),
        };
        let answers = list("answers");
        let texts = list("texts").iter().filter_map(Value::as_str).map(str::to_owned).collect();
        Ok(Self {
            texts,
            answers,
            message_id: call.text("messageId")?,
            model: call.text("model")?,
            graph_name: call.text("graphName")?,
            author: call.take("author").unwrap_or_default(),
            documents: call.take("documents").unwrap_or_default(),
        })
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

    /// Calls the object. The note is what a call has to be told beside its body.
    pub(crate) async fn call(&self, env: &Env, call: ThreadCall, note: &str, body: &[u8]) -> Reply<Response> {
        let url = self.url(call, note);
        let request = match call {
            ThreadCall::Live => outgoing::upgrade(&url)?,
            _ => outgoing::post(&url, &[], Some(body))?,
        };
        let stub = env.durable_object(BINDING)?.get_by_name(&self.object_name())?;
        Ok(stub.fetch_with_request(request).await?)
    }

    fn url(&self, call: ThreadCall, note: &str) -> String {
        let name = CALLS.iter().find(|(known, _)| *known == call).map_or("", |(_, name)| name);
        let (kind, id) = self.scope.as_ref().map_or(("", ""), |scope| (scope.scope_type(), scope.scope_id()));
        let mut url = format!("{ORIGIN}/{name}/{}", self.state_key);
        for text in [&self.owner, kind, id, note] {
            // The tilde keeps a text like `..` from being a step up.
            url.push_str("/~");
            url.push_str(&String::from(encode_uri_component(text)));
        }
        url
    }

    /// The call, the address and the note of a request to the object.
    pub(crate) fn read(request: &Request) -> Reply<(ThreadCall, Self, String)> {
        let path = request.path();
        let mut segments = path.split('/').skip(1);
        let mut next = || segments.next().unwrap_or_default();
        let (name, key) = (next(), next());
        let [owner, kind, id, note] =
            [next(), next(), next(), next()].map(|text| text.strip_prefix('~').and_then(decode));
        let call = CALLS.iter().find(|(_, known)| *known == name).map(|(call, _)| *call);
        let (Some(call), Some(state_key), Some(owner), Some(kind), Some(id), Some(note)) =
            (call, StateKey::parse(key), owner, kind, id, note)
        else {
            return Err(Failure::Internal("thread call"));
        };
        let scope = if kind.is_empty() { None } else { Some(Scope::new(&owner, &kind, &id)?) };
        Ok((call, Self { owner, state_key, scope }, note))
    }
}
