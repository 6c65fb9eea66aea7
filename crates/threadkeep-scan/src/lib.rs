//! The masker's first pass: from a text to the few places where a rule may apply, and to the rules worth trying there.
//!
//! It reads every byte of every text, and so it is a crate of its own: this one is compiled for speed, the others for
//! size (`[profile.release.package]` of the workspace). What a rule is, and whether it holds, is for `threadkeep-core`.

mod bits;
mod block;
mod candidates;
mod class;
mod count;
mod digits;
mod index;
mod scan;
mod search;
mod word;

pub use block::{BLOCK_BYTES, FINGERPRINT_BYTES, Prints};
pub use candidates::{Candidate, Reasons};
pub use class::Class;
pub use count::{count, utf16_len};
pub use digits::{Digits, LONG_GROUP, MAX_DIGITS};
pub use index::{Index, Literal, PLACEHOLDER};
pub use scan::{LONG_WORD_BYTES, Scan, Text};
pub use search::Sought;
pub use word::{ESCAPE_BYTES, is_word, word_starts};
