//! The masker: secrets and personal data never reach storage.
//!
//! Rules are a table (`rules/`): what a value starts with, how it goes on, what must hold of it, what stands in for it.
//! One pass finds the few places where a rule may apply (`index`), verifies them forward within fixed bounds (`engine`,
//! `pattern`, `detect/`, `check/`), and replaces what holds by a placeholder that is itself never looked at again.
//!
//! What it does not do: names, addresses and whatever else needs a language model; and it does not validate a secret
//! with its issuer.

mod added;
mod check;
mod compiled;
mod counts;
mod detect;
mod engine;
mod index;
mod masker;
mod message;
mod options;
mod pattern;
mod payload;
mod placeholder;
mod prints;
mod rule;
mod rules;
mod stream;
#[cfg(test)]
mod tests;
mod token;
mod value;
mod window;

pub use added::RuleError;
pub use check::Check;
pub use counts::MaskCounts;
pub use masker::{Finding, Masker, MaskerBuilder};
pub use options::MaskerOptionsError;
pub use pattern::PatternError;
#[cfg(feature = "regex")]
pub use rule::MAX_REGEX_BYTES;
pub use rule::{Detector, Kind, On, Rule, Scope, Shape, Trigger};
pub use stream::{MAX_HOLD_BACK_BYTES, MaskStream};
pub use threadkeep_scan::utf16_len;
pub use value::Pass;
