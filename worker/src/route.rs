//! The routes: a path in, a [`Route`] out. Pure.

use threadkeep_core::{ErrorCode, StateKey};

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
}

impl Route {
    /// The route of a path.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`]; [`ErrorCode::InvalidStateKey`] when only the key in it is wrong.
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
            _ => Err(ErrorCode::NotFound),
        }
    }

    /// The methods of the route, as an `Allow` header writes them.
    pub(crate) fn allow(&self) -> &'static str {
        match self {
            Self::Health | Self::ChatStream(_) | Self::Threads => "GET",
            Self::DemoToken | Self::Chat | Self::ChatStop(_) | Self::ThreadMessages(_) => "POST",
            Self::Thread(_) => "GET, PUT, PATCH, DELETE",
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
    fn methods_are_those_of_the_allow_header() {
        let thread = Route::Thread(StateKey::parse("k").unwrap());
        assert!(thread.allows("PATCH") && !thread.allows("POST") && !thread.allows(""));
    }
}
