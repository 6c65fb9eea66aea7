//! Ids: random, URL-safe, from the platform's `crypto.getRandomValues`.

use nanoid::alphabet::SAFE;
use threadkeep_core::state_key::GENERATED_STATE_KEY_LENGTH;
use threadkeep_core::{ErrorCode, StateKey};

/// Random characters of a run's or a message's id: 96 bits.
const ID_LENGTH: usize = 16;

/// A new id, `{prefix}_{16 random characters}`.
///
/// # Errors
/// [`ErrorCode::Internal`] when the platform has no randomness.
pub(crate) fn id(prefix: &str) -> Result<String, ErrorCode> {
    Ok(format!("{prefix}_{}", random_text(ID_LENGTH)?))
}

/// A new state key: `nanoid(21)`.
///
/// # Errors
/// [`ErrorCode::Internal`] when the platform has no randomness.
pub(crate) fn state_key() -> Result<StateKey, ErrorCode> {
    StateKey::parse(&random_text(GENERATED_STATE_KEY_LENGTH)?).ok_or(ErrorCode::Internal)
}

fn random_text(length: usize) -> Result<String, ErrorCode> {
    // nanoid asks in steps and cannot be told of a failure, so one is noticed here first.
    getrandom::getrandom(&mut [0; 1]).map_err(|_| ErrorCode::Internal)?;
    Ok(nanoid::format(random_bytes, &SAFE, length))
}

fn random_bytes(count: usize) -> Vec<u8> {
    let mut bytes = vec![0; count];
    // Checked just before: it does not fail for one byte and then for more.
    let filled = getrandom::getrandom(&mut bytes);
    debug_assert!(filled.is_ok(), "randomness is there or not");
    bytes
}
