//! Writing a thread without a turn: save, append, rename, delete.

use super::call::ThreadAddress;
use super::state::{Thread, now_ms};
use crate::body::{self, Fields};
use crate::reply::{self, Failure, Reply};
use crate::store::IdempotencyRow;
use serde_json::{Value, json};
use std::rc::Rc;
use threadkeep_core::mask::MaskCounts;
use threadkeep_core::thread::{Command, read_messages, read_metadata, same_messages, shorten_title};
use threadkeep_core::{ErrorCode, UiMessage};
use worker::Response;

/// Longest idempotency key, in bytes: they are ids.
const MAX_IDEMPOTENCY_KEY_BYTES: usize = 256;

impl Thread {
    /// Saves the whole thread as the caller has it: what is new at its end is appended.
    pub(super) async fn save(self: &Rc<Self>, address: &ThreadAddress, body: &[u8]) -> Reply<Response> {
        let mut save = Fields::parse(body)?;
        let messages = save.take("messages").ok_or(ErrorCode::InvalidRequest)?;
        let expected = save.count("expectedMessageCount")?.ok_or(ErrorCode::InvalidRequest)?;
        // Taken when the write creates the thread; later it is changed by PATCH.
        let metadata = save.take("metadata").map(|metadata| self.metadata_text(metadata)).transpose()?;
        let mut messages = read_messages(messages)?;
        // What the numbers refuse costs no more: nothing of the thread is loaded for it.
        let effects = self.decide(&Command::Grow { saved: messages.len(), expected })?;
        let masked = self.mask_all(&mut messages);
        let new = messages.split_off(messages.len() - effects.append);
        if let Some(generation) = self.store.generation()?
            && !self.are_stored(generation.id, 0, &messages)?
        {
            return Err(ErrorCode::ThreadDiverged.into());
        }
        self.store_new(address, &new, metadata.as_deref(), None, &masked).await
    }

    /// Appends messages at the end. The same idempotency key with the same messages appends once and answers the same.
    pub(super) async fn append(self: &Rc<Self>, address: &ThreadAddress, body: &[u8]) -> Reply<Response> {
        let mut append = Fields::parse(body)?;
        let messages = append.take("messages").ok_or(ErrorCode::InvalidRequest)?;
        let expected = append.count("expectedMessageCount")?;
        let reserve = append.count("reserve")?.unwrap_or_default();
        let key = append.text("idempotencyKey")?;
        let key = key.as_deref();
        if key.is_some_and(|key| !(1..=MAX_IDEMPOTENCY_KEY_BYTES).contains(&key.len())) {
            return Err(ErrorCode::InvalidRequest.into());
        }
        let metadata = append.take("metadata").map(|metadata| self.metadata_text(metadata)).transpose()?;
        let mut messages = read_messages(messages)?;
        let masked = self.mask_all(&mut messages);
        if let Some(response) = key.map(|key| self.appended_before(address, key, &messages)).transpose()?.flatten() {
            return Ok(response);
        }
        self.decide(&Command::Append { count: messages.len(), expected, reserve })?;
        self.store_new(address, &messages, metadata.as_deref(), key, &masked).await
    }

    /// Sets title and metadata; `null` takes them away.
    pub(super) async fn update(self: &Rc<Self>, address: &ThreadAddress, body: &[u8]) -> Reply<Response> {
        let Value::Object(mut patch) = body::parse(body)? else { return Err(ErrorCode::InvalidRequest.into()) };
        let title = patch.remove("title").map(|title| self.title(title)).transpose()?;
        let metadata = match patch.remove("metadata") {
            None => None,
            Some(Value::Null) => Some(None),
            Some(metadata) => Some(Some(self.metadata_text(metadata)?)),
        };
        if title.is_none() && metadata.is_none() {
            return Err(ErrorCode::InvalidRequest.into());
        }
        let generation = self.store.generation()?.ok_or(ErrorCode::NotFound)?.id;
        self.atomically(address, || {
            if let Some(title) = &title {
                self.store.set_title(generation, title.as_deref())?;
            }
            if let Some(metadata) = &metadata {
                self.store.set_metadata(generation, metadata.as_deref())?;
            }
            Ok(())
        })?;
        self.told().await?;
        let row = self.store.generation()?.ok_or(ErrorCode::NotFound)?;
        let metadata: Option<Value> = row.metadata.as_deref().and_then(|text| serde_json::from_str(text).ok());
        let revision = self.revision()?;
        let body = json!({"stateKey": address.state_key.as_str(), "title": row.title, "metadata": metadata, "revision": revision});
        Ok(reply::json(&body)?)
    }

    /// SOFT_DELETE_DEFAULT: the thread vanishes from every read, and its key is free for a new one.
    pub(super) async fn delete(self: &Rc<Self>, address: &ThreadAddress) -> Reply<Response> {
        self.dismiss_waiting();
        self.stop().await;
        if let Some(generation) = self.store.generation()? {
            self.atomically(address, || self.store.delete_generation(generation.id, now_ms()))?;
            self.told().await?;
        }
        Ok(reply::json(&json!({"ok": true}))?)
    }

    /// Tells the directory before the answer, so that the list is right when the page asks for it; a directory that
    /// does not answer is told by the alarm.
    pub(super) async fn told(self: &Rc<Self>) -> Reply<()> {
        self.notify();
        self.schedule().await?;
        self.directory_fed().await;
        Ok(())
    }

    async fn store_new(
        self: &Rc<Self>,
        address: &ThreadAddress,
        messages: &[UiMessage],
        metadata: Option<&str>,
        key: Option<&str>,
        masked: &MaskCounts,
    ) -> Reply<Response> {
        if !messages.is_empty() {
            self.atomically(address, || {
                let generation = self.generation_or_new(metadata)?;
                let position = self.store.generation()?.map_or(0, |row| row.message_count);
                self.store_messages(generation, messages, None)?;
                if let Some(key) = key {
                    self.store.set_idempotency(key, &IdempotencyRow { generation, position, count: messages.len() })?;
                }
                Ok(())
            })?;
            self.changed().await?;
        }
        Ok(reply::masked(self.count_response(address)?, masked)?)
    }

    fn count_response(&self, address: &ThreadAddress) -> Reply<Response> {
        let count = self.store.generation()?.map_or(0, |row| row.message_count);
        let revision = self.revision()?;
        Ok(reply::json(&json!({"stateKey": address.state_key.as_str(), "messageCount": count, "revision": revision}))?)
    }

    pub(super) fn revision(&self) -> Reply<i64> {
        Ok(self.store.object()?.map_or(0, |object| object.revision))
    }

    /// The answer to an append that was done already.
    fn appended_before(&self, address: &ThreadAddress, key: &str, messages: &[UiMessage]) -> Reply<Option<Response>> {
        let generation = self.store.generation()?;
        let row = self.store.idempotency(key)?;
        let Some(row) = row.filter(|row| generation.is_some_and(|live| live.id == row.generation)) else {
            return Ok(None);
        };
        if row.count != messages.len() || !self.are_stored(row.generation, row.position, messages)? {
            return Err(ErrorCode::IdempotencyMismatch.into());
        }
        self.count_response(address).map(Some)
    }

    /// Whether these masked messages are what is stored from a position on: row by row, up to the first that differs.
    /// What was stored under fewer rules of the masker than there are today is compared as it would be stored today.
    fn are_stored(&self, generation: i64, from: usize, messages: &[UiMessage]) -> Reply<bool> {
        for (position, message) in (from..).zip(messages) {
            let row = self.store.message(generation, position)?.ok_or(Failure::Internal("message lost"))?;
            let stored = [serde_json::from_str(&row.body)?];
            let given = [serde_json::to_value(message)?];
            if !same_messages(&stored, &given) {
                let mut stored: UiMessage = serde_json::from_str(&row.body)?;
                self.masked(&mut stored);
                if !same_messages(&[serde_json::to_value(&stored)?], &given) {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    fn mask_all(&self, messages: &mut [UiMessage]) -> MaskCounts {
        let mut counts = MaskCounts::default();
        messages.iter_mut().for_each(|message| counts += &self.masked(message));
        counts
    }

    pub(super) fn metadata_text(&self, metadata: Value) -> Reply<String> {
        let mut metadata = Value::Object(read_metadata(metadata)?);
        self.masker.mask_value(&mut metadata);
        Ok(metadata.to_string())
    }

    pub(super) fn title(&self, title: Value) -> Reply<Option<String>> {
        match title {
            Value::Null => Ok(None),
            Value::String(text) => {
                let title = shorten_title(&self.masker.mask_text(&text), &self.masker);
                Ok(Some(title.ok_or(ErrorCode::InvalidRequest)?))
            }
            _ => Err(ErrorCode::InvalidRequest.into()),
        }
    }
}
