//! A literal that is compared with a password: `if ("…" == password)`.

use std::ops::Range;

use super::looks;
use crate::mask::window::Window;

/// Longest literal, in bytes.
const LITERAL_BYTES: usize = 64;

/// Longest identifier that is read, in bytes.
const NAME_BYTES: usize = 40;

/// Triggered by the bracket before the literal.
pub(in crate::mask) fn find(window: &Window<'_>, anchor: Range<usize>) -> Option<Range<usize>> {
    let quote = window.at(anchor.start + 1)?;
    let start = anchor.start + 2;
    let len = window.run(start, LITERAL_BYTES, |byte| byte != quote && byte != b'\n' && byte != b' ');
    let end = start + len;
    if len < 5 || window.at(end) != Some(quote) {
        return None;
    }
    let operator = end + 1 + window.run(end + 1, 2, |byte| byte == b' ');
    let signs = window.run(operator, 4, |byte| matches!(byte, b'=' | b'!'));
    let name = operator + signs + window.run(operator + signs, 2, |byte| byte == b' ');
    if !matches!(window.slice(operator, operator + signs), b"==" | b"===" | b"!=" | b"!==") {
        return None;
    }
    let name_len = window.run(name, NAME_BYTES, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'));
    let lower = window.slice(name, name + name_len).to_ascii_lowercase();
    let telling = [&b"passw"[..], b"secret", b"token", b"apikey", b"api_key"];
    let told = telling.iter().any(|word| lower.windows(word.len()).any(|part| part == *word));
    (told && looks::is_literal_secret(window.slice(start, end))).then_some(start..end)
}
