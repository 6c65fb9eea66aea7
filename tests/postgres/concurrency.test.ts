// SERIALIZED_APPENDS on real connections: many at once lose nothing, and who must wait waits.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { ThreadConflictError, type ThreadPersistencePort } from '../../pkg/dist/index.js';
import { until } from '../worker/support/until.ts';
import { APP_ROLE } from './support/database.ts';
import { nodePostgres, postgresJs } from './support/drivers.ts';
import { conversation, idsOf, userMessage } from './support/messages.ts';
import { Pooler } from './support/pooler.ts';
import { Session } from './support/session.ts';
import { Stand } from './support/stand.ts';

const SAVERS = 50;
/** Messages of each. Of savers only one: each save makes all others of that moment load anew. */
const APPENDS = 3;
const SAVES = 1;

const stand = await Stand.open();
const store = stand.store();

/** As many stores as savers, each with a connection of its own, of both drivers. */
const everybody = Array.from({ length: SAVERS }, (_, n) => stand.store((n % 2 === 0 ? nodePostgres : postgresJs)(stand.url(), 1)));

test(`${SAVERS} concurrent savers on one thread, who load, add and save anew after a conflict, lose nothing`, { timeout: 300_000 }, async () => {
  await eachWrites('savers', everybody, SAVES, saveUntilTaken);
});

test(`${SAVERS} concurrent appenders on one thread lose nothing`, { timeout: 300_000 }, async () => {
  await eachWrites('appenders', everybody, APPENDS, append);
});

test(`${SAVERS} concurrent savers and appenders on one thread, behind a pooler with few connections, lose nothing`, { timeout: 300_000 }, async () => {
  const pooler = await Pooler.start(stand.server, stand.database);
  const url = stand.server.url(stand.database, APP_ROLE, pooler.port);
  const pooled = Array.from({ length: SAVERS }, (_, n) => stand.store((n % 2 === 0 ? nodePostgres : postgresJs)(url, 1)));
  await eachWrites('pooled', pooled, SAVES, (writer, ...rest) => (pooled.indexOf(writer) % 4 < 2 ? append : saveUntilTaken)(writer, ...rest));
  await pooler.stop();
});

test('appends lose nothing on a database whose transactions are serializable by default', { timeout: 300_000 }, async () => {
  await stand.sql(`ALTER DATABASE ${stand.database} SET default_transaction_isolation = 'serializable'`);
  const strict = Array.from({ length: 8 }, (_, n) => stand.store((n % 2 === 0 ? nodePostgres : postgresJs)(stand.url(), 1)));
  await eachWrites('strict', strict, APPENDS, append);
  await stand.sql(`ALTER DATABASE ${stand.database} RESET default_transaction_isolation`);
});

test('a save waits for whoever has the row, and then sees what they wrote', async () => {
  const address = { owner: 'alice', stateKey: 'waits' };
  await store.appendMessages({ ...address, messages: conversation(1) });
  const other = await holding(`UPDATE ai_threads SET messages = messages || $1::jsonb WHERE state_key = 'waits'`, [JSON.stringify([userMessage('theirs', 'theirs')])]);
  const save = store.saveThread({ ...address, messages: [...conversation(1), userMessage('mine', 'mine')], expectedMessageCount: 1 });
  const conflict = assert.rejects(save, { code: 'thread_conflict' });
  await until('the save waits', async () => (await stand.waiting()).length === 1);
  await other.run('COMMIT');
  await conflict;
  await other.close();
  assert.deepEqual(await idsOf(store, address), ['m0', 'theirs']);
});

test('a load does not wait for whoever has the row', async () => {
  const address = { owner: 'alice', stateKey: 'reads' };
  await store.appendMessages({ ...address, messages: conversation(1) });
  const other = await holding(`SELECT FROM ai_threads WHERE state_key = 'reads' FOR UPDATE`);
  assert.deepEqual(await idsOf(store, address), ['m0']);
  assert.ok((await store.listThreads({ owner: 'alice' })).threads.length > 0);
  await other.close();
});

test('two first appends race into one row', async () => {
  const address = { owner: 'alice', stateKey: 'first-append' };
  const { other, answer } = await racing('first-append', () => store.appendMessages({ ...address, messages: [userMessage('second', 'second')] }));
  await other.run('COMMIT');
  assert.equal((await answer).messageCount, 2);
  assert.deepEqual(await idsOf(store, address), ['first', 'second']);
  await oneRow('first-append');
  await other.close();
});

test('two first saves race into one row: the later one is told of the conflict', async () => {
  const address = { owner: 'alice', stateKey: 'first-save' };
  const save = () => store.saveThread({ ...address, messages: [userMessage('second', 'second')], expectedMessageCount: 0 });
  const { other, answer } = await racing('first-save', save);
  const conflict = assert.rejects(answer, ThreadConflictError);
  await other.run('COMMIT');
  await conflict;
  assert.deepEqual(await idsOf(store, address), ['first']);
  await oneRow('first-save');
  await other.close();
});

test('a first save that waited for one that was taken back creates the thread', async () => {
  const address = { owner: 'alice', stateKey: 'taken-back' };
  const save = () => store.saveThread({ ...address, messages: [userMessage('second', 'second')], expectedMessageCount: 0 });
  const { other, answer } = await racing('taken-back', save);
  await other.run('ROLLBACK');
  assert.equal((await answer).messageCount, 1);
  assert.deepEqual(await idsOf(store, address), ['second']);
  await other.close();
});

type Write = (writer: ThreadPersistencePort, address: { owner: string; stateKey: string }, id: string) => Promise<void>;

const append: Write = async (writer, address, id) => {
  await writer.appendMessages({ ...address, messages: [userMessage(id, id)] });
};

const saveUntilTaken: Write = async (writer, address, id) => {
  for (;;) {
    const { messages } = await writer.loadThread(address);
    const save = { ...address, messages: [...messages, userMessage(id, id)], expectedMessageCount: messages.length };
    const taken = await writer.saveThread(save).catch((error: unknown) => {
      if (!(error instanceof ThreadConflictError)) throw error;
    });
    if (taken) return;
  }
};

/** Every writer writes some messages one after the other: all are there in one row, and each one's in order. */
async function eachWrites(stateKey: string, writers: readonly ThreadPersistencePort[], count: number, write: Write): Promise<void> {
  const address = { owner: 'alice', stateKey };
  const rounds = Array.from({ length: count }, (_, round) => round);
  await Promise.all(
    writers.map(async (writer, n) => {
      for (const round of rounds) await write(writer, address, `${n}-${round}`);
    }),
  );
  const ids = await idsOf(store, address);
  assert.equal(ids.length, writers.length * count);
  for (const n of writers.keys()) assert.deepEqual(ids.filter((id) => id.startsWith(`${n}-`)), rounds.map((round) => `${n}-${round}`));
  await oneRow(stateKey);
}

/** Another session of alice's that has done this and not committed. */
async function holding(text: string, values: unknown[] = []): Promise<Session> {
  const other = await Session.begin(stand.url(), 'alice');
  await other.run(text, values);
  return other;
}

/** A first write that waits for another which has created the thread and not committed. */
async function racing<Answer>(stateKey: string, write: () => Promise<Answer>): Promise<{ other: Session; answer: Promise<Answer> }> {
  const created = [JSON.stringify([userMessage('first', 'first')]), stateKey];
  const other = await holding(`INSERT INTO ai_threads (owner_user_id, messages, state_key) VALUES ('alice', $1, $2)`, created);
  const answer = write();
  answer.catch(() => {});
  await until('the second first write waits', async () => (await stand.waiting()).length === 1);
  return { other, answer };
}

async function oneRow(stateKey: string): Promise<void> {
  assert.equal((await stand.sql('SELECT FROM ai_threads WHERE state_key = $1', [stateKey])).length, 1);
}
