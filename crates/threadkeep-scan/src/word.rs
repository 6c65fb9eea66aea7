//! Where a word starts.

/// Longest escape that ends before a word, in bytes.
pub const ESCAPE_BYTES: usize = 8;

/// `[A-Za-z0-9_]`. Nothing beyond ASCII: values stand between typographic quotes, dashes and letters without spaces.
pub fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// No word character ends these bytes, or an escape does: chat text holds JSON in strings, addresses and what terminals
/// show. The last [`ESCAPE_BYTES`] decide.
pub fn word_starts(before: &[u8]) -> bool {
    before.last().is_none_or(|byte| !is_word(*byte))
        || ends_escape(before.get(before.len().saturating_sub(ESCAPE_BYTES)..).unwrap_or_default())
}

/// `\n`, `\x1b`, `\u003d` of source text and JSON, `%3D` of an address, the colour of a terminal.
fn ends_escape(before: &[u8]) -> bool {
    let is_hex = |digits: &[u8]| digits.iter().all(u8::is_ascii_hexdigit);
    let colour = |code: &[u8]| {
        let at = code.windows(2).rposition(|pair| pair == b"\x1b[");
        at.is_some_and(|at| code.iter().skip(at + 2).all(|byte| byte.is_ascii_digit() || *byte == b';'))
    };
    match before {
        [.., b'\\', b'n' | b't' | b'r' | b'b' | b'f'] => true,
        [.., b'%', a, b] | [.., b'\\', b'x', a, b] if is_hex(&[*a, *b]) => true,
        [.., b'\\', b'u', a, b, c, d] => is_hex(&[*a, *b, *c, *d]),
        [code @ .., b'm'] => colour(code),
        _ => false,
    }
}
