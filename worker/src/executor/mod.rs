//! Executors: what runs a prompt and says, event by event, what comes of it. Chosen by configuration.

mod completions;
mod demo;
mod events;
mod openai;
mod upstream;

use crate::config::ExecutorConfig;
use futures_util::stream::LocalBoxStream;
use serde::Serialize;
use serde_json::Value;
use std::cell::RefCell;
use std::rc::Rc;
use threadkeep_core::map::{MessageDto, ToolCallDto};
use threadkeep_core::problem::ProblemCode;
use threadkeep_core::{AiEvent, ErrorCode};

/// What an executor is given. It is also, as JSON, the body that the `events` executor posts.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Prompt {
    pub(crate) run_id: String,
    pub(crate) state_key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) model: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) graph_name: Option<String>,
    /// The whole conversation, the new user message last; from the store, and so masked.
    pub(crate) messages: Vec<MessageDto>,
    /// Calls that a person has just approved, with the stored input; they are not among the messages.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) approved_calls: Vec<ToolCallDto>,
}

/// Events that arrived together.
pub(crate) type Batch = Vec<Result<AiEvent, ProblemCode>>;

/// The connection broke before the stream's end.
#[derive(Debug)]
pub(crate) struct Interrupted;

pub(crate) type EventStream = LocalBoxStream<'static, Result<Batch, Interrupted>>;

/// A run under way.
pub(crate) struct Run {
    pub(crate) events: EventStream,
    /// What the service has said of the usage so far, while no event says it: for a stream that is dropped before its end.
    pub(crate) unreported: Unreported,
}

pub(crate) type Unreported = Rc<RefCell<Option<Value>>>;

/// Starts a run.
///
/// # Errors
/// [`ErrorCode::UpstreamUnavailable`] when the service does not answer, or not with a success.
pub(crate) async fn open(config: &ExecutorConfig, prompt: Prompt) -> Result<Run, ErrorCode> {
    let unreported = Unreported::default();
    let events = match config {
        ExecutorConfig::Demo { delay_ms } => demo::run(&prompt, *delay_ms),
        ExecutorConfig::Openai(config) => openai::run(config, prompt, unreported.clone()).await?,
        ExecutorConfig::Events(config) => events::run(config, prompt).await?,
    };
    Ok(Run { events, unreported })
}
