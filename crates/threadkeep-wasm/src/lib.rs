//! The npm door: the core as WebAssembly.
//!
//! It translates and does nothing else: JSON text and bytes in, plain values out, errors thrown as `Error` with a stable
//! `code`. What a value means is decided in `threadkeep-core`; what the package looks like is decided in `pkg/`.
//!
//! No JavaScript of a caller runs while Rust does: values come as JSON text, so a `toJSON` or a getter has run before.

mod accumulator;
mod context;
mod error;
mod fold;
mod history;
mod map;
mod mask;
mod random;
mod request;
mod state_key;
mod target;
mod thread;
mod value;

pub use accumulator::Accumulator;
pub use context::context_message;
pub use error::public_error_text;
pub use fold::fold;
pub use history::{find_invalid_message, repair_messages, upgrade_messages};
pub use map::{to_openai_messages, ui_messages_to_message_dtos, ui_messages_to_model_messages};
pub use mask::Masker;
pub use request::{last_user_message, take_tool_answers};
pub use state_key::{create_state_key, is_state_key};
pub use thread::{decide_append, decide_save, mask_metadata, same, title_of_messages};
