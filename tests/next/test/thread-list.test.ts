// The adapters for assistant-ui on the real worker, called as assistant-ui calls them.

import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { createThreadHistoryAdapter, createThreadListAdapter } from 'threadkeep/react';
import { createWorkerStore } from 'threadkeep/worker-store';
import { SERVICE_TOKEN, JWT_SECRET, userMessage, userToken } from '../../worker/support/client.ts';
import { Worker } from '../../worker/harness.ts';

const worker = await Worker.start({ SERVICE_TOKEN, AUTH_JWT_SECRET: JWT_SECRET });
after(() => worker.discard());

const store = createWorkerStore({ url: worker.url, serviceToken: SERVICE_TOKEN });

/** A user at a page, with both adapters; each call is another page. */
function page(user: string) {
  const at = { url: worker.url, token: () => userToken(user) };
  const list = createThreadListAdapter(at);
  return {
    list,
    /** A turn on the thread, and what assistant-ui does at its end. */
    async talk(stateKey: string) {
      await begin(user, stateKey, 'A question');
      await createThreadHistoryAdapter(at, () => stateKey).withFormat({}).append();
    },
  };
}

async function begin(owner: string, stateKey: string, words: string) {
  await store.appendMessages({ owner, stateKey, messages: [userMessage(crypto.randomUUID(), words)] });
}

test('a thread is renamed, archived, taken back and given data of the app, and each leaves the others alone', async () => {
  const { list } = page('ann');
  await begin('ann', 'a', 'A question');
  await list.rename('a', 'Another title');
  await list.archive('a');
  await list.updateCustom('a', { color: 'red' });
  const { lastMessageAt, ...thread } = await list.fetch('a');
  assert.deepEqual(thread, { status: 'archived', remoteId: 'a', title: 'Another title', custom: { color: 'red' } });
  assert.ok(lastMessageAt instanceof Date);
  await list.unarchive('a');
  assert.deepEqual((await list.list()).threads.map(({ status, custom }) => ({ status, custom })), [{ status: 'regular', custom: { color: 'red' } }]);
  await list.updateCustom('a', undefined);
  assert.equal((await list.fetch('a')).custom, undefined);
});

test('two pages that change one thread do not undo each other', async () => {
  const [one, other] = [page('bob').list, page('bob').list];
  await begin('bob', 'b', 'A question');
  await Promise.all([one.list(), other.list()]);
  await one.updateCustom('b', { color: 'red' });
  await other.archive('b');
  const { status, custom } = await one.fetch('b');
  assert.deepEqual({ status, custom }, { status: 'archived', custom: { color: 'red' } });
  await Promise.all([one.unarchive('b'), one.updateCustom('b', { color: 'blue' })]);
  const after = await other.fetch('b');
  assert.deepEqual([after.status, after.custom], ['regular', { color: 'blue' }]);
});

test('what a thread is given before its first message is written behind it', async () => {
  const { list, talk } = page('cleo');
  const { remoteId } = await list.initialize('local', { custom: { color: 'red' } });
  await list.updateCustom(remoteId, { color: 'blue' });
  await list.rename(remoteId, 'A draft');
  await list.archive(remoteId);
  assert.deepEqual(await list.fetch(remoteId), { status: 'archived', remoteId, title: 'A draft', custom: { color: 'blue' } });
  assert.deepEqual((await list.list()).threads, []);
  await talk(remoteId);
  const { status, title, custom } = await page('cleo').list.fetch(remoteId);
  assert.deepEqual({ status, title, custom }, { status: 'archived', title: 'A draft', custom: { color: 'blue' } });
});

test('the data that a thread is begun with needs no other change', async () => {
  const { list, talk } = page('dora');
  const { remoteId } = await list.initialize('local', { custom: { color: 'red' } });
  await talk(remoteId);
  assert.deepEqual((await page('dora').list.fetch(remoteId)).custom, { color: 'red' });
});

test('a change of a thread that nobody began is refused', async () => {
  await assert.rejects(page('eve').list.archive('none'), { code: 'not_found' });
  assert.deepEqual(await page('eve').list.fetch('none'), { status: 'regular', remoteId: 'none' });
});

test('a list has pages, and a thread of the second one is found and changed', async () => {
  const { list } = page('finn');
  await begin('finn', 'oldest', 'The oldest');
  for (let at = 0; at < 50; at += 1) await begin('finn', `t${at}`, 'A question');
  const first = await list.list();
  assert.equal(first.threads.length, 50);
  const second = await list.list({ after: first.nextCursor });
  assert.deepEqual(second.threads.map(({ remoteId, title }) => ({ remoteId, title })), [{ remoteId: 'oldest', title: 'The oldest' }]);
  assert.equal(second.nextCursor, undefined);
  assert.equal((await list.fetch('oldest')).title, 'The oldest');
  await list.archive('oldest');
  assert.equal((await list.fetch('oldest')).status, 'archived');
});
