//! A thread: whose it is, and its generations.

use super::message::GENERATION_SPAN;
use super::migrations::THREAD_MIGRATIONS;
use super::{Columns, Database, FromRow, first};
use worker::{Error, Result, SqlStorage};

/// Storage of one thread.
#[derive(Clone)]
pub(crate) struct ThreadStore {
    pub(super) sql: Database,
}

pub(crate) struct ObjectRow {
    pub(crate) owner: String,
    pub(crate) state_key: String,
    pub(crate) revision: i64,
    pub(crate) indexed_revision: i64,
    /// Both or neither; with them the owner is a project.
    pub(crate) scope_type: Option<String>,
    pub(crate) scope_id: Option<String>,
}

impl FromRow for ObjectRow {
    fn from_row(row: &mut Columns) -> Self {
        Self {
            owner: row.text(),
            state_key: row.text(),
            revision: row.integer(),
            indexed_revision: row.integer(),
            scope_type: row.optional_text(),
            scope_id: row.optional_text(),
        }
    }
}

pub(crate) struct GenerationRow {
    pub(crate) id: i64,
    pub(crate) updated_at: i64,
    pub(crate) message_count: usize,
    /// Given by somebody, else `metadata.title`, else the first user text.
    pub(crate) title: Option<String>,
    pub(crate) metadata: Option<String>,
}

impl FromRow for GenerationRow {
    fn from_row(row: &mut Columns) -> Self {
        Self {
            id: row.integer(),
            updated_at: row.integer(),
            message_count: row.count(),
            title: row.optional_text(),
            metadata: row.optional_text(),
        }
    }
}

impl ThreadStore {
    pub(crate) fn open(sql: SqlStorage) -> Result<Self> {
        Ok(Self { sql: Database::open(sql, &THREAD_MIGRATIONS)? })
    }

    /// To be called before the first write of a transaction.
    pub(crate) fn prepare(&self) -> Result<()> {
        self.sql.prepare()
    }

    pub(crate) fn object(&self) -> Result<Option<ObjectRow>> {
        let query = "SELECT owner, state_key, revision, indexed_revision, scope_type, scope_id FROM object";
        first(&self.sql, query, vec![])
    }

    /// Counts a change; the first one records whose thread this is.
    pub(crate) fn touch(&self, owner: &str, state_key: &str, scope: Option<(&str, &str)>) -> Result<()> {
        let query = "INSERT INTO object (id, owner, state_key, revision, indexed_revision, scope_type, scope_id) VALUES (0, ?, ?, 1, 0, ?, ?)
            ON CONFLICT (id) DO UPDATE SET revision = revision + 1";
        let (scope_type, scope_id) = scope.unzip();
        self.sql.exec(query, vec![owner.into(), state_key.into(), scope_type.into(), scope_id.into()])?;
        Ok(())
    }

    pub(crate) fn set_indexed(&self, revision: i64) -> Result<()> {
        let query = "UPDATE object SET indexed_revision = max(indexed_revision, ?)";
        self.sql.exec(query, vec![revision.into()])?;
        Ok(())
    }

    /// The live generation.
    pub(crate) fn generation(&self) -> Result<Option<GenerationRow>> {
        let query = "SELECT id, updated_at, message_count,
            coalesce(title, CASE WHEN json_type(metadata, '$.title') = 'text' THEN substr(metadata ->> '$.title', 1, 100) END, first_text),
            metadata
            FROM generation WHERE deleted_at IS NULL ORDER BY id DESC LIMIT 1";
        first(&self.sql, query, vec![])
    }

    /// Starts the next generation.
    pub(crate) fn create_generation(&self, now_ms: i64, metadata: Option<&str>) -> Result<i64> {
        let query =
            "INSERT INTO generation (created_at, updated_at, message_count, metadata) VALUES (?, ?, 0, ?) RETURNING id";
        let created: Option<Option<i64>> =
            first(&self.sql, query, vec![now_ms.into(), now_ms.into(), metadata.into()])?;
        created.flatten().ok_or_else(|| Error::RustError("no generation".to_owned()))
    }

    pub(crate) fn delete_generation(&self, id: i64, now_ms: i64) -> Result<()> {
        self.sql.exec("UPDATE generation SET deleted_at = ? WHERE id = ?", vec![now_ms.into(), id.into()])?;
        Ok(())
    }

    pub(crate) fn set_title(&self, id: i64, title: Option<&str>) -> Result<()> {
        self.sql.exec("UPDATE generation SET title = ? WHERE id = ?", vec![title.into(), id.into()])?;
        Ok(())
    }

    pub(crate) fn set_metadata(&self, id: i64, metadata: Option<&str>) -> Result<()> {
        self.sql.exec("UPDATE generation SET metadata = ? WHERE id = ?", vec![metadata.into(), id.into()])?;
        Ok(())
    }

    /// When the oldest deleted generation was deleted.
    pub(crate) fn oldest_deletion_ms(&self) -> Result<Option<i64>> {
        let oldest: Option<Option<i64>> = first(&self.sql, "SELECT min(deleted_at) FROM generation", vec![])?;
        Ok(oldest.flatten())
    }

    /// Removes for good what was deleted before `before_ms`, and the records of turns that had ended by then; a usage
    /// fact that still has to be delivered stays.
    pub(crate) fn purge(&self, before_ms: i64) -> Result<()> {
        if !self.sql.has_tables.get() {
            return Ok(());
        }
        let deleted = "SELECT id FROM generation WHERE deleted_at < ?";
        let ended = "SELECT run_id FROM turn WHERE ended_at < ?";
        for query in [
            &format!("DELETE FROM message WHERE place / {GENERATION_SPAN} IN ({deleted})"),
            &format!("DELETE FROM message_rest WHERE place / {GENERATION_SPAN} IN ({deleted})"),
            &format!("DELETE FROM item WHERE place / {GENERATION_SPAN} IN ({deleted})"),
            &format!("DELETE FROM context WHERE generation IN ({deleted})"),
            &format!("DELETE FROM idempotency WHERE generation IN ({deleted})"),
            &format!("DELETE FROM usage WHERE due_at IS NULL AND run_id IN ({ended})"),
            "DELETE FROM turn WHERE ended_at < ?",
            "DELETE FROM generation WHERE deleted_at < ?",
        ] {
            self.sql.exec(query, vec![before_ms.into()])?;
        }
        Ok(())
    }
}
