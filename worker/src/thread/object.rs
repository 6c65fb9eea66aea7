//! The object's door: decode, call, reply.

use super::call::{ThreadAddress, ThreadCall};
use super::state::Thread;
use crate::body;
use crate::log;
use crate::reply::{self, Failure, Reply};
use serde_json::{Value, json};
use std::cell::RefCell;
use std::rc::Rc;
use worker::{DurableObject, Env, Request, Response, State, durable_object};

/// Header that names the thread of a chat response (STATE_KEY_LIFECYCLE).
const STATE_KEY_HEADER: &str = "x-state-key";

/// When the alarm is tried again on an object that cannot open, in milliseconds: a deployment with a mistake in its
/// configuration must not swallow what is due.
const REOPEN_MS: i64 = 60_000;

#[durable_object]
#[expect(missing_debug_implementations, reason = "the runtime alone holds it")]
pub struct ThreadObject {
    state: Rc<State>,
    env: Env,
    /// `None` until it opens.
    thread: RefCell<Option<Rc<Thread>>>,
}

impl DurableObject for ThreadObject {
    fn new(state: State, env: Env) -> Self {
        let object = Self { state: Rc::new(state), env, thread: RefCell::default() };
        // At once, so that a turn which was running is closed whatever wakes the object; a failure is met again below.
        let _ = object.thread();
        object
    }

    async fn fetch(&self, mut request: Request) -> worker::Result<Response> {
        let address = ThreadAddress::read(&request);
        let state_key = address.as_ref().ok().map(|(_, address)| address.state_key.clone());
        let result = match (self.thread(), address) {
            (Ok(thread), Ok((call, address))) => dispatch(&thread, call, &address, &mut request).await,
            (Err(failure), _) | (_, Err(failure)) => Err(failure),
        };
        let response = result.or_else(Failure::into_response)?;
        if let Some(state_key) = state_key {
            response.headers().set(STATE_KEY_HEADER, state_key.as_str())?;
        }
        Ok(response)
    }

    async fn alarm(&self) -> worker::Result<Response> {
        match self.thread() {
            Ok(thread) => thread.alarm().await?,
            Err(failure) => {
                log::error("alarm", json!({"code": failure.code()}));
                self.state.storage().set_alarm(REOPEN_MS).await?;
            }
        }
        Response::empty()
    }
}

impl ThreadObject {
    fn thread(&self) -> Reply<Rc<Thread>> {
        let open = self.thread.borrow().clone();
        if let Some(thread) = open {
            return Ok(thread);
        }
        let thread = Thread::open(self.state.clone(), self.env.clone())?;
        self.thread.replace(Some(thread.clone()));
        Ok(thread)
    }
}

async fn dispatch(
    thread: &Rc<Thread>,
    call: ThreadCall,
    address: &ThreadAddress,
    request: &mut Request,
) -> Reply<Response> {
    match call {
        ThreadCall::Turn => {
            let turn = body::parse(&request.bytes().await?)?;
            thread.turn(address, turn).await
        }
        ThreadCall::Stream => thread.stream(),
        ThreadCall::Stop => Ok(reply::json(&json!({"stopped": thread.stop().await}))?),
        ThreadCall::Read => thread.read(address),
        ThreadCall::Update => {
            let body = request.bytes().await?;
            thread.update(address, &body).await
        }
        ThreadCall::Delete => thread.delete(address).await,
        ThreadCall::Save => {
            let body = request.bytes().await?;
            thread.save(address, &body).await
        }
        ThreadCall::Append => {
            let body = request.bytes().await?;
            thread.append(address, &body).await
        }
        ThreadCall::Create => {
            let body = request.bytes().await?;
            thread.create(address, &body).await
        }
        ThreadCall::Find => thread.find(address),
        ThreadCall::Items => thread.items(&request.bytes().await?),
        ThreadCall::AppendItem => {
            let call: Value = body::parse(&request.bytes().await?)?;
            thread.append_item(address, call).await
        }
        ThreadCall::SetVisibility => {
            let call: Value = body::parse(&request.bytes().await?)?;
            thread.set_visibility(address, &call).await
        }
        ThreadCall::ReadContext => thread.read_context(),
        ThreadCall::SetContext => {
            let body = request.bytes().await?;
            thread.set_context(address, &body).await
        }
        ThreadCall::Live => {
            let path = request.path();
            let expires_ms = path.rsplit('/').next().and_then(|text| text.parse().ok());
            thread.live(expires_ms.ok_or(Failure::Internal("thread call"))?)
        }
    }
}
