//! The contract of the thread object: its name, its calls, their bodies. Used by the entry and by the object.

use crate::outgoing;
use crate::reply::{Failure, Reply};
use js_sys::{decode_uri_component, encode_uri_component};
use serde::{Deserialize, Serialize};
use threadkeep_core::{ChatRequest, StateKey};
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
}

/// A chat turn: what is left of a [`ChatRequest`] once its thread is known.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TurnCall {
    pub(crate) texts: Vec<String>,
    pub(crate) message_id: Option<String>,
    pub(crate) model: Option<String>,
    pub(crate) graph_name: Option<String>,
}

/// Which thread: TENANT_SCOPED, the owner comes from a verified credential and the pair names the object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ThreadAddress {
    pub(crate) owner: String,
    pub(crate) state_key: StateKey,
}

const CALLS: [(ThreadCall, &str); 8] = [
    (ThreadCall::Turn, "turn"),
    (ThreadCall::Stream, "stream"),
    (ThreadCall::Stop, "stop"),
    (ThreadCall::Read, "read"),
    (ThreadCall::Update, "update"),
    (ThreadCall::Delete, "delete"),
    (ThreadCall::Save, "save"),
    (ThreadCall::Append, "append"),
];

/// Objects are called by URL; the host is never looked up.
const ORIGIN: &str = "https://thread.internal";

impl From<ChatRequest> for TurnCall {
    fn from(chat: ChatRequest) -> Self {
        let ChatRequest { texts, message_id, model, graph_name, .. } = chat;
        Self { texts, message_id, model, graph_name }
    }
}

impl ThreadAddress {
    /// The object's name. A key has no colon, so no two addresses share one, whatever an owner is called.
    fn object_name(&self) -> String {
        format!("user:{}:{}", self.state_key, self.owner)
    }

    /// Calls the object.
    pub(crate) async fn call(&self, env: &Env, call: ThreadCall, body: Option<&[u8]>) -> Reply<Response> {
        let request = outgoing::post(&self.url(call), &[], body)?;
        let stub = env.durable_object(BINDING)?.get_by_name(&self.object_name())?;
        Ok(stub.fetch_with_request(request).await?)
    }

    fn url(&self, call: ThreadCall) -> String {
        let name = CALLS.iter().find(|(known, _)| *known == call).map_or("", |(_, name)| name);
        let owner = String::from(encode_uri_component(&self.owner));
        // The tilde keeps an owner called `..` from being a step up.
        format!("{ORIGIN}/{name}/{}/~{owner}", self.state_key)
    }

    /// The call and the address that a request to the object names.
    pub(crate) fn read(request: &Request) -> Reply<(ThreadCall, Self)> {
        let path = request.path();
        let mut segments = path.splitn(4, '/').skip(1);
        let mut next = || segments.next().unwrap_or_default();
        let (name, key, owner) = (next(), next(), next());
        let call = CALLS.iter().find(|(_, known)| *known == name).map(|(call, _)| *call);
        let state_key = StateKey::parse(key);
        let owner = owner.strip_prefix('~').and_then(|owner| decode_uri_component(owner).ok()).map(String::from);
        match (call, state_key, owner) {
            (Some(call), Some(state_key), Some(owner)) => Ok((call, Self { owner, state_key })),
            _ => Err(Failure::Internal("thread call")),
        }
    }
}
