//! The items of a scope's thread: its messages with who gets to see them.

use super::call::ThreadAddress;
use super::state::{Thread, now_ms};
use crate::body::{self, Fields};
use crate::id::id;
use crate::query;
use crate::reply::{self, Failure, Reply};
use crate::store::{IdempotencyRow, ItemRow};
use serde_json::{Value, json};
use threadkeep_core::item::{Author, NewItem, Visibility, Writer};
use threadkeep_core::thread::{Command, same_messages, title_of};
use threadkeep_core::{ErrorCode, Role, UiMessage};
use worker::Response;

/// Items per page when the client does not say, and at most.
const DEFAULT_LIMIT: usize = 50;
const MAX_LIMIT: usize = 100;

/// Bytes of items behind which a page ends early: a page is in memory as text, and again as the runtime's copy.
const MAX_PAGE_BYTES: usize = 4 * 1024 * 1024;

/// What is kept of an item beside its message.
#[derive(Clone)]
pub(super) struct ItemFacts {
    pub(super) visibility: Visibility,
    pub(super) run_id: Option<String>,
    pub(super) request_id: Option<String>,
}

/// Which page of the items.
struct ItemQuery {
    limit: usize,
    /// The position of the last item of the page before.
    after: Option<usize>,
    visibility: Option<Visibility>,
    run_id: Option<String>,
}

impl ItemFacts {
    /// Of what a turn stores.
    pub(super) fn of_run(run_id: &str) -> Self {
        Self { visibility: Visibility::Visible, run_id: Some(run_id.to_owned()), request_id: None }
    }

    pub(super) fn row(&self, position: usize) -> ItemRow {
        ItemRow {
            position,
            visibility: self.visibility.as_str().to_owned(),
            run_id: self.run_id.clone(),
            request_id: self.request_id.clone(),
        }
    }
}

impl ItemQuery {
    fn parse(url: &str) -> Result<Self, ErrorCode> {
        let mut items = Self { limit: DEFAULT_LIMIT, after: None, visibility: None, run_id: None };
        for (name, value) in query::parameters(url)? {
            match name {
                "limit" => items.limit = query::limit(&value, MAX_LIMIT)?,
                "after" => items.after = Some(value.parse().map_err(|_| ErrorCode::InvalidRequest)?),
                "visibility" => {
                    items.visibility = Some(Visibility::parse(&value).ok_or(ErrorCode::InvalidRequest)?);
                }
                "runId" => items.run_id = Some(value),
                _ => {}
            }
        }
        Ok(items)
    }

    fn takes(&self, item: &ItemRow) -> bool {
        self.visibility.is_none_or(|visibility| visibility.as_str() == item.visibility)
            && self.run_id.as_ref().is_none_or(|run_id| item.run_id.as_ref() == Some(run_id))
    }
}

impl Thread {
    /// `{items, nextAfter?}` in the order of the thread. Each item is a `UIMessage` with `position`, `visibility`, and
    /// its `runId` and `requestId` when it has them.
    pub(super) fn items(&self, url: &str) -> Reply<Response> {
        let query = ItemQuery::parse(url)?;
        let generation = self.store.generation()?;
        let (generation, count) = generation.map_or((0, 0), |row| (row.id, row.message_count));
        let mut known = self.store.items(generation)?.into_iter().peekable();
        let mut page = "{\"items\":[".to_owned();
        let (mut taken, mut last, mut more) = (0, None, false);
        for position in 0..count {
            let item = known.next_if(|item| item.position == position).unwrap_or_else(|| plain(position));
            if query.after.is_some_and(|after| position <= after) || !query.takes(&item) {
                continue;
            }
            if taken == query.limit || page.len() > MAX_PAGE_BYTES {
                more = true;
                break;
            }
            if taken > 0 {
                page.push(',');
            }
            page.push_str(&self.item_text(generation, &item)?);
            (taken, last) = (taken + 1, Some(position));
        }
        page.push(']');
        if let Some(last) = last.filter(|_| more) {
            page.push_str(&format!(",\"nextAfter\":{last}"));
        }
        page.push('}');
        Ok(reply::json_text(page)?)
    }

    /// Adds an item at the end. The same request id with the same message adds once and answers the same.
    pub(super) fn append_item(&self, address: &ThreadAddress, note: &str, body: &[u8]) -> Reply<Response> {
        let note: Value = serde_json::from_str(note)?;
        let writer = if note["byService"] == true { Writer::Service } else { Writer::User };
        let NewItem { mut message, visibility, request_id, run_id, author } =
            NewItem::read(body::parse(body)?, writer)?;
        let masked = self.masked(&mut message);
        let author = match message.role {
            Role::User => Some(author.map_or_else(|| Author::from_value(&note["author"]), Ok)?),
            Role::Assistant | Role::System => None,
        };
        // Each author counts for himself: another's request of the same id is another request.
        let key = request_id.as_ref().map(|id| match &author {
            Some(author) => format!("{}\n{id}", author.id),
            None => id.clone(),
        });
        let generation = self.store.generation()?.map(|generation| generation.id);
        let before = key.as_deref().map(|key| self.store.idempotency(key)).transpose()?.flatten();
        if let Some(before) = before.filter(|row| Some(row.generation) == generation) {
            return self.item_again(&before, &message, run_id.as_deref());
        }
        self.decide(&Command::Append { count: 1, expected: None, reserve: 0 })?;
        message.id = id("msg")?;
        if let Some(author) = author {
            author.sign(&mut message, now_ms());
        }
        let item = ItemFacts { visibility, run_id, request_id };
        let (generation, position) = self.atomically(address, || {
            let generation = self.generation_or_new(None)?;
            let position = self.store.generation()?.map_or(0, |row| row.message_count);
            self.store_messages(generation, std::slice::from_ref(&message), Some(&item))?;
            if let Some(key) = &key {
                self.store.set_idempotency(key, &IdempotencyRow { generation, position, count: 1 })?;
            }
            Ok((generation, position))
        })?;
        Ok(reply::masked(reply::json_text(self.item_text(generation, &item.row(position))?)?, &masked)?)
    }

    /// Shows or hides an item; its message stays as it is.
    pub(super) fn set_visibility(&self, address: &ThreadAddress, item_id: &str, body: &[u8]) -> Reply<Response> {
        let wanted = Fields::parse(body)?.text("visibility")?;
        let visibility = wanted.as_deref().and_then(Visibility::parse).ok_or(ErrorCode::InvalidRequest)?.as_str();
        let generation = self.store.generation()?.ok_or(ErrorCode::NotFound)?.id;
        let position = self.store.position_of(generation, item_id)?.ok_or(ErrorCode::NotFound)?;
        self.atomically(address, || {
            self.store.set_visibility(generation, position, visibility)?;
            // What is taken from the page must not stay in its title.
            let first_text = self.first_text(generation)?;
            self.store.set_first_text(generation, first_text.as_deref())
        })?;
        let item = self.item_at(generation, position)?;
        Ok(reply::json_text(self.item_text(generation, &item)?)?)
    }

    /// The answer to an append that was done already.
    fn item_again(&self, before: &IdempotencyRow, message: &UiMessage, run_id: Option<&str>) -> Reply<Response> {
        let item = self.item_at(before.generation, before.position)?;
        let row = self.store.message(before.generation, before.position)?.ok_or(Failure::Internal("message lost"))?;
        let said = |message: &UiMessage| -> Reply<_> { Ok([json!([message.role, message.parts])]) };
        let mut stored: UiMessage = serde_json::from_str(&row.body)?;
        // It may have been stored under fewer rules of the masker than there are today.
        self.masked(&mut stored);
        if !same_messages(&said(&stored)?, &said(message)?) || item.run_id.as_deref() != run_id {
            return Err(ErrorCode::IdempotencyMismatch.into());
        }
        Ok(reply::json_text(self.item_text(before.generation, &item)?)?)
    }

    /// The title that the page's own items give.
    fn first_text(&self, generation: i64) -> worker::Result<Option<String>> {
        let unseen = self.unseen(generation, Visibility::is_on_page)?;
        let count = self.store.generation()?.map_or(0, |generation| generation.message_count);
        for position in (0..count).filter(|position| !unseen.contains(position)) {
            let Some(row) = self.store.message(generation, position)?.filter(|row| row.role == "user") else {
                continue;
            };
            if let Some(title) = title_of(&serde_json::from_str(&row.body)?, &self.masker) {
                return Ok(Some(title));
            }
        }
        Ok(None)
    }

    fn item_at(&self, generation: i64, position: usize) -> Reply<ItemRow> {
        let known = self.store.items(generation)?.into_iter().find(|item| item.position == position);
        Ok(known.unwrap_or_else(|| plain(position)))
    }

    /// The stored text of a message, with the item's own fields in front of the message's.
    fn item_text(&self, generation: i64, item: &ItemRow) -> Reply<String> {
        let row = self.store.message(generation, item.position)?.ok_or(Failure::Internal("message lost"))?;
        let mut text = format!("{{\"position\":{},\"visibility\":\"{}\",", item.position, item.visibility);
        for (name, value) in [("runId", &item.run_id), ("requestId", &item.request_id)] {
            if let Some(value) = value {
                text.push_str(&format!("\"{name}\":{},", Value::from(value.as_str())));
            }
        }
        text.push_str(row.body.strip_prefix('{').ok_or(Failure::Internal("message"))?);
        Ok(text)
    }

    /// The positions of the messages that are not to be seen.
    pub(super) fn unseen(&self, generation: i64, seen: fn(Visibility) -> bool) -> worker::Result<Vec<usize>> {
        let items = self.store.items(generation)?.into_iter();
        let unseen =
            items.filter(|item| Visibility::parse(&item.visibility).is_some_and(|visibility| !seen(visibility)));
        Ok(unseen.map(|item| item.position).collect())
    }
}

/// A message that nobody said anything about.
fn plain(position: usize) -> ItemRow {
    let visibility = Visibility::Visible.as_str().to_owned();
    ItemRow { position, visibility, run_id: None, request_id: None }
}
