//! The routes: a path in, a [`Route`] out. Pure.

use crate::query::decode;
use threadkeep_core::scope::is_scope_id;
use threadkeep_core::{ErrorCode, Scope, StateKey};

/// Every route of the worker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Route {
    Health,
    DemoToken,
    Chat,
    ChatStream(StateKey),
    ChatStop(StateKey),
    Threads,
    Thread(StateKey),
    ThreadMessages(StateKey),
    /// The threads of a project.
    ProjectThreads(String),
    /// The thread of a scope.
    Scoped(Scope, ScopedRoute),
}

/// What of a scope's thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ScopedRoute {
    Thread,
    Messages,
    Items,
    /// By its id.
    Item(String),
    Context,
    Stream,
    Stop,
    Live,
}

impl Route {
    /// The route of a path.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`]; [`ErrorCode::InvalidStateKey`] or [`ErrorCode::InvalidScope`] when only that is wrong.
    pub(crate) fn of_path(path: &str) -> Result<Self, ErrorCode> {
        let key = |text: &str| StateKey::parse(text).ok_or(ErrorCode::InvalidStateKey);
        match path.split('/').skip(1).collect::<Vec<_>>().as_slice() {
            ["healthz"] => Ok(Self::Health),
            ["demo", "token"] => Ok(Self::DemoToken),
            ["api", "v1", "ai", "chat"] => Ok(Self::Chat),
            ["api", "v1", "ai", "chat", text, "stream"] => key(text).map(Self::ChatStream),
            ["api", "v1", "ai", "chat", text, "stop"] => key(text).map(Self::ChatStop),
            ["api", "v1", "ai", "threads"] => Ok(Self::Threads),
            ["api", "v1", "ai", "threads", text] => key(text).map(Self::Thread),
            ["api", "v1", "ai", "threads", text, "messages"] => key(text).map(Self::ThreadMessages),
            ["api", "v1", "ai", "projects", project, "threads", scope @ ..] => Self::of_project(project, scope),
            _ => Err(ErrorCode::NotFound),
        }
    }

    fn of_project(project: &str, scope: &[&str]) -> Result<Self, ErrorCode> {
        let text = |segment: &str| decode(segment).ok_or(ErrorCode::InvalidScope);
        let (kind, id, part) = match scope {
            [] => {
                let project = text(project)?;
                let valid = is_scope_id(&project);
                return if valid { Ok(Self::ProjectThreads(project)) } else { Err(ErrorCode::InvalidScope) };
            }
            [kind, id] => (kind, id, ScopedRoute::Thread),
            [kind, id, "messages"] => (kind, id, ScopedRoute::Messages),
            [kind, id, "items"] => (kind, id, ScopedRoute::Items),
            [kind, id, "items", item] => (kind, id, ScopedRoute::Item(decode(item).ok_or(ErrorCode::NotFound)?)),
            [kind, id, "context"] => (kind, id, ScopedRoute::Context),
            [kind, id, "stream"] => (kind, id, ScopedRoute::Stream),
            [kind, id, "stop"] => (kind, id, ScopedRoute::Stop),
            [kind, id, "live"] => (kind, id, ScopedRoute::Live),
            _ => return Err(ErrorCode::NotFound),
        };
        Ok(Self::Scoped(Scope::new(&text(project)?, &text(kind)?, &text(id)?)?, part))
    }

    /// The key of the thread that the path names.
    pub(crate) fn state_key(&self) -> Option<&StateKey> {
        match self {
            Self::ChatStream(key) | Self::ChatStop(key) | Self::Thread(key) | Self::ThreadMessages(key) => Some(key),
            Self::Health
            | Self::DemoToken
            | Self::Chat
            | Self::Threads
            | Self::ProjectThreads(_)
            | Self::Scoped(..) => None,
        }
    }

    /// The methods of the route, as an `Allow` header writes them.
    pub(crate) fn allow(&self) -> &'static str {
        match self {
            Self::Health => "GET, HEAD",
            Self::ChatStream(_) | Self::Threads | Self::ProjectThreads(_) => "GET",
            Self::DemoToken | Self::Chat | Self::ChatStop(_) | Self::ThreadMessages(_) => "POST",
            Self::Thread(_) => "GET, PUT, PATCH, DELETE",
            Self::Scoped(_, part) => part.allow(),
        }
    }

    /// Whether the route takes a method.
    pub(crate) fn allows(&self, method: &str) -> bool {
        self.allow().split(", ").any(|allowed| allowed == method)
    }

    /// The name in the log: no key, no owner.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Health => "healthz",
            Self::DemoToken => "demo/token",
            Self::Chat => "chat",
            Self::ChatStream(_) => "chat/stream",
            Self::ChatStop(_) => "chat/stop",
            Self::Threads => "threads",
            Self::Thread(_) => "thread",
            Self::ThreadMessages(_) => "thread/messages",
            Self::ProjectThreads(_) => "project/threads",
            Self::Scoped(_, part) => part.name(),
        }
    }
}

impl ScopedRoute {
    fn allow(&self) -> &'static str {
        match self {
            Self::Thread => "GET, PUT, PATCH",
            Self::Items => "GET, POST",
            Self::Item(_) => "PATCH",
            Self::Context => "GET, PUT",
            Self::Stop => "POST",
            Self::Messages | Self::Stream | Self::Live => "GET",
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Thread => "project/thread",
            Self::Messages => "project/thread/messages",
            Self::Items => "project/thread/items",
            Self::Item(_) => "project/thread/item",
            Self::Context => "project/thread/context",
            Self::Stream => "project/thread/stream",
            Self::Stop => "project/thread/stop",
            Self::Live => "project/thread/live",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, expected: Result<Route, ErrorCode>) {
        assert_eq!(Route::of_path(path), expected);
    }

    #[test]
    fn every_route_of_the_contract_is_found() {
        let key = StateKey::parse("k-1").unwrap();
        check("/healthz", Ok(Route::Health));
        check("/api/v1/ai/chat", Ok(Route::Chat));
        check("/api/v1/ai/chat/k-1/stream", Ok(Route::ChatStream(key.clone())));
        check("/api/v1/ai/chat/k-1/stop", Ok(Route::ChatStop(key.clone())));
        check("/api/v1/ai/threads", Ok(Route::Threads));
        check("/api/v1/ai/threads/k-1", Ok(Route::Thread(key.clone())));
        check("/api/v1/ai/threads/k-1/messages", Ok(Route::ThreadMessages(key)));
    }

    #[test]
    fn a_bad_key_is_told_from_an_unknown_route() {
        check("/api/v1/ai/threads/a%20b", Err(ErrorCode::InvalidStateKey));
        check("/api/v1/ai/threads/", Err(ErrorCode::InvalidStateKey));
        check("/api/v1/ai/thread", Err(ErrorCode::NotFound));
        check("/", Err(ErrorCode::NotFound));
        check("", Err(ErrorCode::NotFound));
        check("/healthz/", Err(ErrorCode::NotFound));
    }

    #[test]
    fn the_ids_of_a_scope_are_decoded_segment_by_segment() {
        let scope = |id| Scope::new("p 1", "spec", id).unwrap();
        let path = "/api/v1/ai/projects/p%201/threads";
        check(path, Ok(Route::ProjectThreads("p 1".to_owned())));
        check(&format!("{path}/spec/a%2F%C3%A9"), Ok(Route::Scoped(scope("a/é"), ScopedRoute::Thread)));
        check(&format!("{path}/spec/items/items"), Ok(Route::Scoped(scope("items"), ScopedRoute::Items)));
        let item = ScopedRoute::Item("m:1".to_owned());
        check(&format!("{path}/spec/x/items/m%3A1"), Ok(Route::Scoped(scope("x"), item)));
        check(&format!("{path}/spec/x/nothing"), Err(ErrorCode::NotFound));
        for bad in ["spec/%FF", "spec/", "sp%20ec/x", "spec/a%00", "spec/%2E%2E"] {
            check(&format!("{path}/{bad}"), Err(ErrorCode::InvalidScope));
        }
        check("/api/v1/ai/projects//threads", Err(ErrorCode::InvalidScope));
        check("/api/v1/ai/projects/p", Err(ErrorCode::NotFound));
    }

    #[test]
    fn methods_are_those_of_the_allow_header() {
        let thread = Route::Thread(StateKey::parse("k").unwrap());
        assert!(thread.allows("PATCH") && !thread.allows("POST") && !thread.allows(""));
    }
}
