//! The mapper: from stored messages to what an executor or a provider takes.

pub mod dto;
pub mod model;
pub mod openai;
mod to_model;

pub use dto::{MessageDto, ToolCallDto, ui_messages_to_message_dtos};
pub use model::ModelMessage;
pub use openai::to_openai_messages;
pub use to_model::{ModelOptions, read_messages_to_map, ui_messages_to_model_messages};

/// What the AI SDK tells a model about a denied call without a reason (`convert-to-model-messages.ts`).
pub(crate) const DENIED: &str = "Tool call execution denied.";
