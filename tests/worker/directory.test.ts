// The list of an owner's threads: an index that may lag, and never lies for good.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { text } from './support/ai-event.ts';
import { userMessage, type ErrorBody, type ThreadEntry } from './support/client.ts';
import { Scene } from './support/scene.ts';
import { until } from './support/until.ts';

const scene = await Scene.open();

test('the list holds the newest thread first, and a thread moves up when it is used again', async () => {
  const carol = await scene.user('carol');
  const keys = ['one', 'two', 'three'].map((name) => scene.key(name));
  for (const key of keys) {
    await scene.talk(carol, key, `About ${key}`, text('ok'));
    await carol.listed(key, (entry) => entry.messageCount === 2);
  }
  assert.deepEqual(await listedKeys(carol), keys.toReversed());
  await scene.talk(carol, keys[0]!, 'Once more', text('ok'));
  await carol.listed(keys[0]!, (entry) => entry.messageCount === 4);
  assert.deepEqual(await listedKeys(carol), [keys[0], keys[2], keys[1]]);
});

test('an entry tells title, time and count', async () => {
  const dave = await scene.user('dave');
  const key = scene.key('entry');
  const begun = Date.now();
  await scene.talk(dave, key, `${'A rather long first question '.repeat(8)}`, text('ok'));
  const entry = await dave.listed(key, (entry) => entry.messageCount === 2);
  assert.equal(entry.title, 'A rather long first question '.repeat(8).slice(0, 100).trimEnd());
  assert.equal(new Date(entry.updatedAt).toISOString(), entry.updatedAt);
  assert.ok(Date.parse(entry.updatedAt) >= begun - 5_000 && Date.parse(entry.updatedAt) <= Date.now() + 5_000);
});

test('PATCH sets title and metadata, which stay when the thread goes on', async () => {
  const erin = await scene.user('erin');
  const key = scene.key('patched');
  await scene.talk(erin, key, 'First question', text('ok'));
  const before = (await erin.thread(key)).body.revision;
  const patched = await erin.patch(key, { title: 'My own title', metadata: { pinned: true, tags: ['a'] } });
  assert.equal(patched.status, 200, patched.text);
  const body = patched.body as { stateKey: string; title: string; metadata: unknown; revision: number };
  assert.deepEqual([body.stateKey, body.title, body.metadata], [key, 'My own title', { pinned: true, tags: ['a'] }]);
  assert.ok(body.revision > before);
  await scene.talk(erin, key, 'Second question', text('ok'));
  const entry = await erin.listed(key, (entry) => entry.messageCount === 4);
  assert.equal(entry.title, 'My own title');
  assert.deepEqual(entry.metadata, { pinned: true, tags: ['a'] });
  const titleOnly = await erin.patch(key, { title: 'Another' });
  assert.equal(titleOnly.status, 200);
  const again = await erin.listed(key, (entry) => entry.title === 'Another');
  assert.deepEqual(again.metadata, { pinned: true, tags: ['a'] });
});

test('a cursor pages through all threads, each once, also while new ones come', async () => {
  const frank = await scene.user('frank');
  const backend = scene.service('frank');
  const keys = Array.from({ length: 12 }, (_, n) => scene.key(`page-${n}`));
  await Promise.all(keys.map((key) => backend.append(key, [userMessage(key, `thread ${key}`)])));
  for (const key of keys) await frank.listed(key);

  const seen: string[] = [];
  let cursor: string | undefined;
  let pages = 0;
  do {
    const page = await frank.list(`?limit=5${cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`}`);
    assert.equal(page.status, 200, page.text);
    seen.push(...page.body.threads.map((entry) => entry.stateKey));
    cursor = page.body.nextCursor;
    pages += 1;
    const late = scene.key('late');
    await backend.append(late, [userMessage(late, 'a newcomer')]);
    await frank.listed(late);
  } while (cursor !== undefined && pages < 10);
  assert.equal(pages, 3);
  assert.deepEqual(seen.toSorted(), keys.toSorted());
});

test('threads of one and the same moment are all paged, none twice', async () => {
  const gina = await scene.user('gina');
  const backend = scene.service('gina');
  const keys = Array.from({ length: 10 }, (_, n) => scene.key(`tie-${n}`));
  await Promise.all(keys.map((key) => backend.append(key, [userMessage(key, key)])));
  for (const key of keys) await gina.listed(key);
  const seen: string[] = [];
  for (let query: string | undefined = '?limit=1'; query !== undefined;) {
    const { body } = await gina.list(query);
    seen.push(...body.threads.map((entry) => entry.stateKey));
    query = body.nextCursor === undefined ? undefined : `?limit=1&cursor=${encodeURIComponent(body.nextCursor)}`;
  }
  assert.deepEqual(seen.toSorted(), keys.toSorted());
});

test('the last page has no cursor, an owner without threads an empty list', async () => {
  const henry = await scene.user('henry');
  assert.deepEqual((await henry.list()).body, { threads: [] });
  const key = scene.key('only');
  await scene.service('henry').append(key, [userMessage('u', 'only one')]);
  await henry.listed(key);
  for (const query of ['?limit=1', '?limit=100', '']) assert.equal((await henry.list(query)).body.nextCursor, undefined);
});

test('limits and cursors that make no sense are refused', async () => {
  const ivy = await scene.user('ivy');
  for (const query of ['?limit=0', '?limit=101', '?limit=-1', '?limit=many', '?limit=1.5', '?cursor=rubbish', '?cursor=1.', '?cursor=%00']) {
    const answer = await ivy.ask<ErrorBody>('GET', `/api/v1/ai/threads${query}`);
    assert.deepEqual([answer.status, answer.body.error?.code], [400, 'invalid_request'], query);
  }
});

test('the index never lies for good: appends acknowledged right before kill -9 are counted after the restart', async () => {
  const judy = await scene.user('judy');
  const backend = scene.service('judy');
  const keys = Array.from({ length: 8 }, (_, n) => scene.key(`killed-${n}`));
  await Promise.all(keys.map((key) => backend.append(key, [userMessage(`${key}-1`, `about ${key}`), userMessage(`${key}-2`, 'more')])));
  await scene.worker.kill9();
  await scene.worker.restart();
  // The threads themselves are not asked: their own outbox must bring the index up to date.
  for (const key of keys) {
    const entry = await judy.listed(key, (entry) => entry.messageCount === 2, 90_000);
    assert.equal(entry.title, `about ${key}`);
  }
});

test('the index never lies for good: a deletion right before kill -9 is gone from the list after the restart', async () => {
  const kim = await scene.user('kim');
  const backend = scene.service('kim');
  const key = scene.key('deleted');
  await backend.append(key, [userMessage('u', 'short life')]);
  await kim.listed(key);
  assert.equal((await kim.remove(key)).status, 200);
  await scene.worker.kill9();
  await scene.worker.restart();
  await until('the deleted thread leaves the list', async () => (await kim.list()).body.threads.length === 0, 90_000);
});

test('the index agrees with the threads after a busy time', async () => {
  const lea = await scene.user('lea');
  const backend = scene.service('lea');
  const keys = Array.from({ length: 5 }, (_, n) => scene.key(`busy-${n}`));
  await Promise.all(
    keys.flatMap((key) => Array.from({ length: 8 }, (_, n) => backend.append(key, [userMessage(`${key}-${n}`, `message ${n}`)]))),
  );
  for (const key of keys) await lea.listed(key, (entry) => entry.messageCount === 8);
  const entries = (await lea.list()).body.threads;
  assert.deepEqual(newestFirst(entries), entries);
});

async function listedKeys(client: { list(query?: string): Promise<{ body: { threads: ThreadEntry[] } }> }): Promise<string[]> {
  return (await client.list('?limit=100')).body.threads.map((entry) => entry.stateKey);
}

function newestFirst(entries: ThreadEntry[]): ThreadEntry[] {
  return entries.toSorted((a, b) => Date.parse(b.updatedAt) - Date.parse(a.updatedAt));
}
