//! What tells a token from words: the first pass looks for it before it looks at names such as `key`.
//!
//! Architecture invariant: `bits.rs` of the scan asks the same of each block of text (`Ahead`), so a name is passed over only where no value
//! behind it could hold what is asked here.

use std::ops::Range;

use super::window::Window;
use threadkeep_scan::Class;

/// Farthest from the start of its name that a token may start, in bytes: the first pass sees at least so far ahead.
const NEAR_BYTES: usize = threadkeep_scan::BLOCK_BYTES;

/// Characters of tokens: see `Block::token`.
pub(super) const TOKEN: Class = Class::of(b"0-9A-Z_a-z$%+./=^~\x2d");

/// Token characters in a row, a digit among them.
const WITH_DIGIT_BYTES: usize = 8;

/// Letters and digits in a row.
const ALNUM_BYTES: usize = 20;

/// Within reach of its name, the value holds eight token characters with a digit among them, twenty letters and digits,
/// or one of `#$%` inside of a word. Most words that a name may stand beside hold none of them.
pub(super) fn stands(window: &Window<'_>, name: usize, value: &Range<usize>) -> bool {
    let text = window.slice(value.start, value.end);
    let reach = (name + NEAR_BYTES + 1).saturating_sub(value.start).min(text.len());
    let starts = |run: usize| text.windows(run).take(reach);
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || b"_#$%".contains(&byte);
    starts(WITH_DIGIT_BYTES).any(|run| TOKEN.has_all(run) && run.iter().any(u8::is_ascii_digit))
        || starts(ALNUM_BYTES).any(|run| run.iter().all(u8::is_ascii_alphanumeric))
        || starts(2).take(reach.saturating_sub(1)).any(|pair| is_word(pair[0]) && b"#$%".contains(&pair[1]))
}
