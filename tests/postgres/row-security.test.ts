// TENANT_SCOPED in the database itself: what a role sees and writes, whatever the app's code does.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { APP_ROLE, OWNER_ROLE } from './support/database.ts';
import { nodePostgres, postgresJs } from './support/drivers.ts';
import { conversation, idsOf, userMessage } from './support/messages.ts';
import { Session } from './support/session.ts';
import { Stand } from './support/stand.ts';

const stand = await Stand.open();
const store = stand.store();
const INSERT = `INSERT INTO ai_threads (owner_user_id, state_key) VALUES ($1, 'by-hand')`;
const REFUSED = { code: '42501' };

for (const [role, name] of [[APP_ROLE, 'the role of the app'], [OWNER_ROLE, 'the owner of the table']] as const) {
  test(`${name} without the setting sees nothing and writes nothing`, async () => {
    await store.appendMessages({ owner: 'alice', stateKey: `unset-${role}`, messages: conversation(2) });
    const session = await Session.open(stand.url(role));
    assert.deepEqual((await session.run('SELECT * FROM ai_threads')).rows, []);
    assert.equal((await session.run(`UPDATE ai_threads SET title = 'x'`)).rowCount, 0);
    if (role === OWNER_ROLE) assert.equal((await session.run('DELETE FROM ai_threads')).rowCount, 0);
    for (const owner of ['alice', 'mallory', '']) await assert.rejects(session.run(INSERT, [owner]), REFUSED);
    await session.close();
    assert.equal((await idsOf(store, { owner: 'alice', stateKey: `unset-${role}` })).length, 2);
  });

  test(`${name} with the setting of another owner sees and writes nothing of a thread`, async () => {
    await store.appendMessages({ owner: 'alice', stateKey: `other-${role}`, messages: conversation(2) });
    const session = await Session.begin(stand.url(role), 'bob');
    assert.deepEqual((await session.run('SELECT * FROM ai_threads')).rows, []);
    assert.equal((await session.run(`UPDATE ai_threads SET deleted_at = now()`)).rowCount, 0);
    await assert.rejects(session.run(INSERT, ['alice']), REFUSED);
    await session.close();
    assert.equal((await idsOf(store, { owner: 'alice', stateKey: `other-${role}` })).length, 2);
  });
}

test('an owner can neither give a row away nor take the empty name', async () => {
  const bob = await Session.begin(stand.url(), 'bob');
  await bob.run(INSERT, ['bob']);
  await assert.rejects(bob.run(`UPDATE ai_threads SET owner_user_id = 'alice'`), REFUSED);
  await bob.close();
  // After a transaction that had it, the setting is not unset but empty.
  const nobody = await Session.begin(stand.url(), '');
  await assert.rejects(nobody.run(INSERT, ['']), { code: '23514', constraint: 'ai_threads_owner_named' });
  await nobody.close();
});

test('the setting ends with each call, also with one that was refused: a pooled connection carries it to nobody', async () => {
  for (const opened of [nodePostgres(stand.url(), 1), postgresJs(stand.url(), 1)]) {
    const one = stand.store(opened);
    const left = () => opened.db.transaction(async (tx) => tx.execute(`SELECT current_setting('app.current_user_id', true) AS left, count(*)::int AS seen FROM ai_threads`));
    const rowsOf = (result: unknown) => [...((result as { rows?: unknown[] }).rows ?? (result as unknown[]))];
    const address = { owner: 'carol', stateKey: 'pooled' };
    const calls = [
      () => one.appendMessages({ ...address, messages: conversation(1) }),
      () => one.loadThread(address),
      () => one.listThreads({ owner: 'carol' }),
      () => one.saveThread({ ...address, messages: conversation(2), expectedMessageCount: 7 }),
      () => one.softDelete(address),
    ];
    for (const call of calls) {
      await call().catch((error: { code?: string }) => assert.equal(error.code, 'thread_conflict'));
      assert.deepEqual(rowsOf(await left()), [{ left: '', seen: 0 }]);
    }
  }
});

test('no text that a caller brings is read as SQL', async () => {
  const before = await stand.sql('SELECT rolname FROM pg_roles ORDER BY rolname');
  const texts = [
    `'; DROP TABLE ai_threads; --`,
    `x', true); SET ROLE ${OWNER_ROLE}; --`,
    `x', false), set_config('app.current_user_id', 'alice`,
    `alice' OR '1'='1`,
    `$1`,
    `\\'; DELETE FROM ai_threads; --`,
    `%`,
    `x'::text || (SELECT 1/0)::text || '`,
  ];
  await store.appendMessages({ owner: 'alice', stateKey: 'target', messages: conversation(1) });
  for (const opened of [nodePostgres(stand.url()), postgresJs(stand.url())]) {
    const each = stand.store(opened);
    for (const [n, text] of texts.entries()) {
      const address = { owner: text, stateKey: `inject-${n}-${crypto.randomUUID()}` };
      const append = { ...address, messages: [userMessage(text, text)], metadata: { [text]: text }, idempotencyKey: text };
      await each.appendMessages(append);
      assert.equal((await each.appendMessages(append)).messageCount, 1, 'the key is found again');
      assert.deepEqual((await each.loadThread(address)).messages, append.messages);
      const { threads } = await each.listThreads({ owner: text, limit: 100 });
      assert.deepEqual(threads.find(({ stateKey }) => stateKey === address.stateKey)?.metadata, append.metadata);
      assert.ok(threads.every(({ stateKey }) => stateKey !== 'target'));
      await assert.rejects(each.listThreads({ owner: 'alice', cursor: text }), { code: 'invalid_request' });
      await assert.rejects(each.loadThread({ owner: 'alice', stateKey: text }), { code: 'invalid_state_key' });
      await each.softDelete(address);
    }
  }
  assert.deepEqual(await idsOf(store, { owner: 'alice', stateKey: 'target' }), ['m0']);
  assert.deepEqual(await stand.sql('SELECT rolname FROM pg_roles ORDER BY rolname'), before);
});

test('a role that is above row-level security is still asked for one owner at a time', async () => {
  const above = stand.store(nodePostgres(stand.url('postgres')));
  const shared = { stateKey: 'above' };
  for (const owner of ['dave', 'erin']) await above.appendMessages({ ...shared, owner, messages: [userMessage(owner, owner)] });
  assert.deepEqual(await idsOf(above, { ...shared, owner: 'dave' }), ['dave']);
  assert.equal((await above.listThreads({ owner: 'dave' })).threads.length, 1);
  await above.softDelete({ ...shared, owner: 'dave' });
  assert.deepEqual(await idsOf(above, { ...shared, owner: 'erin' }), ['erin']);
});

test('what is deleted long ago can be purged by a role that is above row-level security, and by no other', async () => {
  await store.appendMessages({ owner: 'frank', stateKey: 'old', messages: conversation(1) });
  await store.softDelete({ owner: 'frank', stateKey: 'old' });
  await stand.sql(`UPDATE ai_threads SET deleted_at = now() - interval '31 days' WHERE state_key = 'old'`);
  const purge = `DELETE FROM ai_threads WHERE deleted_at < now() - interval '30 days'`;
  const app = await Session.open(stand.url(OWNER_ROLE));
  assert.equal((await app.run(purge)).rowCount, 0);
  await app.close();
  await stand.sql(purge);
  assert.deepEqual(await stand.sql(`SELECT FROM ai_threads WHERE state_key = 'old'`), []);
});
