//! A worker that dies on request, in every way a real one could. It is built by the same
//! pipeline and wrapped by the same worker/entry.js, and tested by tests/worker/entry.test.ts.
//!
//! `/object/{name}/{what}` goes to a thread object, `/{what}` is answered by the worker itself.
#![expect(clippy::panic, clippy::unwrap_used, reason = "dying is what this crate is for")]

use std::hint::black_box;
use std::time::Duration;

use futures_util::stream;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::spawn_local;
use worker::{Context, Delay, DurableObject, Env, Error, Request, Response, Result, State, durable_object, event};

/// What no log may hold: in a real worker it would be a user's text.
const SECRET: &str = "a user's own wörds";

#[event(fetch)]
async fn fetch(request: Request, env: Env, _context: Context) -> Result<Response> {
    let path = request.path();
    match path.split('/').nth(1).unwrap_or_default() {
        "healthz" => Response::ok("ok"),
        "panic" => panic!("{SECRET}"),
        "slow" => slow().await,
        _ => {
            let name = path.split('/').nth(2).unwrap_or_default();
            env.durable_object("THREAD")?.get_by_name(name)?.fetch_with_request(request).await
        }
    }
}

/// Counts what survives: one row per visit.
#[durable_object]
#[derive(Debug)]
pub struct ThreadObject {
    state: State,
}

impl DurableObject for ThreadObject {
    fn new(state: State, _env: Env) -> Self {
        let create = "CREATE TABLE IF NOT EXISTS visits (id INTEGER PRIMARY KEY)";
        state.storage().sql().exec(create, None).unwrap();
        Self { state }
    }

    async fn fetch(&self, request: Request) -> Result<Response> {
        match request.path().split('/').nth(3).unwrap_or_default() {
            "visit" => self.visit(),
            "count" => Response::ok(self.visits()?.to_string()),
            "slow" => slow().await,
            "stream" => stream_for_ever(),
            "panic" => panic!("{SECRET}"),
            // The message of this one quotes the text.
            "slice" => Response::ok(&SECRET[..black_box(15)]),
            "panic-later" => {
                Delay::from(Duration::from_millis(20)).await;
                panic!("{SECRET}")
            }
            "panic-in-background" => {
                spawn_local(async {
                    Delay::from(Duration::from_millis(20)).await;
                    panic!("{SECRET}")
                });
                slow().await
            }
            "overflow" => Response::ok(deeper(1).to_string()),
            "exception" => {
                throws(SECRET);
                Response::ok("")
            }
            "error" => Err(Error::RustError(SECRET.to_owned())),
            "alarm" => {
                self.state.storage().set_alarm(1).await?;
                Response::ok("set")
            }
            _ => Response::error("not found", 404),
        }
    }

    /// Dies the first time; the runtime has to try again.
    async fn alarm(&self) -> Result<Response> {
        if self.visits()? == 0 {
            self.visit()?;
            panic!("{SECRET}")
        }
        self.visit()
    }
}

impl ThreadObject {
    fn visit(&self) -> Result<Response> {
        self.state.storage().sql().exec("INSERT INTO visits DEFAULT VALUES", None)?;
        Response::ok(self.visits()?.to_string())
    }

    fn visits(&self) -> Result<usize> {
        let rows: Vec<Vec<worker::SqlStorageValue>> =
            self.state.storage().sql().exec("SELECT id FROM visits", None)?.raw().collect::<Result<_>>()?;
        Ok(rows.len())
    }
}

/// Never called; worker/entry.js exports both classes.
#[durable_object]
#[derive(Debug)]
pub struct DirectoryObject;

impl DurableObject for DirectoryObject {
    fn new(_state: State, _env: Env) -> Self {
        Self
    }

    async fn fetch(&self, _request: Request) -> Result<Response> {
        Response::error("not found", 404)
    }
}

#[wasm_bindgen(inline_js = "export function throws(text) { throw new Error(text); }")]
extern "C" {
    /// Not marked `catch`, as many of the runtime's own imports are not.
    fn throws(text: &str);
}

/// Longer than any test waits: only a death ends it.
async fn slow() -> Result<Response> {
    Delay::from(Duration::from_secs(600)).await;
    Response::ok("late")
}

fn stream_for_ever() -> Result<Response> {
    let ticks = stream::unfold((), |()| async {
        Delay::from(Duration::from_millis(20)).await;
        Some((Ok::<_, Error>(b"tick\n".to_vec()), ()))
    });
    Response::from_stream(ticks)
}

#[expect(unconditional_recursion, reason = "the stack has to overflow")]
fn deeper(depth: u64) -> u64 {
    let frame = black_box([depth; 64]);
    black_box(deeper(depth + 1)) + frame[0]
}
