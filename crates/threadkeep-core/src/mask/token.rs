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
    let reach = (name + NEAR_BYTES + 1).saturating_sub(value.start);
    // How many of a kind end here, and how many follow the last digit.
    let (mut token, mut alnum, mut behind_digit) = (0, 0, WITH_DIGIT_BYTES);
    let mut before_sign = false;
    text.iter().take(reach + ALNUM_BYTES - 1).enumerate().any(|(at, byte)| {
        token = if TOKEN.has(*byte) { token + 1 } else { 0 };
        alnum = if byte.is_ascii_alphanumeric() { alnum + 1 } else { 0 };
        behind_digit = if byte.is_ascii_digit() { 0 } else { behind_digit + 1 };
        let is_sign = b"#$%".contains(byte);
        let stands = token >= WITH_DIGIT_BYTES && behind_digit < WITH_DIGIT_BYTES && at < reach + WITH_DIGIT_BYTES - 1
            || alnum >= ALNUM_BYTES
            || before_sign && is_sign && at < reach;
        before_sign = is_sign || alnum > 0 || *byte == b'_';
        stands
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mask::window::End;
    use proptest::prelude::*;

    /// As it is said above, place by place.
    fn stands_somewhere(text: &[u8], reach: usize) -> bool {
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || b"_#$%".contains(&byte);
        (0..text.len().min(reach)).any(|start| {
            let run = |len: usize| text.get(start..start + len);
            run(8).is_some_and(|run| TOKEN.has_all(run) && run.iter().any(u8::is_ascii_digit))
                || run(20).is_some_and(|run| run.iter().all(u8::is_ascii_alphanumeric))
                || start + 1 < reach && run(2).is_some_and(|pair| is_word(pair[0]) && b"#$%".contains(&pair[1]))
        })
    }

    proptest! {
        #[test]
        fn a_token_stands_where_it_is_said_to(text in "[a-z]{0,24}[a-z0 _$-]{0,99}[a-z]{0,40}[0-9a-z]{0,9}", value in 0usize..80) {
            let whole = format!("{}{text}", " ".repeat(value));
            let window = Window::new(whole.as_bytes(), 0, End::OfText);
            let expected = stands_somewhere(text.as_bytes(), (NEAR_BYTES + 1).saturating_sub(value));
            prop_assert_eq!(stands(&window, 0, &(value..whole.len())), expected);
        }
    }
}
