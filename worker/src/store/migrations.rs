//! The schemas. Append only: the number of the last migration applied stands in the database, beside its data.

/// Migrations of the thread object. Append only: the number of the last one applied stands in the database.
pub(super) const THREAD_MIGRATIONS: [&str; 2] = ["
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
", "
    -- The entity that the thread hangs on; its owner is then a project.
    ALTER TABLE object ADD COLUMN scope_type TEXT;
    ALTER TABLE object ADD COLUMN scope_id TEXT;
    -- What is known of a message beside its content; one without a row is visible. It may change, the message may not.
    CREATE TABLE item (place INTEGER PRIMARY KEY, visibility TEXT NOT NULL, run_id TEXT, request_id TEXT);
    -- Documents for the head of the prompt, as JSON.
    CREATE TABLE context (generation INTEGER PRIMARY KEY, revision INTEGER NOT NULL, documents TEXT NOT NULL);
"];

/// Migrations of the directory object.
pub(super) const DIRECTORY_MIGRATIONS: [&str; 2] = [
    "
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
",
    "
    ALTER TABLE entry ADD COLUMN scope_type TEXT;
    ALTER TABLE entry ADD COLUMN scope_id TEXT;
    CREATE INDEX entry_scope_recency ON entry (scope_type, updated_at DESC, state_key DESC)
        WHERE deleted = 0 AND scope_type IS NOT NULL;
",
];
