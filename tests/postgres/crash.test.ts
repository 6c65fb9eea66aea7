// What is acknowledged is there, whatever happens to PostgreSQL between a load and a save, or in the middle of one.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import type pg from 'pg';
import { ThreadkeepError, type ThreadPersistencePort } from '../../pkg/dist/index.js';
import { until, within } from '../worker/support/until.ts';
import { nodePostgres, postgresJs } from './support/drivers.ts';
import { conversation, idsOf, userMessage } from './support/messages.ts';
import { Session } from './support/session.ts';
import { Stand } from './support/stand.ts';

const LIMIT = { timeout: 300_000 };

const stand = await Stand.open();
const stores = { 'node-postgres': stand.store(nodePostgres(stand.url(), 4)), 'postgres.js': stand.store(postgresJs(stand.url(), 4)) };

const DISASTERS: Record<string, () => Promise<void>> = {
  'kill -9 of a backend': async () => {
    const [backend] = await stand.sql<{ pid: number }>(`SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() LIMIT 1`);
    await killed(backend!.pid);
  },
  'an immediate shutdown': async () => {
    await stand.server.shutDownImmediately();
    await stand.server.restart();
  },
};

for (const [driver, store] of Object.entries(stores)) {
  for (const [what, disaster] of Object.entries(DISASTERS)) {
    test(`${driver}: ${what} between load and save loses nothing acknowledged, and the save is taken`, LIMIT, async () => {
      const address = { owner: 'alice', stateKey: crypto.randomUUID() };
      await store.saveThread({ ...address, messages: conversation(4), expectedMessageCount: 0 });
      const loaded = await store.loadThread(address);
      const bystander = await Session.open(stand.url());
      await disaster();
      await bystander.close();
      const save = { ...address, messages: [...loaded.messages, userMessage('after', 'after')], expectedMessageCount: 4 };
      const saved = await untilAnswered(() => store.saveThread(save));
      assert.equal(saved.messageCount, 5);
      assert.deepEqual(await idsOf(store, address), ['m0', 'm1', 'm2', 'm3', 'after']);
    });
  }
}

// A connection that dies in the middle of a write is more than postgres.js 3.4.9 survives: it throws where nobody can
// catch it (porsager/postgres#1208). Nothing acknowledged is lost by that, but no test can go on in its process.
const onNodePostgres = stores['node-postgres'];

test('node-postgres: kill -9 of the very backend that saves: nothing of the save is there, all before it is', LIMIT, async () => {
  const address = { owner: 'alice', stateKey: crypto.randomUUID() };
  await onNodePostgres.saveThread({ ...address, messages: conversation(2), expectedMessageCount: 0 });
  const save = { ...address, messages: conversation(4), expectedMessageCount: 2 };
  await brokenOff(address.stateKey, () => onNodePostgres.saveThread(save), killed);
  assert.deepEqual(await untilAnswered(() => idsOf(onNodePostgres, address)), ['m0', 'm1']);
  assert.equal((await onNodePostgres.saveThread(save)).messageCount, 4);
});

test('node-postgres: an immediate shutdown in the middle of a save: nothing of it is there, all before it is', LIMIT, async () => {
  const address = { owner: 'alice', stateKey: crypto.randomUUID() };
  await onNodePostgres.saveThread({ ...address, messages: conversation(2), expectedMessageCount: 0 });
  const save = { ...address, messages: conversation(4), expectedMessageCount: 2 };
  await brokenOff(address.stateKey, () => onNodePostgres.saveThread(save), async () => {
    await stand.server.shutDownImmediately();
    await stand.server.restart();
  });
  assert.deepEqual(await untilAnswered(() => idsOf(onNodePostgres, address)), ['m0', 'm1']);
  assert.equal((await onNodePostgres.saveThread(save)).messageCount, 4);
});

test('node-postgres: writers that repeat what was not answered, through one disaster after the other, write each message once', LIMIT, async () => {
  const address = { owner: 'alice', stateKey: crypto.randomUUID() };
  const acknowledged: string[] = [];
  let over = false;
  const writers = [0, 1, 2, 3].map(async (writer) => {
    for (let n = 0; !over && n < 40; n += 1) {
      const id = `${writer}-${n}`;
      await untilAnswered(() => onNodePostgres.appendMessages({ ...address, messages: [userMessage(id, id)], idempotencyKey: id }));
      acknowledged.push(id);
    }
  });
  for (const disaster of [...Object.values(DISASTERS), ...Object.values(DISASTERS)]) {
    const before = acknowledged.length;
    await until('some more are acknowledged', () => acknowledged.length >= Math.min(before + 8, 160));
    await disaster();
  }
  over = true;
  await Promise.all(writers);
  assert.deepEqual((await idsOf(onNodePostgres, address)).sort(), acknowledged.sort());
});

// Drizzle alone hands such a connection back never: a pool of one would wait for it for ever.
test('node-postgres: a connection that died since it was last used costs one call, and gives its place back', LIMIT, async () => {
  const address = { owner: 'alice', stateKey: crypto.randomUUID() };
  const { store, backend } = await poolOfOne();
  const dying = killed(backend);
  // In the same turn: the driver cannot have heard of it.
  await assert.rejects(store.loadThread(address), { code: 'upstream_unavailable' });
  await dying;
  assert.deepEqual(await within('a connection', untilAnswered(() => idsOf(store, address))), []);
});

test('node-postgres: a connection that does not answer in time costs one call, and gives its place back', LIMIT, async () => {
  const address = { owner: 'alice', stateKey: crypto.randomUUID() };
  const { store, backend } = await poolOfOne({ query_timeout: 500 });
  process.kill(backend, 'SIGSTOP');
  await assert.rejects(store.loadThread(address), { code: 'upstream_unavailable' });
  assert.deepEqual(await within('a connection', untilAnswered(() => idsOf(store, address))), []);
  process.kill(backend, 'SIGCONT');
});

/** A store whose pool has one connection, and the backend of that. */
async function poolOfOne(settings: pg.PoolConfig = {}): Promise<{ store: ThreadPersistencePort; backend: number }> {
  const name = crypto.randomUUID();
  const store = stand.store(nodePostgres(stand.url(), 1, { ...settings, application_name: name }));
  await store.loadThread({ owner: 'alice', stateKey: name });
  const [row] = await stand.sql<{ pid: number }>('SELECT pid FROM pg_stat_activity WHERE application_name = $1', [name]);
  return { store, backend: row!.pid };
}

/** Kills a backend, and waits until the server has noticed and restarted all others. */
async function killed(backend: number): Promise<void> {
  const deaths = () => stand.server.output.split('was terminated by signal 9').length;
  const before = deaths();
  stand.server.kill9(backend);
  await until('PostgreSQL has noticed', () => deaths() > before);
  await stand.server.answers();
}

/** Lets a write wait for a lock in its transaction, ends its backend, and wants the write refused for that. */
async function brokenOff(stateKey: string, write: () => Promise<unknown>, end: (backend: number) => Promise<void>): Promise<void> {
  const other = await Session.begin(stand.url(), 'alice');
  await other.run('SELECT FROM ai_threads WHERE state_key = $1 FOR UPDATE', [stateKey]);
  const refused = assert.rejects(write(), { code: 'upstream_unavailable' });
  const backend = await until('the write waits', async () => (await stand.waiting())[0]);
  await end(backend);
  await refused;
  await other.close();
}

/** Repeats a call until the database answers it: for as long as it comes up, a pool gives out dead connections. */
async function untilAnswered<Answer>(call: () => Promise<Answer>): Promise<Answer> {
  const answer = await until('an answer', async () => {
    try {
      return { value: await call() };
    } catch (error) {
      assert.ok(error instanceof ThreadkeepError && error.code === 'upstream_unavailable', String(error));
      return undefined;
    }
  }, 60_000);
  return answer.value;
}
