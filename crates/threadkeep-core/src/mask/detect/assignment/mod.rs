//! `name = value` where the name says that the value is a secret: source code, JSON, YAML, shell, XML, prose.
//!
//! Triggered by a word inside the name (`Word`); then forward: the rest of the name, an operator, the value.
//! Whether the value is one is a matter of the word's strength and of how the value looks (`value`).

pub(in crate::mask) mod compared;
pub(in crate::mask) mod list;
mod looks;
mod name;
mod operator;
mod value;

use std::ops::Range;

use crate::mask::token;
use crate::mask::window::Window;
pub(super) use looks::is_literal_secret;
use name::Name;
pub(in crate::mask) use name::Strength;
use operator::Opening;

/// `password`, `pwd`, `passphrase`: nearly anything may stand there.
pub(in crate::mask) fn password(window: &Window<'_>, anchor: Range<usize>) -> Option<Range<usize>> {
    find(window, anchor, Strength::Password)
}

/// `secret`, `token`, `api_key`: a value that looks drawn at random.
pub(in crate::mask) fn secret(window: &Window<'_>, anchor: Range<usize>) -> Option<Range<usize>> {
    find(window, anchor, Strength::Secret)
}

/// `key`, `auth`, `access`: words with many meanings.
pub(in crate::mask) fn key(window: &Window<'_>, anchor: Range<usize>) -> Option<Range<usize>> {
    find(window, anchor, Strength::Key)
}

/// The name of an issuer alone, `datadog = …`: a value that is long and drawn at random.
pub(in crate::mask) fn issuer(window: &Window<'_>, anchor: Range<usize>) -> Option<Range<usize>> {
    find(window, anchor, Strength::Issuer)
}

fn find(window: &Window<'_>, anchor: Range<usize>, strength: Strength) -> Option<Range<usize>> {
    let name = Name::read(window, anchor, strength)?;
    match Opening::read(window, &name) {
        Some(opening) => {
            if strength != Strength::Password && opening.quote.is_none() && !value::may_start(window, opening.value) {
                return None;
            }
            let value = value::read(window, &opening)?;
            if opening.by_line && !list::is_first(window, &name, &opening, &value) {
                return None;
            }
            if strength != Strength::Password && !token::stands(window, name.word.start, &value) {
                return None;
            }
            (value::is_secret(window, &name, &opening, &value) && !name.is_harmless(window)).then_some(value)
        }
        None => value::beside(window, &name)
            .filter(|value| strength == Strength::Password || token::stands(window, name.word.start, value))
            .filter(|_| !name.is_harmless(window)),
    }
}
