//! Waiting with a limit.

use futures_util::future::{Either, select};
use futures_util::pin_mut;
use std::time::Duration;
use worker::Delay;

/// What the future gives, or `None` when it has not within `limit_ms` milliseconds; it is then dropped.
pub(crate) async fn within<T>(limit_ms: u64, future: impl Future<Output = T>) -> Option<T> {
    let limit = Delay::from(Duration::from_millis(limit_ms));
    pin_mut!(future);
    match select(future, limit).await {
        Either::Left((output, _)) => Some(output),
        Either::Right(_) => None,
    }
}
