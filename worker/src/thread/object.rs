//! The object's door: decode, call, reply.

use super::call::{STATE_KEY_HEADER, ThreadAddress, ThreadCall, TurnCall};
use super::state::Thread;
use crate::log;
use crate::reply::{self, Failure, Reply};
use serde_json::json;
use std::cell::RefCell;
use std::rc::Rc;
use worker::{DurableObject, Env, Request, Response, State, durable_object};

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
        let state_key = address.as_ref().ok().map(|(_, address, _)| address.state_key.clone());
        let result = match (self.thread(), address) {
            (Ok(thread), Ok((call, address, note))) => {
                let body = request.bytes().await?;
                dispatch(&thread, call, &address, &note, &body).await
            }
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
    note: &str,
    body: &[u8],
) -> Reply<Response> {
    let response = match call {
        ThreadCall::Turn => return thread.turn(address, TurnCall::read(body)?).await,
        ThreadCall::Stop => return Ok(reply::json(&json!({"stopped": thread.stop().await}))?),
        ThreadCall::Update => return thread.update(address, body).await,
        ThreadCall::Delete => return thread.delete(address).await,
        ThreadCall::Save => return thread.save(address, body).await,
        ThreadCall::Append => return thread.append(address, body).await,
        ThreadCall::Stream => return thread.stream(),
        ThreadCall::Read => return thread.read(address),
        ThreadCall::Find => return thread.find(address),
        ThreadCall::Items => return thread.items(note),
        ThreadCall::ReadContext => return thread.read_context(),
        ThreadCall::Live => return thread.live(note),
        ThreadCall::Create => thread.create(address, body)?,
        ThreadCall::AppendItem => thread.append_item(address, note, body)?,
        ThreadCall::SetVisibility => thread.set_visibility(address, note, body)?,
        ThreadCall::SetContext => thread.set_context(address, body)?,
    };
    thread.changed().await?;
    Ok(response)
}
