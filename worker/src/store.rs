//! All SQL of the worker: the schemas, as numbered migrations, and one function per statement.
//!
//! A run of statements without an await between them is atomic in a Durable Object; [`atomically`] also rolls it back
//! when one of them fails half-way.

use serde::Deserialize;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use worker::{Error, Result, SqlStorage, SqlStorageValue, State};

/// Migrations of the thread object. Append only: the number of the last one applied stands in the database.
const THREAD_MIGRATIONS: [&str; 1] = ["
    CREATE TABLE object (
        id INTEGER PRIMARY KEY CHECK (id = 0),
        owner TEXT NOT NULL,
        state_key TEXT NOT NULL,
        -- Counts every change; the directory is up to date when it has seen this one.
        revision INTEGER NOT NULL,
        indexed_revision INTEGER NOT NULL
    );
    -- One row per life of the thread: deleting starts a new one.
    CREATE TABLE generation (
        id INTEGER PRIMARY KEY,
        created_at INTEGER NOT NULL,
        updated_at INTEGER NOT NULL,
        deleted_at INTEGER,
        message_count INTEGER NOT NULL,
        title TEXT,
        first_text TEXT,
        metadata TEXT
    );
    -- place = generation * 1000000 + position, so that an append touches one b-tree at its end.
    CREATE TABLE message (place INTEGER PRIMARY KEY, id TEXT NOT NULL, role TEXT NOT NULL, body TEXT NOT NULL);
    -- What of a body does not fit into one row.
    CREATE TABLE message_rest (place INTEGER NOT NULL, n INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (place, n)) WITHOUT ROWID;
    CREATE TABLE turn (
        run_id TEXT PRIMARY KEY,
        generation INTEGER NOT NULL,
        message_id TEXT NOT NULL,
        metadata TEXT NOT NULL,
        status TEXT NOT NULL,
        started_at INTEGER NOT NULL,
        ended_at INTEGER
    ) WITHOUT ROWID;
    CREATE INDEX turn_running ON turn (started_at) WHERE status = 'running';
    -- The resume buffer: masked events of running turns, as NDJSON.
    CREATE TABLE segment (run_id TEXT NOT NULL, n INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (run_id, n)) WITHOUT ROWID;
    -- Billing facts, as the executor reported them; due_at is NULL once delivered (or when there is no hook).
    CREATE TABLE usage (
        id INTEGER PRIMARY KEY,
        run_id TEXT NOT NULL,
        seq INTEGER NOT NULL,
        fact TEXT NOT NULL,
        attempts INTEGER NOT NULL,
        due_at INTEGER
    );
    CREATE INDEX usage_due ON usage (id) WHERE due_at IS NOT NULL;
    CREATE TABLE idempotency (key TEXT PRIMARY KEY, generation INTEGER NOT NULL, position INTEGER NOT NULL, count INTEGER NOT NULL) WITHOUT ROWID;
"];

/// Migrations of the directory object.
const DIRECTORY_MIGRATIONS: [&str; 1] = ["
    CREATE TABLE entry (
        state_key TEXT PRIMARY KEY,
        revision INTEGER NOT NULL,
        updated_at INTEGER NOT NULL,
        message_count INTEGER NOT NULL,
        title TEXT,
        metadata TEXT,
        deleted INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX entry_recency ON entry (updated_at DESC, state_key DESC) WHERE deleted = 0;
"];

/// Messages of one generation are numbered below this; the message limit is far below it.
const GENERATION_SPAN: i64 = 1_000_000;

/// Most bytes of a body in one row. A row may have 2 MB, all columns together.
const MAX_ROW_BYTES: usize = 1_500_000;

#[wasm_bindgen]
extern "C" {
    type TransactionalStorage;
    // Not wrapped by the worker crate.
    #[wasm_bindgen(method, catch, js_name = "transactionSync")]
    fn transaction_sync(
        this: &TransactionalStorage,
        body: &mut dyn FnMut() -> std::result::Result<JsValue, JsValue>,
    ) -> std::result::Result<JsValue, JsValue>;
}

/// Runs statements in one transaction: all of them, or none.
///
/// # Errors
/// The body's own error, with nothing written; or the runtime's.
pub(crate) fn atomically<T>(state: &State, mut body: impl FnMut() -> Result<T>) -> Result<T> {
    let storage = state.storage();
    let mut result = None;
    let ran = storage.as_raw().unchecked_ref::<TransactionalStorage>().transaction_sync(&mut || {
        let outcome = body();
        let failed = outcome.is_err();
        result = Some(outcome);
        if failed { Err(JsValue::from_str("rolled back")) } else { Ok(JsValue::UNDEFINED) }
    });
    match (result, ran) {
        (Some(Err(error)), _) => Err(error),
        (_, Err(error)) => Err(error.into()),
        (Some(Ok(value)), Ok(_)) => Ok(value),
        (None, Ok(_)) => Err(Error::RustError("transaction did not run".to_owned())),
    }
}

fn migrate(sql: &SqlStorage, migrations: &[&str]) -> Result<()> {
    sql.exec("CREATE TABLE IF NOT EXISTS migration (id INTEGER PRIMARY KEY)", None)?;
    let applied: Option<Option<i64>> = first(sql, "SELECT count(*) FROM migration", vec![])?;
    let applied = applied.flatten().and_then(|count| usize::try_from(count).ok()).unwrap_or_default();
    for (at, migration) in migrations.iter().enumerate().skip(applied) {
        sql.exec(migration, None)?;
        sql.exec("INSERT INTO migration (id) VALUES (?)", vec![integer(at)])?;
    }
    Ok(())
}

/// A row of a result, read column by column in the order of its SELECT.
struct Columns(std::vec::IntoIter<SqlStorageValue>);

/// What a row is read into. By position and by hand: a derived deserializer per row type would cost the bundle 40 KB.
trait FromRow: Sized {
    fn from_row(row: &mut Columns) -> Self;
}

impl Columns {
    fn text(&mut self) -> String {
        self.optional_text().unwrap_or_default()
    }

    fn optional_text(&mut self) -> Option<String> {
        match self.0.next() {
            Some(SqlStorageValue::String(text)) => Some(text),
            _ => None,
        }
    }

    fn integer(&mut self) -> i64 {
        self.optional_integer().unwrap_or_default()
    }

    fn optional_integer(&mut self) -> Option<i64> {
        match self.0.next() {
            Some(SqlStorageValue::Integer(number)) => Some(number),
            _ => None,
        }
    }

    fn count(&mut self) -> usize {
        usize::try_from(self.integer()).unwrap_or_default()
    }
}

impl FromRow for String {
    fn from_row(row: &mut Columns) -> Self {
        row.text()
    }
}

impl FromRow for Option<i64> {
    fn from_row(row: &mut Columns) -> Self {
        row.optional_integer()
    }
}

fn all<T: FromRow>(sql: &SqlStorage, query: &str, bindings: Vec<SqlStorageValue>) -> Result<Vec<T>> {
    let rows = sql.exec(query, bindings)?.raw();
    rows.map(|row| Ok(T::from_row(&mut Columns(row?.into_iter())))).collect()
}

/// The first row. Not `SqlCursor::one`, which throws past every handler when there is none.
fn first<T: FromRow>(sql: &SqlStorage, query: &str, bindings: Vec<SqlStorageValue>) -> Result<Option<T>> {
    Ok(all(sql, query, bindings)?.into_iter().next())
}

fn integer(number: usize) -> SqlStorageValue {
    SqlStorageValue::Integer(i64::try_from(number).unwrap_or(i64::MAX))
}

/// Storage of one thread.
#[derive(Clone)]
pub(crate) struct ThreadStore {
    sql: SqlStorage,
}

pub(crate) struct ObjectRow {
    pub(crate) owner: String,
    pub(crate) state_key: String,
    pub(crate) revision: i64,
    pub(crate) indexed_revision: i64,
}

impl FromRow for ObjectRow {
    fn from_row(row: &mut Columns) -> Self {
        Self { owner: row.text(), state_key: row.text(), revision: row.integer(), indexed_revision: row.integer() }
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

pub(crate) struct TurnRow {
    pub(crate) run_id: String,
    pub(crate) generation: i64,
    pub(crate) message_id: String,
    pub(crate) metadata: String,
}

impl FromRow for TurnRow {
    fn from_row(row: &mut Columns) -> Self {
        Self { run_id: row.text(), generation: row.integer(), message_id: row.text(), metadata: row.text() }
    }
}

pub(crate) struct UsageRow {
    pub(crate) id: i64,
    pub(crate) run_id: String,
    pub(crate) seq: i64,
    pub(crate) fact: String,
    pub(crate) attempts: i64,
    pub(crate) due_at: i64,
}

impl FromRow for UsageRow {
    fn from_row(row: &mut Columns) -> Self {
        Self {
            id: row.integer(),
            run_id: row.text(),
            seq: row.integer(),
            fact: row.text(),
            attempts: row.integer(),
            due_at: row.integer(),
        }
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
    pub(crate) fn open(sql: SqlStorage) -> Result<Self> {
        migrate(&sql, &THREAD_MIGRATIONS)?;
        Ok(Self { sql })
    }

    pub(crate) fn object(&self) -> Result<Option<ObjectRow>> {
        first(&self.sql, "SELECT owner, state_key, revision, indexed_revision FROM object", vec![])
    }

    /// Counts a change; the first one records whose thread this is.
    pub(crate) fn touch(&self, owner: &str, state_key: &str) -> Result<()> {
        let query = "INSERT INTO object (id, owner, state_key, revision, indexed_revision) VALUES (0, ?, ?, 1, 0)
            ON CONFLICT (id) DO UPDATE SET revision = revision + 1";
        self.sql.exec(query, vec![owner.into(), state_key.into()])?;
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

    /// Adds one message at the end of a generation.
    pub(crate) fn append(
        &self,
        generation: i64,
        message: &MessageRow,
        first_text: Option<&str>,
        now_ms: i64,
    ) -> Result<()> {
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
        let query = "INSERT INTO message_rest (place, n, body) VALUES (?, ?, ?)";
        for (n, piece) in pieces.enumerate() {
            self.sql.exec(query, vec![place.into(), integer(n), piece.into()])?;
        }
        Ok(())
    }

    /// One message, whole.
    pub(crate) fn message(&self, generation: i64, position: usize) -> Result<Option<MessageRow>> {
        let place =
            vec![SqlStorageValue::Integer(generation * GENERATION_SPAN + i64::try_from(position).unwrap_or(i64::MAX))];
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

    /// Bytes of all messages of a generation.
    pub(crate) fn bytes(&self, generation: i64) -> Result<usize> {
        let query = "SELECT coalesce((SELECT sum(octet_length(body)) FROM message WHERE place BETWEEN ?1 AND ?2), 0)
            + coalesce((SELECT sum(octet_length(body)) FROM message_rest WHERE place BETWEEN ?1 AND ?2), 0)";
        let start = generation * GENERATION_SPAN;
        let sum: Option<Option<i64>> =
            first(&self.sql, query, vec![start.into(), (start + GENERATION_SPAN - 1).into()])?;
        Ok(sum.flatten().and_then(|sum| usize::try_from(sum).ok()).unwrap_or_default())
    }

    /// The position of the last user message of a generation.
    pub(crate) fn last_user_position(&self, generation: i64) -> Result<Option<usize>> {
        let query = "SELECT max(place) FROM message WHERE place BETWEEN ? AND ? AND role = 'user'";
        let start = generation * GENERATION_SPAN;
        let last: Option<Option<i64>> =
            first(&self.sql, query, vec![start.into(), (start + GENERATION_SPAN - 1).into()])?;
        Ok(last.flatten().and_then(|place| usize::try_from(place - start).ok()))
    }

    /// Whether a generation has a message of this id.
    pub(crate) fn has_message_id(&self, generation: i64, id: &str) -> Result<bool> {
        let query = "SELECT id, role, '' FROM message WHERE place BETWEEN ? AND ? AND id = ? LIMIT 1";
        let start = generation * GENERATION_SPAN;
        let bindings = vec![start.into(), (start + GENERATION_SPAN - 1).into(), id.into()];
        Ok(first::<MessageRow>(&self.sql, query, bindings)?.is_some())
    }

    pub(crate) fn idempotency(&self, key: &str) -> Result<Option<IdempotencyRow>> {
        first(&self.sql, "SELECT generation, position, count FROM idempotency WHERE key = ?", vec![key.into()])
    }

    pub(crate) fn set_idempotency(&self, key: &str, row: &IdempotencyRow) -> Result<()> {
        let query = "INSERT OR REPLACE INTO idempotency (key, generation, position, count) VALUES (?, ?, ?, ?)";
        self.sql.exec(query, vec![key.into(), row.generation.into(), integer(row.position), integer(row.count)])?;
        Ok(())
    }

    pub(crate) fn begin_turn(
        &self,
        run_id: &str,
        generation: i64,
        message_id: &str,
        metadata: &str,
        now_ms: i64,
    ) -> Result<()> {
        let query = "INSERT INTO turn (run_id, generation, message_id, metadata, status, started_at) VALUES (?, ?, ?, ?, 'running', ?)";
        let bindings = vec![run_id.into(), generation.into(), message_id.into(), metadata.into(), now_ms.into()];
        self.sql.exec(query, bindings)?;
        Ok(())
    }

    pub(crate) fn end_turn(&self, run_id: &str, status: &str, now_ms: i64) -> Result<()> {
        let query = "UPDATE turn SET status = ?, ended_at = ? WHERE run_id = ?";
        self.sql.exec(query, vec![status.into(), now_ms.into(), run_id.into()])?;
        self.sql.exec("DELETE FROM segment WHERE run_id = ?", vec![run_id.into()])?;
        Ok(())
    }

    pub(crate) fn running_turns(&self) -> Result<Vec<TurnRow>> {
        let query =
            "SELECT run_id, generation, message_id, metadata FROM turn WHERE status = 'running' ORDER BY started_at";
        all(&self.sql, query, vec![])
    }

    /// Adds to the buffered events of a turn, from row `n` on; gives the number of the next row.
    pub(crate) fn append_segment(&self, run_id: &str, n: usize, body: &str) -> Result<usize> {
        let query = "INSERT INTO segment (run_id, n, body) VALUES (?, ?, ?)";
        pieces(body).try_fold(n, |n, piece| {
            self.sql.exec(query, vec![run_id.into(), integer(n), piece.into()])?;
            Ok(n + 1)
        })
    }

    /// One row of the buffered events of a turn; lines of NDJSON may go on in the next.
    pub(crate) fn segment(&self, run_id: &str, n: usize) -> Result<Option<String>> {
        let query = "SELECT body FROM segment WHERE run_id = ? AND n = ?";
        first(&self.sql, query, vec![run_id.into(), integer(n)])
    }

    pub(crate) fn add_usage(&self, run_id: &str, seq: usize, fact: &str, due_ms: Option<i64>) -> Result<()> {
        let query = "INSERT INTO usage (run_id, seq, fact, attempts, due_at) VALUES (?, ?, ?, 0, ?)";
        self.sql.exec(query, vec![run_id.into(), integer(seq), fact.into(), due_ms.into()])?;
        Ok(())
    }

    /// The oldest fact that is not delivered. Facts go out in order, so only it counts.
    pub(crate) fn next_usage(&self) -> Result<Option<UsageRow>> {
        let query =
            "SELECT id, run_id, seq, fact, attempts, due_at FROM usage WHERE due_at IS NOT NULL ORDER BY id LIMIT 1";
        first(&self.sql, query, vec![])
    }

    pub(crate) fn set_usage(&self, id: i64, attempts: i64, due_ms: Option<i64>) -> Result<()> {
        let query = "UPDATE usage SET attempts = ?, due_at = ? WHERE id = ?";
        self.sql.exec(query, vec![attempts.into(), due_ms.into(), id.into()])?;
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
        let deleted = "SELECT id FROM generation WHERE deleted_at < ?";
        let ended = "SELECT run_id FROM turn WHERE ended_at < ?";
        for query in [
            &format!("DELETE FROM message WHERE place / {GENERATION_SPAN} IN ({deleted})"),
            &format!("DELETE FROM message_rest WHERE place / {GENERATION_SPAN} IN ({deleted})"),
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

/// A text in pieces that fit into a row, cut between characters.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
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

/// Storage of one owner's directory.
pub(crate) struct DirectoryStore {
    sql: SqlStorage,
}

/// One thread, as the list shows it.
#[derive(Debug, Clone, serde::Serialize, Deserialize)]
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
        }
    }
}

impl DirectoryStore {
    pub(crate) fn open(sql: SqlStorage) -> Result<Self> {
        migrate(&sql, &DIRECTORY_MIGRATIONS)?;
        Ok(Self { sql })
    }

    /// Takes an entry unless it is older than what is there.
    pub(crate) fn put(&self, entry: &EntryRow) -> Result<()> {
        let query = "INSERT INTO entry (state_key, revision, updated_at, message_count, title, metadata, deleted)
            VALUES (?, ?, ?, ?, ?, ?, ?)
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
        ];
        self.sql.exec(query, bindings)?;
        Ok(())
    }

    /// Up to `limit` entries, newest first, behind the one that `after` names.
    pub(crate) fn list(&self, limit: usize, after: Option<(i64, &str)>) -> Result<Vec<EntryRow>> {
        const COLUMNS: &str = "SELECT state_key, revision, updated_at, message_count, title, metadata, deleted FROM entry WHERE deleted = 0";
        const ORDER: &str = "ORDER BY updated_at DESC, state_key DESC LIMIT ?";
        match after {
            None => all(&self.sql, &format!("{COLUMNS} {ORDER}"), vec![integer(limit)]),
            Some((updated_at, state_key)) => {
                let query = format!("{COLUMNS} AND (updated_at, state_key) < (?, ?) {ORDER}");
                all(&self.sql, &query, vec![updated_at.into(), state_key.into(), integer(limit)])
            }
        }
    }
}
