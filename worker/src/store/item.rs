//! What is known of a message beside its content, and the context of a thread.

use super::message::{GENERATION_SPAN, place_of};
use super::thread::ThreadStore;
use super::{Columns, FromRow, all, first};
use worker::Result;

pub(crate) struct ItemRow {
    pub(crate) position: usize,
    pub(crate) visibility: String,
    pub(crate) run_id: Option<String>,
    pub(crate) request_id: Option<String>,
}

impl FromRow for ItemRow {
    fn from_row(row: &mut Columns) -> Self {
        Self {
            position: row.count(),
            visibility: row.text(),
            run_id: row.optional_text(),
            request_id: row.optional_text(),
        }
    }
}

pub(crate) struct ContextRow {
    pub(crate) revision: i64,
    /// JSON.
    pub(crate) documents: String,
}

impl FromRow for ContextRow {
    fn from_row(row: &mut Columns) -> Self {
        Self { revision: row.integer(), documents: row.text() }
    }
}

impl ThreadStore {
    /// What is known of the messages of a generation, in order; a message without a row is visible.
    pub(crate) fn items(&self, generation: i64) -> Result<Vec<ItemRow>> {
        let query = "SELECT place - ?1, visibility, run_id, request_id FROM item
            WHERE place BETWEEN ?1 AND ?2 ORDER BY place";
        let start = generation * GENERATION_SPAN;
        all(&self.sql, query, vec![start.into(), (start + GENERATION_SPAN - 1).into()])
    }

    pub(crate) fn add_item(&self, generation: i64, item: &ItemRow) -> Result<()> {
        let query = "INSERT INTO item (place, visibility, run_id, request_id) VALUES (?, ?, ?, ?)";
        let bindings = vec![
            place_of(generation, item.position),
            item.visibility.as_str().into(),
            item.run_id.as_deref().into(),
            item.request_id.as_deref().into(),
        ];
        self.sql.exec(query, bindings)?;
        Ok(())
    }

    pub(crate) fn set_visibility(&self, generation: i64, position: usize, visibility: &str) -> Result<()> {
        let query = "INSERT INTO item (place, visibility) VALUES (?, ?)
            ON CONFLICT (place) DO UPDATE SET visibility = excluded.visibility";
        self.sql.exec(query, vec![place_of(generation, position), visibility.into()])?;
        Ok(())
    }

    pub(crate) fn context(&self, generation: i64) -> Result<Option<ContextRow>> {
        let query = "SELECT revision, documents FROM context WHERE generation = ?";
        first(&self.sql, query, vec![generation.into()])
    }

    pub(crate) fn set_context(&self, generation: i64, context: &ContextRow) -> Result<()> {
        let query = "INSERT OR REPLACE INTO context (generation, revision, documents) VALUES (?, ?, ?)";
        let bindings = vec![generation.into(), context.revision.into(), context.documents.as_str().into()];
        self.sql.exec(query, bindings)?;
        Ok(())
    }
}
