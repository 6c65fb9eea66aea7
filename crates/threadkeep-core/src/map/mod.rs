//! The mapper: from stored messages to what an executor or a provider takes.

pub mod dto;
pub mod openai;

pub use dto::{MessageDto, ToolCallDto, ui_messages_to_message_dtos};
pub use openai::to_openai_messages;
