//! The grammar of what stands in for a masked value: `[REDACTED_` name `]`, name of `A-Z`, `0-9`, `_`.
//!
//! ASCII without quote or backslash, so a string in JSON text stays one. Every token of this shape is skipped, whoever wrote it:
//! masked text is never masked again.

const OPEN: &[u8] = b"[REDACTED_";

/// Longest name, in bytes; a longer bracket is ordinary text.
pub(super) const MAX_NAME_BYTES: usize = 40;

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Look {
    No,
    /// A placeholder, and the index after it.
    Ends(usize),
    /// It may become one when more text arrives.
    NeedsMore,
}

pub(super) fn at(bytes: &[u8], index: usize, complete: bool) -> Look {
    let rest = bytes.get(index..).unwrap_or_default();
    let undecided = if complete { Look::No } else { Look::NeedsMore };
    let Some(name) = rest.strip_prefix(OPEN) else {
        return if OPEN.starts_with(rest) { undecided } else { Look::No };
    };
    let len = name.iter().take(MAX_NAME_BYTES + 1).take_while(|byte| is_name(**byte)).count();
    match name.get(len) {
        Some(b']') if (1..=MAX_NAME_BYTES).contains(&len) => Look::Ends(index + OPEN.len() + len + 1),
        None if len <= MAX_NAME_BYTES => undecided,
        _ => Look::No,
    }
}

/// The name in a placeholder.
pub(super) fn label(placeholder: &[u8]) -> &[u8] {
    placeholder.get(OPEN.len()..placeholder.len().saturating_sub(1)).unwrap_or_default()
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_its_own_grammar() {
        assert_eq!(at(b"x[REDACTED_EMAIL]y", 1, true), Look::Ends(17));
        assert_eq!(at(b"[REDACTED_]", 0, true), Look::No);
        assert_eq!(at(b"[redacted_email]", 0, true), Look::No);
    }

    #[test]
    fn waits_for_a_cut_one() {
        assert_eq!(at(b"[REDAC", 0, false), Look::NeedsMore);
        assert_eq!(at(b"[REDACTED_EMA", 0, false), Look::NeedsMore);
        assert_eq!(at(b"[REDACTED_EMA", 0, true), Look::No);
    }
}
