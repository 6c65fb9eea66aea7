//! The messages of a thread, and what was stored under an idempotency key.

use super::thread::ThreadStore;
use super::{Columns, FromRow, all, first, integer};
use worker::{Error, Result, SqlStorageValue};

/// Messages of one generation are numbered below this; the message limit is far below it.
pub(super) const GENERATION_SPAN: i64 = 1_000_000;

/// Most bytes of a body in one row. A row may have 2 MB, all columns together.
const MAX_ROW_BYTES: usize = 1_500_000;

pub(crate) struct MessageRow {
    pub(crate) id: String,
    pub(crate) role: String,
    pub(crate) body: String,
}

impl FromRow for MessageRow {
    fn from_row(row: &mut Columns) -> Self {
        Self { id: row.text(), role: row.text(), body: row.text() }
    }
}

pub(crate) struct IdempotencyRow {
    pub(crate) generation: i64,
    pub(crate) position: usize,
    pub(crate) count: usize,
}

impl FromRow for IdempotencyRow {
    fn from_row(row: &mut Columns) -> Self {
        Self { generation: row.integer(), position: row.count(), count: row.count() }
    }
}

impl ThreadStore {
    /// Adds one message at the end of a generation; gives its position.
    pub(crate) fn append(
        &self,
        generation: i64,
        message: &MessageRow,
        first_text: Option<&str>,
        now_ms: i64,
    ) -> Result<usize> {
        let query = "UPDATE generation SET message_count = message_count + 1, updated_at = ?,
            first_text = coalesce(first_text, ?) WHERE id = ? RETURNING message_count";
        let grown: Option<Option<i64>> =
            first(&self.sql, query, vec![now_ms.into(), first_text.into(), generation.into()])?;
        let count = grown.flatten().ok_or_else(|| Error::RustError("no generation".to_owned()))?;
        let place = generation * GENERATION_SPAN + count - 1;
        let mut pieces = pieces(&message.body);
        let head = pieces.next().unwrap_or_default();
        let query = "INSERT INTO message (place, id, role, body) VALUES (?, ?, ?, ?)";
        let (id, role) = (message.id.as_str(), message.role.as_str());
        self.sql.exec(query, vec![place.into(), id.into(), role.into(), head.into()])?;
        self.store_rest(&place.into(), pieces)?;
        Ok(usize::try_from(count - 1).unwrap_or_default())
    }

    /// Puts the outcome of pending calls into a stored message. The one statement that changes a message: what was asked
    /// is answered, and nothing that was said is said anew (see `thread/turn.rs`).
    pub(crate) fn complete(&self, generation: i64, position: usize, body: &str) -> Result<()> {
        let place = place_of(generation, position);
        let mut pieces = pieces(body);
        let head = pieces.next().unwrap_or_default();
        self.sql.exec("UPDATE message SET body = ? WHERE place = ?", vec![head.into(), place.clone()])?;
        self.sql.exec("DELETE FROM message_rest WHERE place = ?", vec![place.clone()])?;
        self.store_rest(&place, pieces)
    }

    fn store_rest<'b>(&self, place: &SqlStorageValue, pieces: impl Iterator<Item = &'b str>) -> Result<()> {
        let query = "INSERT INTO message_rest (place, n, body) VALUES (?, ?, ?)";
        for (n, piece) in pieces.enumerate() {
            self.sql.exec(query, vec![place.clone(), integer(n), piece.into()])?;
        }
        Ok(())
    }

    /// One message, whole.
    pub(crate) fn message(&self, generation: i64, position: usize) -> Result<Option<MessageRow>> {
        let place = vec![place_of(generation, position)];
        let query = "SELECT id, role, body FROM message WHERE place = ?";
        let Some(mut message) = first::<MessageRow>(&self.sql, query, place.clone())? else { return Ok(None) };
        if message.body.len() + 4 > MAX_ROW_BYTES {
            let query = "SELECT body FROM message_rest WHERE place = ? ORDER BY n";
            for rest in all::<String>(&self.sql, query, place)? {
                message.body.push_str(&rest);
            }
        }
        Ok(Some(message))
    }

    /// Bytes of the messages of a generation that are not archived.
    pub(crate) fn bytes(&self, generation: i64) -> Result<usize> {
        let query = "WITH archived AS (SELECT place FROM item WHERE visibility = 'archived')
            SELECT coalesce((SELECT sum(octet_length(body)) FROM message
                WHERE place BETWEEN ?1 AND ?2 AND place NOT IN archived), 0)
            + coalesce((SELECT sum(octet_length(body)) FROM message_rest
                WHERE place BETWEEN ?1 AND ?2 AND place NOT IN archived), 0)";
        let start = generation * GENERATION_SPAN;
        let sum: Option<Option<i64>> =
            first(&self.sql, query, vec![start.into(), (start + GENERATION_SPAN - 1).into()])?;
        Ok(sum.flatten().and_then(|sum| usize::try_from(sum).ok()).unwrap_or_default())
    }

    pub(crate) fn set_first_text(&self, generation: i64, first_text: Option<&str>) -> Result<()> {
        let query = "UPDATE generation SET first_text = ? WHERE id = ?";
        self.sql.exec(query, vec![first_text.into(), generation.into()])?;
        Ok(())
    }

    /// The position of the last user message that the page of a generation shows.
    pub(crate) fn last_user_position(&self, generation: i64) -> Result<Option<usize>> {
        let query = "SELECT max(place) FROM message WHERE place BETWEEN ? AND ? AND role = 'user'
            AND place NOT IN (SELECT place FROM item WHERE visibility <> 'visible')";
        let start = generation * GENERATION_SPAN;
        let last: Option<Option<i64>> =
            first(&self.sql, query, vec![start.into(), (start + GENERATION_SPAN - 1).into()])?;
        Ok(last.flatten().and_then(|place| usize::try_from(place - start).ok()))
    }

    /// The position of the message of this id.
    pub(crate) fn position_of(&self, generation: i64, id: &str) -> Result<Option<usize>> {
        let query = "SELECT place FROM message WHERE place BETWEEN ? AND ? AND id = ? LIMIT 1";
        let start = generation * GENERATION_SPAN;
        let bindings = vec![start.into(), (start + GENERATION_SPAN - 1).into(), id.into()];
        let place: Option<Option<i64>> = first(&self.sql, query, bindings)?;
        Ok(place.flatten().and_then(|place| usize::try_from(place - start).ok()))
    }

    pub(crate) fn idempotency(&self, key: &str) -> Result<Option<IdempotencyRow>> {
        first(&self.sql, "SELECT generation, position, count FROM idempotency WHERE key = ?", vec![key.into()])
    }

    pub(crate) fn set_idempotency(&self, key: &str, row: &IdempotencyRow) -> Result<()> {
        let query = "INSERT OR REPLACE INTO idempotency (key, generation, position, count) VALUES (?, ?, ?, ?)";
        self.sql.exec(query, vec![key.into(), row.generation.into(), integer(row.position), integer(row.count)])?;
        Ok(())
    }
}

/// The primary key of a message.
pub(super) fn place_of(generation: i64, position: usize) -> SqlStorageValue {
    (generation * GENERATION_SPAN + i64::try_from(position).unwrap_or(i64::MAX)).into()
}

/// A text in pieces that fit into a row, cut between characters.
pub(super) fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let mut end = rest.len().min(MAX_ROW_BYTES);
        while !rest.is_char_boundary(end) {
            end -= 1;
        }
        let (piece, behind) = rest.split_at(end);
        rest = behind;
        (!piece.is_empty()).then_some(piece)
    })
}
