// The migration: on nothing, on what is there, twice, and several at once; and the Drizzle schema that goes with it.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core';
import { aiThreads, createPostgresStore } from '../../pkg/dist/postgres/index.js';
import { migrate } from '../../pkg/dist/postgres/migrate.js';
import { grant, makeDatabase, makeEmptyDatabase, migrateDatabase, OWNER_ROLE } from './support/database.ts';
import { postgresJs } from './support/drivers.ts';
import { conversation, idsOf, userMessage } from './support/messages.ts';
import { Session } from './support/session.ts';
import { Stand } from './support/stand.ts';

const MIGRATIONS = resolve(import.meta.dirname, '../../pkg/migrations');

const stand = await Stand.open();
const { server } = stand;

test('by psql from the plain file, and by the package, the result is the same', async () => {
  const byHand = await makeEmptyDatabase(server);
  const psql = join(process.env['POSTGRES_BIN'] ?? '/usr/bin', 'psql');
  for (const file of readdirSync(MIGRATIONS).sort()) {
    const options = ['--single-transaction', '--set', 'ON_ERROR_STOP=1', '--file', join(MIGRATIONS, file), server.url(byHand, OWNER_ROLE)];
    await promisify(execFile)(psql, options);
  }
  assert.deepEqual(await shapeOf(byHand), await shapeOf(stand.database));
});

test('a second time it changes nothing, and no thread is touched', async () => {
  const before = await shapeOf(stand.database);
  await stand.store().appendMessages({ owner: 'alice', stateKey: 'kept', messages: conversation(3), metadata: { kept: true }, idempotencyKey: 'k' });
  const rows = await stand.sql('SELECT * FROM ai_threads');
  await migrateDatabase(server, stand.database);
  assert.deepEqual(await shapeOf(stand.database), before);
  assert.deepEqual(await stand.sql('SELECT * FROM ai_threads'), rows);
});

test('several servers that migrate at once all succeed', async () => {
  const name = await makeEmptyDatabase(server);
  const pools = Array.from({ length: 6 }, () => postgresJs(server.url(name, OWNER_ROLE), 1));
  await Promise.all(pools.map(({ db }) => migrate(db)));
  await Promise.all(pools.map(({ close }) => close()));
  assert.deepEqual(await shapeOf(name), await shapeOf(stand.database));
});

test('a table of an earlier make keeps its threads, gets their titles, and lets a deleted key begin anew', async () => {
  const name = await makeEmptyDatabase(server);
  await server.sql(name, EARLIER_MAKE);
  const rows = [
    ['titled', [userMessage('u', 'first words')], { title: ` A\n name ${'x'.repeat(200)}` }],
    ['nameless', [userMessage('u', 'first words')], { title: { no: 'text' } }],
    ['blank', [userMessage('u', 'first words')], { title: ' \n' }],
    ['asked', [{ id: 'a', role: 'assistant', parts: [{ type: 'text', text: 'Hi' }] }, userMessage('u', ` What is\n the ${'x'.repeat(200)}`)], null],
    ['mute', [], null],
    ['gone', [userMessage('old', 'old')], null],
  ] as const;
  for (const [key, messages, metadata] of rows) {
    await server.sql(name, 'INSERT INTO ai_threads (owner_user_id, state_key, messages, metadata, deleted_at) VALUES ($1, $2, $3, $4, $5)', [
      'alice', key, JSON.stringify(messages), metadata, key === 'gone' ? new Date() : null,
    ]);
  }
  for (let times = 0; times < 2; times += 1) await migrateDatabase(server, name);
  await grant(server, name);
  assert.deepEqual(await shapeOf(name), await shapeOf(stand.database));

  const opened = postgresJs(server.url(name, 'threadkeep_app'));
  const store = createPostgresStore(opened);
  const { threads } = await store.listThreads({ owner: 'alice' });
  const told = Object.fromEntries(threads.map(({ stateKey, title, messageCount }) => [stateKey, [title, messageCount]]));
  assert.deepEqual(told, { titled: [`A name ${'x'.repeat(93)}`, 1], nameless: ['first words', 1], blank: ['first words', 1], asked: [`What is the ${'x'.repeat(88)}`, 2], mute: [undefined, 0] });
  assert.deepEqual(await idsOf(store, { owner: 'alice', stateKey: 'asked' }), ['a', 'u']);
  await store.appendMessages({ owner: 'alice', stateKey: 'gone', messages: [userMessage('new', 'new')] });
  assert.deepEqual(await idsOf(store, { owner: 'alice', stateKey: 'gone' }), ['new']);
  await opened.close();
});

test('a second time it waits for nobody, and nobody for it', async () => {
  const reader = await Session.begin(stand.url(), 'alice');
  await reader.run('SELECT FROM ai_threads');
  const writer = await Session.begin(stand.url(), 'alice');
  await writer.run(`INSERT INTO ai_threads (owner_user_id, state_key) VALUES ('alice', 'open')`);
  const impatient = postgresJs(`${server.url(stand.database, OWNER_ROLE)}?options=-c%20lock_timeout%3D2s`, 1);
  await migrate(impatient.db);
  await Promise.all([impatient.close(), reader.close(), writer.close()]);
});

test('beside a policy that lets others see the rows it refuses to go on, and names it', async () => {
  const name = await makeEmptyDatabase(server);
  await server.sql(name, `${EARLIER_MAKE} CREATE POLICY "Everybody reads" ON ai_threads FOR SELECT USING (true); CREATE POLICY known ON ai_threads USING (false);`);
  const error = await migrateDatabase(server, name).then(() => assert.fail('not refused'), (error: Error) => error);
  assert.match((error.cause as Error).message, /: "Everybody reads", known$/);
  await server.sql(name, 'DROP POLICY "Everybody reads" ON ai_threads; DROP POLICY known ON ai_threads; CREATE POLICY less ON ai_threads AS RESTRICTIVE USING (true)');
  await migrateDatabase(server, name);
});

test('a policy of our name that lets others see the rows is made anew', async () => {
  const own = 'owner_user_id = current_setting(\'app.current_user_id\', true)';
  for (const policy of ['USING (true)', `USING (${own})`, `USING (${own}) WITH CHECK (true)`, `FOR SELECT USING (${own})`, `TO ${OWNER_ROLE} USING (${own}) WITH CHECK (${own})`]) {
    const name = await makeDatabase(server);
    await server.sql(name, `DROP POLICY ai_threads_owner ON ai_threads; CREATE POLICY ai_threads_owner ON ai_threads ${policy}`);
    await migrateDatabase(server, name);
    assert.deepEqual(await shapeOf(name), await shapeOf(stand.database), policy);
  }
});

test('a migration that fails leaves everything as it was', async () => {
  const name = await makeEmptyDatabase(server);
  await server.sql(name, EARLIER_MAKE);
  await server.sql(name, `INSERT INTO ai_threads (owner_user_id, state_key, messages) VALUES ('alice', 'odd', '{"no": "array"}')`);
  const before = await shapeOf(name);
  await assert.rejects(migrateDatabase(server, name));
  assert.deepEqual(await shapeOf(name), before);
});

test('row-level security is enabled and forced, by one policy for reads and writes', async () => {
  const [table] = await stand.sql(`SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = 'ai_threads'::regclass`);
  assert.deepEqual(table, { relrowsecurity: true, relforcerowsecurity: true });
  const own = `(owner_user_id = current_setting('app.current_user_id'::text, true))`;
  const policies = await stand.sql(`SELECT policyname, cmd, permissive, roles::text, qual, with_check FROM pg_policies WHERE tablename = 'ai_threads'`);
  assert.deepEqual(policies, [{ policyname: 'ai_threads_owner', cmd: 'ALL', permissive: 'PERMISSIVE', roles: '{public}', qual: own, with_check: own }]);
});

test('the Drizzle schema has the columns, indexes, policy and check of the table', async () => {
  const table = getTableConfig(/* of the package's own Drizzle */ aiThreads as unknown as PgTable);
  const columns = await stand.sql<{ name: string; type: string; nullable: boolean }>(`
    SELECT attname AS name, format_type(atttypid, atttypmod) AS type, NOT attnotnull AS nullable
    FROM pg_attribute WHERE attrelid = 'ai_threads'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attname`);
  const known = table.columns.map((column) => ({ name: column.name, type: column.getSQLType(), nullable: !column.notNull }));
  assert.deepEqual(known.sort((a, b) => (a.name < b.name ? -1 : 1)), columns);
  const indexes = await stand.sql<{ name: string }>(`SELECT indexname AS name FROM pg_indexes WHERE tablename = 'ai_threads' AND indexname <> 'ai_threads_pkey' ORDER BY 1`);
  assert.deepEqual(table.indexes.map((index) => index.config.name).sort(), indexes.map(({ name }) => name));
  assert.deepEqual([table.policies.map(({ name }) => name), table.checks.map(({ name }) => name)], [['ai_threads_owner'], ['ai_threads_owner_named']]);
});

test('the list and a load are answered from indexes', async () => {
  const name = await makeDatabase(server);
  await server.sql(name, `INSERT INTO ai_threads (owner_user_id, state_key) SELECT 'owner-' || n % 5, 'key-' || n FROM generate_series(1, 5000) AS n`);
  await server.sql(name, 'ANALYZE ai_threads');
  const plan = async (query: string) => JSON.stringify(await server.sql(name, `EXPLAIN ${query}`));
  const list = await plan(`SELECT title FROM ai_threads WHERE owner_user_id = 'owner-2' AND deleted_at IS NULL ORDER BY updated_at DESC, id DESC LIMIT 51`);
  assert.match(list, /ai_threads_recency/);
  assert.doesNotMatch(list, /Sort/);
  assert.match(await plan(`SELECT messages FROM ai_threads WHERE owner_user_id = 'owner-2' AND state_key = 'key-2' AND deleted_at IS NULL`), /ai_threads_live/);
});

/** As somebody may have it who stored threads in PostgreSQL before: one row per key for ever. */
const EARLIER_MAKE = `
  SET ROLE ${OWNER_ROLE};
  CREATE TABLE ai_threads (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    owner_user_id text NOT NULL,
    state_key text NOT NULL,
    messages jsonb NOT NULL DEFAULT '[]',
    metadata jsonb,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    CONSTRAINT one_per_key UNIQUE (owner_user_id, state_key)
  );
  ALTER TABLE ai_threads ADD COLUMN message_count integer DEFAULT 7;
  ALTER TABLE ai_threads ENABLE ROW LEVEL SECURITY;
  ALTER TABLE ai_threads FORCE ROW LEVEL SECURITY;
  CREATE POLICY ai_threads_owner ON ai_threads USING (true);`;

/** What a database says of the table: columns, indexes, constraints, policies. */
async function shapeOf(name: string): Promise<unknown> {
  const [shape] = await server.sql(name, `SELECT
    (SELECT json_agg(row(column_name, data_type, is_nullable, column_default, generation_expression) ORDER BY column_name) FROM information_schema.columns WHERE table_name = 'ai_threads') AS columns,
    (SELECT json_agg(indexdef ORDER BY indexdef) FROM pg_indexes WHERE tablename = 'ai_threads') AS indexes,
    (SELECT json_agg(row(conname, pg_get_constraintdef(oid)) ORDER BY conname) FROM pg_constraint WHERE conrelid = 'ai_threads'::regclass) AS constraints,
    (SELECT json_agg(row(policyname, permissive, roles::text, cmd, qual, with_check)) FROM pg_policies WHERE tablename = 'ai_threads') AS policies,
    (SELECT row(relrowsecurity, relforcerowsecurity)::text FROM pg_class WHERE oid = 'ai_threads'::regclass) AS security`);
  return shape;
}
