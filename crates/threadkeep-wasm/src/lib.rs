//! The npm door: the core as WebAssembly.
//!
//! It translates and does nothing else: plain AI SDK values in and out, errors thrown as `Error` with a stable `code`.
//! What a value means is decided in `threadkeep-core`; what the package looks like is decided in `pkg/`.

mod accumulator;
mod error;
mod map;
mod mask;
mod request;
mod state_key;
mod value;

pub use accumulator::Accumulator;
pub use map::{ui_messages_to_message_dtos, ui_messages_to_model_messages};
pub use mask::{mask_messages, mask_text};
pub use request::last_user_message;
pub use state_key::is_state_key;
