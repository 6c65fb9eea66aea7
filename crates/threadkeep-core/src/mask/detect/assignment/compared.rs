//! A literal that is compared with a password: `if ("…" == password)`.

use std::ops::Range;

use super::looks;
use crate::mask::window::Window;
use threadkeep_scan::Class;

/// Shortest and longest literal, in bytes.
const LITERAL_BYTES: std::ops::RangeInclusive<usize> = 5..=64;

/// Longest identifier that is read, in bytes.
const NAME_BYTES: usize = 40;

/// Triggered by the closing quote and the operator, which are rarer together than what opens the literal.
pub(in crate::mask) fn find(window: &Window<'_>, anchor: Range<usize>) -> Option<Range<usize>> {
    let end = anchor.start;
    let quote = window.at(end)?;
    let before = window.back(end, LITERAL_BYTES.end() + 2);
    let len = before.iter().rev().take_while(|byte| **byte != quote && !byte.is_ascii_whitespace()).count();
    if !LITERAL_BYTES.contains(&len) || !before.get(..before.len() - len)?.ends_with(&[b'(', quote]) {
        return None;
    }
    let operator = anchor.end - 2;
    let signs = window.run(operator, 4, const { &Class::of(b"=!") });
    let name = operator + signs + window.run(operator + signs, 2, const { &Class::of(b" ") });
    if !matches!(window.slice(operator, operator + signs), b"==" | b"===" | b"!=" | b"!==") {
        return None;
    }
    let name_len = window.run(name, NAME_BYTES, const { &Class::ALNUM.or(b"_.") });
    let lower = window.slice(name, name + name_len).to_ascii_lowercase();
    let telling = [&b"passw"[..], b"secret", b"token", b"apikey", b"api_key"];
    let told = telling.iter().any(|word| lower.windows(word.len()).any(|part| part == *word));
    let start = end - len;
    (told && looks::is_literal_secret(window.slice(start, end))).then_some(start..end)
}
