//! The outbox: what others have to be told, recorded with the change itself and tried until it is heard.

use super::state::{Thread, now_ms};
use crate::config::UsageHook;
use crate::directory::{self, Tenant};
use crate::log;
use crate::outgoing;
use crate::store::{EntryRow, ObjectRow, UsageRow};
use crate::timeout::within;
use futures_channel::oneshot;
use serde_json::json;
use serde_json::value::RawValue;
use worker::{AbortController, Fetch, Request};

/// Pause before the first retry of the usage hook, doubled up to the longest, in milliseconds.
const FIRST_RETRY_MS: i64 = 1_000;
const LONGEST_RETRY_MS: i64 = 60 * 60 * 1000;

/// How long the usage hook may take to answer, in milliseconds.
pub(super) const USAGE_HOOK_TIMEOUT_MS: i64 = 10_000;

/// How long the directory may take, in milliseconds.
const DIRECTORY_TIMEOUT_MS: u64 = 10_000;

impl Thread {
    /// Feeds the directory until it has seen the newest revision, or does not answer.
    pub(super) async fn feed_directory(&self) {
        if self.feeding.borrow().is_some() {
            // The one that feeds looks again before it stops.
            return;
        }
        self.feeding.replace(Some(Vec::new()));
        let mut fed = true;
        while fed && let Ok(Some((object, entry))) = self.unindexed() {
            fed = match within(DIRECTORY_TIMEOUT_MS, directory::put(&self.env, &tenant(&object), &entry)).await {
                Some(Ok(())) => self.store.set_indexed(object.revision).is_ok(),
                Some(Err(error)) => {
                    outgoing::failed("directory", &error);
                    false
                }
                None => false,
            };
        }
        self.unfed.set(if fed { 0 } else { self.unfed.get() + 1 });
        // Whoever waits is told by the end of its channel.
        self.feeding.take();
    }

    /// Feeds the directory, or waits for the one that does: what changed before the call is in the directory then, unless
    /// the directory does not answer.
    pub(super) async fn directory_fed(&self) {
        let fed = self.feeding.borrow_mut().as_mut().map(|waiting| {
            let (sender, fed) = oneshot::channel();
            waiting.push(sender);
            fed
        });
        if let Some(fed) = fed {
            let _ = within(DIRECTORY_TIMEOUT_MS, fed).await;
        }
        self.feed_directory().await;
    }

    fn unindexed(&self) -> worker::Result<Option<(ObjectRow, EntryRow)>> {
        let Some(object) = self.store.object()?.filter(|object| object.indexed_revision < object.revision) else {
            return Ok(None);
        };
        let entry = match self.store.generation()? {
            Some(generation) => EntryRow {
                state_key: object.state_key.clone(),
                revision: object.revision,
                updated_at: generation.updated_at,
                message_count: generation.message_count,
                title: generation.title,
                metadata: generation.metadata,
                deleted: 0,
                scope_type: object.scope_type.clone(),
                scope_id: object.scope_id.clone(),
            },
            None => EntryRow {
                state_key: object.state_key.clone(),
                revision: object.revision,
                updated_at: now_ms(),
                message_count: 0,
                title: None,
                metadata: None,
                deleted: 1,
                scope_type: object.scope_type.clone(),
                scope_id: object.scope_id.clone(),
            },
        };
        Ok(Some((object, entry)))
    }

    /// Hands usage facts to the hook, oldest first; one that is refused is tried again by the alarm, and those behind
    /// it wait, so that they arrive in order.
    pub(super) async fn deliver_usage(&self) {
        let Some(hook) = &self.config.usage_hook else { return };
        if self.delivering.replace(true) {
            return;
        }
        while let Ok(Some(usage)) = self.store.next_usage() {
            if usage.due_at > now_ms() {
                break;
            }
            let delivered = self.deliver(hook, &usage).await;
            let attempts = usage.attempts + 1;
            let due_ms = (!delivered).then(|| now_ms() + retry_ms(attempts));
            if self.store.set_usage(usage.id, attempts, due_ms).is_err() || !delivered {
                break;
            }
        }
        self.delivering.set(false);
    }

    async fn deliver(&self, hook: &UsageHook, usage: &UsageRow) -> bool {
        let Ok(Some(object)) = self.store.object() else { return false };
        let Ok(request) = hook_request(hook, usage, &object) else { return false };
        let timeout = AbortController::default();
        let signal = timeout.signal();
        let fetch = Fetch::Request(request);
        match within(USAGE_HOOK_TIMEOUT_MS.unsigned_abs(), fetch.send_with_signal(&signal)).await {
            Some(Ok(response)) => {
                let status = response.status_code();
                // Nobody reads the body; unread it would keep the connection.
                timeout.abort();
                let delivered = (200..300).contains(&status);
                if !delivered {
                    log::error("usage hook", json!({"status": status, "attempts": usage.attempts}));
                }
                delivered
            }
            Some(Err(error)) => {
                outgoing::failed("usage hook", &error);
                false
            }
            None => {
                timeout.abort();
                false
            }
        }
    }
}

/// Whose thread an object is.
fn tenant(object: &ObjectRow) -> Tenant<'_> {
    match object.scope_type {
        Some(_) => Tenant::Project(&object.owner),
        None => Tenant::User(&object.owner),
    }
}

/// `POST {runId, seq, owner, stateKey, fact}`, with `projectId` in place of `owner` for a scope's thread. The key is the same on every try, so a receiver counts a fact once.
fn hook_request(hook: &UsageHook, usage: &UsageRow, object: &ObjectRow) -> worker::Result<Request> {
    let fact: &RawValue = serde_json::from_str(&usage.fact)?;
    let tenant_field = if object.scope_type.is_some() { "projectId" } else { "owner" };
    let body = json!({
        "runId": usage.run_id,
        "seq": usage.seq,
        tenant_field: object.owner,
        "stateKey": object.state_key,
        "fact": fact,
    });
    let key = format!("{}:{}", usage.run_id, usage.seq);
    let bearer = hook.token.as_ref().map(|token| format!("Bearer {token}"));
    let mut headers = vec![("content-type", "application/json"), ("idempotency-key", key.as_str())];
    headers.extend(bearer.as_deref().map(|bearer| ("authorization", bearer)));
    outgoing::post(&hook.url, &headers, Some(&serde_json::to_vec(&body)?))
}

fn retry_ms(attempts: i64) -> i64 {
    let doublings = u32::try_from(attempts - 1).unwrap_or_default().min(20);
    (FIRST_RETRY_MS << doublings).min(LONGEST_RETRY_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retries_double_up_to_an_hour() {
        assert_eq!([1, 2, 3].map(retry_ms), [1_000, 2_000, 4_000]);
        assert_eq!(retry_ms(1_000), LONGEST_RETRY_MS);
    }
}
