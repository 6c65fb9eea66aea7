//! Server-authoritative chat threads for AI SDK apps: the pure core.
//!
//! What it does: folds an executor's [`AiEvent`]s into the AI SDK's chunks and [`UiMessage`]s ([`Accumulator`]),
//! maps stored messages to what an LLM takes ([`map`]), takes secrets and personal data out ([`mask`]), reads chat
//! requests ([`ChatRequest`]) and decides what may happen to a thread ([`thread`]).
//!
//! What it does not do: no JavaScript, no I/O, no clock, no randomness. Time, ids and random bytes come in as
//! arguments; values come out, and the edges (the worker, the npm package) store and send them.
//!
//! The flow, in the order of the modules: [`event`] → [`bridge`] → [`chunk`] → [`reduce`] → [`message`] → [`mask`],
//! and back from a stored thread through [`map`] to the executor.

mod accumulate;
pub mod answer;
pub mod bridge;
pub mod chunk;
pub mod chunk_reader;
pub mod context;
pub mod error;
pub mod event;
pub mod event_reader;
mod fold;
pub mod frame;
pub mod half_letters;
pub mod item;
mod json;
pub mod map;
pub mod mask;
pub mod message;
pub mod part;
mod partial_json;
pub mod problem;
pub mod reduce;
mod repair;
pub mod replay;
pub mod request;
pub mod scope;
mod shape;
pub mod state_key;
pub mod target;
pub mod thread;
mod upgrade;
mod validate;

pub use accumulate::{Accumulator, Ending, Finished, MAX_PROBLEMS, Pushed};
pub use chunk::UiMessageChunk;
pub use error::ErrorCode;
pub use event::AiEvent;
pub use event_reader::EventReader;
pub use fold::{Folded, Refusal, fold_chunks, read_chunks};
pub use json::{JsonMap, is_dense};
pub use message::{Role, UiMessage};
pub use part::Part;
pub use problem::Problem;
pub use reduce::Reducer;
pub use repair::{Repair, RepairCode, Repaired, repair_messages};
pub use request::ChatRequest;
pub use scope::Scope;
pub use state_key::StateKey;
pub use target::Target;
pub use upgrade::{Aside, Upgraded, upgrade_messages};
pub use validate::{InvalidMessages, validate_messages};
