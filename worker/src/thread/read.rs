//! Reading a thread: its messages as they are stored, streamed.

use super::call::ThreadAddress;
use super::state::Thread;
use crate::reply::{Reply, json_headers};
use crate::store::ThreadStore;
use futures_util::stream;
use std::rc::Rc;
use threadkeep_core::item::Visibility;
use worker::{Response, ResponseBuilder};

/// Bytes that are gathered before a piece is sent: small threads are one piece, large ones never whole in memory.
const PIECE_BYTES: usize = 256 * 1024;

/// A thread on its way out. Messages are never rewritten, so a count taken at the start is a snapshot.
struct Reading {
    store: ThreadStore,
    generation: i64,
    count: usize,
    next: usize,
    head: String,
    tail: String,
    /// Positions of messages that the page does not show.
    unseen: Vec<usize>,
    sent: bool,
    done: bool,
}

impl Thread {
    /// `{stateKey, messages, revision}`; a thread that is not there is an empty one.
    pub(super) fn read(self: &Rc<Self>, address: &ThreadAddress) -> Reply<Response> {
        let generation = self.store.generation()?;
        let revision = match &generation {
            Some(_) => self.store.object()?.map_or(0, |object| object.revision),
            None => 0,
        };
        let unseen = match &generation {
            Some(generation) if address.scope.is_some() => self.unseen(generation.id, Visibility::is_on_page)?,
            _ => Vec::new(),
        };
        let reading = Reading {
            store: self.store.clone(),
            generation: generation.as_ref().map_or(0, |generation| generation.id),
            count: generation.map_or(0, |generation| generation.message_count),
            next: 0,
            head: format!("{{\"stateKey\":\"{}\",\"messages\":[", address.state_key),
            tail: format!("],\"revision\":{revision}}}"),
            unseen,
            sent: false,
            done: false,
        };
        let body = stream::unfold(reading, |mut reading| async move { reading.piece().map(|piece| (piece, reading)) });
        Ok(ResponseBuilder::new().with_headers(json_headers()?).from_stream(Box::pin(body))?)
    }
}

impl Reading {
    fn piece(&mut self) -> Option<worker::Result<Vec<u8>>> {
        if self.done {
            return None;
        }
        let mut piece = std::mem::take(&mut self.head);
        while self.next < self.count && piece.len() < PIECE_BYTES {
            if self.unseen.contains(&self.next) {
                self.next += 1;
                continue;
            }
            if std::mem::replace(&mut self.sent, true) {
                piece.push(',');
            }
            match self.store.message(self.generation, self.next) {
                Ok(row) => piece.push_str(row.as_ref().map_or("null", |row| &row.body)),
                Err(error) => {
                    self.done = true;
                    return Some(Err(error));
                }
            }
            self.next += 1;
        }
        if self.next == self.count {
            piece.push_str(&self.tail);
            self.done = true;
        }
        Some(Ok(piece.into_bytes()))
    }
}
