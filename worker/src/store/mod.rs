//! All SQL of the worker: the schemas, as numbered migrations, and one function per statement, by noun.
//!
//! A run of statements without an await between them is atomic in a Durable Object; [`atomically`] also rolls it back
//! when one of them fails half-way.

mod directory;
mod item;
mod message;
mod migrations;
mod thread;
mod turn;

pub(crate) use directory::{DirectoryStore, EntryRow};
pub(crate) use item::{ContextRow, ItemRow};
pub(crate) use message::{IdempotencyRow, MessageRow};
pub(crate) use thread::{GenerationRow, ObjectRow, ThreadStore};
pub(crate) use turn::{TurnRow, UsageRow};

use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use worker::{Error, Result, SqlCursor, SqlStorage, SqlStorageValue, State};

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

/// A database that has its tables from its first write on. One that was only ever asked (of a key that nobody has used)
/// stays without, and answers nothing.
#[derive(Clone)]
struct Database {
    sql: SqlStorage,
    migrations: &'static [&'static str],
    has_tables: Rc<Cell<bool>>,
}

impl Database {
    fn open(sql: SqlStorage, migrations: &'static [&'static str]) -> Result<Self> {
        let database = Self { sql, migrations, has_tables: Rc::new(Cell::new(true)) };
        let known: Option<String> =
            first(&database, "SELECT name FROM sqlite_master WHERE name = 'migration'", vec![])?;
        match known {
            Some(_) => database.migrate()?,
            None => database.has_tables.set(false),
        }
        Ok(database)
    }

    /// Makes the tables when there are none. To be called before a first write, and not inside of its transaction: what
    /// is rolled back would be gone.
    fn prepare(&self) -> Result<()> {
        if self.has_tables.replace(true) {
            return Ok(());
        }
        let made = self.migrate();
        self.has_tables.set(made.is_ok());
        made
    }

    fn migrate(&self) -> Result<()> {
        self.exec("CREATE TABLE IF NOT EXISTS migration (id INTEGER PRIMARY KEY)", vec![])?;
        let applied: Option<Option<i64>> = first(self, "SELECT count(*) FROM migration", vec![])?;
        let applied = applied.flatten().and_then(|count| usize::try_from(count).ok()).unwrap_or_default();
        for (at, migration) in self.migrations.iter().enumerate().skip(applied) {
            self.exec(migration, vec![])?;
            self.exec("INSERT INTO migration (id) VALUES (?)", vec![integer(at)])?;
        }
        Ok(())
    }

    fn exec(&self, query: &str, bindings: Vec<SqlStorageValue>) -> Result<SqlCursor> {
        self.sql.exec(query, bindings)
    }
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

fn all<T: FromRow>(sql: &Database, query: &str, bindings: Vec<SqlStorageValue>) -> Result<Vec<T>> {
    if !sql.has_tables.get() {
        return Ok(Vec::new());
    }
    let rows = sql.exec(query, bindings)?.raw();
    rows.map(|row| Ok(T::from_row(&mut Columns(row?.into_iter())))).collect()
}

/// The first row. Not `SqlCursor::one`, which throws past every handler when there is none.
fn first<T: FromRow>(sql: &Database, query: &str, bindings: Vec<SqlStorageValue>) -> Result<Option<T>> {
    Ok(all(sql, query, bindings)?.into_iter().next())
}

fn integer(number: usize) -> SqlStorageValue {
    SqlStorageValue::Integer(i64::try_from(number).unwrap_or(i64::MAX))
}
