//! Turns: their records, the resume buffer, and what they used.

use super::message::pieces;
use super::thread::ThreadStore;
use super::{Columns, FromRow, all, first, integer};
use worker::Result;

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

impl ThreadStore {
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
}
