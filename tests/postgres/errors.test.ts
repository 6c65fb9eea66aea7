// What goes wrong below the store comes out as a typed error, without a word of anybody's conversation.

import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { Cache } from 'drizzle-orm/cache/core';
import { drizzle } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import { ThreadLimitError, ThreadkeepError } from '../../pkg/dist/index.js';
import { aiThreads, asOwner, createPostgresStore, DatabaseError } from '../../pkg/dist/postgres/index.js';
import { toThreadkeepError } from '../../pkg/dist/postgres/database-error.js';
import { nodePostgres, pglite, postgresJs } from './support/drivers.ts';
import { conversation, idsOf, userMessage } from './support/messages.ts';
import { freePort } from './support/server.ts';
import { Stand } from './support/stand.ts';

const SECRET = 'the words of a conversation';

const stand = await Stand.open();
const inside = await pglite();
after(() => inside.close());
const drivers = { 'node-postgres': () => nodePostgres(stand.url()), 'postgres.js': () => postgresJs(stand.url()), PGlite: () => inside };
const write = { owner: 'alice', stateKey: 'a-thread', messages: [userMessage('u', SECRET)], metadata: { SECRET }, idempotencyKey: SECRET };

for (const [driver, open] of Object.entries(drivers)) {
  test(`${driver}: an error of the database is internal, and its cause tells where and not what`, async () => {
    const opened = open();
    const run = (text: string) => (driver === 'PGlite' ? inside.run(text) : stand.sql(text));
    await run(`ALTER TABLE ai_threads ADD CONSTRAINT no_words CHECK (messages::text NOT LIKE '%words%')`);
    const error = await failureOf(stand.store(driver === 'PGlite' ? { ...opened, close: async () => {} } : opened).appendMessages(write));
    await run('ALTER TABLE ai_threads DROP CONSTRAINT no_words');
    assert.equal(error.code, 'internal');
    assert.ok(error.cause instanceof DatabaseError);
    assert.deepEqual([error.cause.code, error.cause.constraint], ['23514', 'no_words']);
    assertSilent(error);
  });
}

test('a table that is not there is internal', async () => {
  await stand.sql('ALTER TABLE ai_threads RENAME TO elsewhere');
  const error = await failureOf(stand.store().loadThread(write));
  await stand.sql('ALTER TABLE elsewhere RENAME TO ai_threads');
  assert.deepEqual([error.code, (error.cause as DatabaseError).code], ['internal', '42P01']);
});

test('a role without rights is internal, and says so in its cause', async () => {
  const store = stand.store();
  await stand.sql('REVOKE INSERT ON ai_threads FROM threadkeep_app');
  const error = await failureOf(store.appendMessages({ ...write, stateKey: 'no-rights' }));
  await stand.sql('GRANT INSERT ON ai_threads TO threadkeep_app');
  assert.deepEqual([error.code, (error.cause as DatabaseError).code], ['internal', '42501']);
  assertSilent(error);
});

test('a server that is not there is upstream_unavailable', async () => {
  const nowhere = stand.server.url(stand.database, 'threadkeep_app', await freePort());
  for (const opened of [nodePostgres(nowhere), postgresJs(nowhere)]) {
    const error = await failureOf(stand.store(opened).appendMessages(write));
    assert.deepEqual([error.code, (error.cause as DatabaseError).code], ['upstream_unavailable', 'ECONNREFUSED']);
    assertSilent(error);
  }
});

test('a statement that a timeout of the app ends is upstream_unavailable, and nothing is written', async () => {
  const address = { owner: 'alice', stateKey: 'slow' };
  const opened = nodePostgres(`${stand.url()}?options=-c%20lock_timeout%3D50`);
  const store = stand.store();
  await store.appendMessages({ ...address, messages: conversation(1) });
  const holder = new pg.Client({ connectionString: stand.url('postgres') });
  await holder.connect();
  await holder.query('BEGIN; LOCK TABLE ai_threads');
  const error = await failureOf(stand.store(opened).appendMessages({ ...address, messages: [userMessage('late', SECRET)] }));
  await holder.end();
  assert.deepEqual([error.code, (error.cause as DatabaseError).code], ['upstream_unavailable', '55P03']);
  assert.deepEqual(await idsOf(store, address), ['m0']);
});

// A sequence counts on when a transaction is taken back.
const TAKES_BACK = `
  CREATE SEQUENCE tries; GRANT USAGE ON tries TO PUBLIC;
  CREATE FUNCTION take_back() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF nextval('tries') <= TG_ARGV[0]::int THEN RAISE EXCEPTION USING ERRCODE = TG_ARGV[1]; END IF;
    RETURN NEW;
  END $$;`;

test('what PostgreSQL takes back for the sake of another transaction is run again, once', async () => {
  await stand.sql(TAKES_BACK);
  const store = stand.store();
  for (const code of ['40001', '40P01']) {
    for (const [times, count] of [[1, 1], [2, undefined]] as const) {
      await stand.sql(`ALTER SEQUENCE tries RESTART; CREATE TRIGGER taken BEFORE INSERT ON ai_threads FOR EACH ROW EXECUTE FUNCTION take_back(${times}, '${code}')`);
      const append = { ...write, stateKey: `taken-back-${code}-${times}` };
      const written = store.appendMessages(append);
      if (count !== undefined) assert.equal((await written).messageCount, count);
      else assert.deepEqual(codesOf(await failureOf(written)), ['upstream_unavailable', code]);
      await stand.sql('DROP TRIGGER taken ON ai_threads');
      assert.equal((await store.loadThread(append)).messages.length, count ?? 0);
    }
  }
});

test('what another time may mend is upstream_unavailable, and a mistake in code is not', () => {
  const codes = ['40001', '40P01', '25006', '08006', '57P01', 'ENOENT', 'EHOSTDOWN', 'ENETDOWN', 'ECONNRESET', 'CONNECTION_ENDED'];
  for (const code of codes) assert.deepEqual(codesOf(toThreadkeepError(Object.assign(new Error(SECRET), { code }))), ['upstream_unavailable', code]);
  assert.equal(toThreadkeepError(new Error('Connection terminated unexpectedly')).code, 'upstream_unavailable');
  for (const mistake of [new TypeError(SECRET), new RangeError(SECRET), new SyntaxError(SECRET), new ReferenceError(SECRET)]) {
    const error = toThreadkeepError(new Error('wrapped', { cause: mistake }));
    assert.deepEqual(codesOf(error), ['internal', mistake.name]);
    assertSilent(error);
  }
  const unanswered = new TypeError('fetch failed', { cause: Object.assign(new Error(), { code: 'ECONNREFUSED' }) });
  assert.equal(toThreadkeepError(unanswered).code, 'upstream_unavailable');
});

for (const [driver, open] of Object.entries(drivers)) {
  test(`${driver}: asOwner gives the caller's own error back, and takes back what they wrote`, async () => {
    const { db } = open();
    for (const own of [new Error('mine'), new TypeError('mine'), Object.assign(new Error('mine'), { code: 'ECONNREFUSED' }), new ThreadkeepError('thread_busy'), 'mine']) {
      const failed = asOwner(db, 'olga', async (tx) => {
        await tx.insert(aiThreads).values({ ownerUserId: 'olga', stateKey: 'mine' });
        throw own;
      });
      assert.equal(await failed.then(() => assert.fail('no failure'), (error: unknown) => error), own);
    }
    assert.deepEqual(await asOwner(db, 'olga', (tx) => tx.select().from(aiThreads)), []);
    const ofDatabase = await failureOf(asOwner(db, 'olga', (tx) => tx.execute('SELECT 1/0')));
    assert.deepEqual(codesOf(ofDatabase), ['internal', '22012']);
  });
}

test('asOwner refuses an owner that is none', async () => {
  for (const owner of ['', 'a\u0000b', 'x'.repeat(257), undefined as unknown as string]) {
    await assert.rejects(asOwner(inside.db, owner, async () => assert.fail('run')), { code: 'invalid_request' });
  }
});

test('what does not fit into a jsonb is a thread that is full', () => {
  const error = toThreadkeepError(new Error('wrapped', { cause: Object.assign(new Error(SECRET), { code: '54000' }) }));
  assert.ok(error instanceof ThreadLimitError);
  assertSilent(error);
});

test('whatever a driver throws, its words stay behind', () => {
  const ring: { cause?: unknown; message: string } = { message: SECRET };
  ring.cause = ring;
  for (const thrown of [SECRET, undefined, null, 7, ring, { code: SECRET }, Object.assign(new Error(SECRET), { code: '23505', detail: SECRET, constraint: SECRET })]) {
    assertSilent(toThreadkeepError(thrown));
  }
});

test('a cache that the app has given to Drizzle neither answers a load nor takes the place of a lock', async () => {
  const pool = new pg.Pool({ connectionString: stand.url() });
  const cache = new Everything();
  const store = createPostgresStore({ db: drizzle({ client: pool, cache }) });
  const elsewhere = stand.store();
  const address = { owner: 'alice', stateKey: 'cached' };
  for (let n = 0; n < 3; n += 1) {
    await elsewhere.appendMessages({ ...address, messages: [userMessage(`theirs-${n}`, 'x')] });
    await store.appendMessages({ ...address, messages: [userMessage(`ours-${n}`, 'x')], expectedMessageCount: 2 * n + 1 });
    assert.equal((await idsOf(store, address)).length, 2 * n + 2);
    const { threads } = await store.listThreads({ owner: 'alice' });
    assert.equal(threads.find(({ stateKey }) => stateKey === 'cached')?.messageCount, 2 * n + 2);
  }
  assert.equal(cache.answers, 0);
  await pool.end();
});

test('a limit that is none is refused when the store is made', () => {
  for (const maxMessages of [0, -1, 1.5, Number.NaN]) assert.throws(() => createPostgresStore({ ...inside, maxMessages }), RangeError);
});

/** A cache that keeps every result for ever, as an app might have one. */
class Everything extends Cache {
  answers = 0;
  readonly #kept = new Map<string, unknown[]>();
  override strategy = () => 'all' as const;
  override async get(key: string) {
    const kept = this.#kept.get(key);
    if (kept) this.answers += 1;
    return kept as never[] | undefined;
  }
  override async put(key: string, result: unknown) {
    this.#kept.set(key, result as unknown[]);
  }
  override async onMutate() {}
}

async function failureOf(call: Promise<unknown>): Promise<ThreadkeepError> {
  const error = await call.then(() => assert.fail('no failure'), (error: unknown) => error);
  assert.ok(error instanceof ThreadkeepError, inspect(error));
  return error;
}

function codesOf(error: ThreadkeepError): [string, string | undefined] {
  return [error.code, (error.cause as DatabaseError).code];
}

function assertSilent(error: unknown): void {
  const all = inspect(error, { depth: Infinity, showHidden: true });
  assert.equal(all.includes(SECRET), false, all);
}
