//! The directory of an owner: one entry per thread.

use super::migrations::DIRECTORY_MIGRATIONS;
use super::{Columns, Database, FromRow, all, integer};
use serde_json::{Value, json};
use worker::{Result, SqlStorage};

/// Storage of one owner's directory.
pub(crate) struct DirectoryStore {
    sql: Database,
}

/// One thread, as the list shows it.
#[derive(Debug, Clone)]
pub(crate) struct EntryRow {
    pub(crate) state_key: String,
    pub(crate) revision: i64,
    pub(crate) updated_at: i64,
    pub(crate) message_count: usize,
    pub(crate) title: Option<String>,
    /// JSON text.
    pub(crate) metadata: Option<String>,
    /// 0 or 1.
    pub(crate) deleted: i64,
    /// Both or neither.
    pub(crate) scope_type: Option<String>,
    pub(crate) scope_id: Option<String>,
}

impl EntryRow {
    /// As it travels from a thread to its directory.
    pub(crate) fn to_value(&self) -> Value {
        json!([
            self.state_key,
            self.revision,
            self.updated_at,
            self.message_count,
            self.title,
            self.metadata,
            self.deleted,
            self.scope_type,
            self.scope_id,
        ])
    }

    pub(crate) fn from_value(value: Value) -> Option<Self> {
        let Value::Array(values) = value else { return None };
        let columns = values.into_iter().map(|value| match value {
            Value::String(text) => text.into(),
            value => value.as_i64().into(),
        });
        Some(Self::from_row(&mut Columns(columns.collect::<Vec<_>>().into_iter())))
    }
}

impl FromRow for EntryRow {
    fn from_row(row: &mut Columns) -> Self {
        Self {
            state_key: row.text(),
            revision: row.integer(),
            updated_at: row.integer(),
            message_count: row.count(),
            title: row.optional_text(),
            metadata: row.optional_text(),
            deleted: row.integer(),
            scope_type: row.optional_text(),
            scope_id: row.optional_text(),
        }
    }
}

impl DirectoryStore {
    pub(crate) fn open(sql: SqlStorage) -> Result<Self> {
        Ok(Self { sql: Database::open(sql, &DIRECTORY_MIGRATIONS)? })
    }

    /// Takes an entry unless it is older than what is there.
    pub(crate) fn put(&self, entry: &EntryRow) -> Result<()> {
        self.sql.prepare()?;
        let query = "INSERT INTO entry (state_key, revision, updated_at, message_count, title, metadata, deleted, scope_type, scope_id)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (state_key) DO UPDATE SET revision = excluded.revision, updated_at = excluded.updated_at,
                message_count = excluded.message_count, title = excluded.title, metadata = excluded.metadata,
                deleted = excluded.deleted
            WHERE excluded.revision > entry.revision";
        let bindings = vec![
            entry.state_key.as_str().into(),
            entry.revision.into(),
            entry.updated_at.into(),
            integer(entry.message_count),
            entry.title.as_deref().into(),
            entry.metadata.as_deref().into(),
            entry.deleted.into(),
            entry.scope_type.as_deref().into(),
            entry.scope_id.as_deref().into(),
        ];
        self.sql.exec(query, bindings)?;
        Ok(())
    }

    /// Up to `limit` entries, newest first, behind the one that `after` names; of one scope type when it is given.
    pub(crate) fn list(
        &self,
        limit: usize,
        after: Option<(i64, &str)>,
        scope_type: Option<&str>,
    ) -> Result<Vec<EntryRow>> {
        let mut query =
            "SELECT state_key, revision, updated_at, message_count, title, metadata, deleted, scope_type, scope_id
            FROM entry WHERE deleted = 0"
                .to_owned();
        let mut bindings = Vec::new();
        if let Some((updated_at, state_key)) = after {
            query.push_str(" AND (updated_at, state_key) < (?, ?)");
            bindings.extend([updated_at.into(), state_key.into()]);
        }
        if let Some(scope_type) = scope_type {
            query.push_str(" AND scope_type = ?");
            bindings.push(scope_type.into());
        }
        query.push_str(" ORDER BY updated_at DESC, state_key DESC LIMIT ?");
        bindings.push(integer(limit));
        all(&self.sql, &query, bindings)
    }
}
