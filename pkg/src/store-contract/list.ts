// The list of an owner's threads.

import assert from 'node:assert/strict';
import type { ThreadPersistencePort, ThreadSummary } from '../port.ts';
import { assistantMessage, conversation, userMessage } from './messages.ts';
import { listed, until, type Fact } from './scene.ts';

export const list: Record<string, Fact> = {
  'an owner without threads has an empty list': async ({ store, address }) => {
    assert.deepEqual(await store.listThreads({ owner: address.owner }), { threads: [] });
  },

  'a row tells title, count, time and metadata': async ({ store, address }) => {
    const messages = [assistantMessage('a0', 'Welcome'), userMessage('u1', '  What is\n\tthe capital of France? ')];
    await store.saveThread({ ...address, messages, metadata: { pinned: true, tags: ['a'] }, expectedMessageCount: 0 });
    const { updatedAt, ...row } = await listed(store, address);
    assert.deepEqual(row, { stateKey: address.stateKey, title: 'What is the capital of France?', messageCount: 2, metadata: { pinned: true, tags: ['a'] } });
    assert.equal(new Date(updatedAt).toISOString(), updatedAt);
    const hourMs = 3_600_000;
    assert.ok(Math.abs(Date.parse(updatedAt) - Date.now()) < hourMs, 'the time is about now');
  },

  'a title is at most 100 characters, and a thread without user text has none': async ({ store, address }) => {
    const long = 'é'.repeat(300);
    await store.appendMessages({ ...address, messages: [userMessage('u', long)] });
    assert.equal((await listed(store, address)).title, long.slice(0, 100));
    const untitled = { ...address, stateKey: 'untitled' };
    await store.appendMessages({ ...untitled, messages: [assistantMessage('a', 'Hello'), userMessage('u', ' ')] });
    assert.equal((await listed(store, untitled)).title, undefined);
    await store.appendMessages({ ...untitled, messages: [userMessage('u2', 'Now a question')] });
    assert.equal((await listed(store, untitled, (row) => row.messageCount === 3)).title, 'Now a question');
  },

  'a title in the metadata that a thread begins with is its title, before the first user text': async ({ store, address }) => {
    const messages = [userMessage('u1', 'What is the capital of France?')];
    const titles = { saved: 'Capitals', long: 'é'.repeat(300) };
    await store.saveThread({ ...address, stateKey: 'saved', messages, metadata: { title: titles.saved }, expectedMessageCount: 0 });
    await store.appendMessages({ ...address, stateKey: 'long', messages, metadata: { title: titles.long } });
    await store.appendMessages({ ...address, stateKey: 'no-text', messages, metadata: { title: { text: 'no text' } } });
    const told = async (stateKey: string) => (await listed(store, { ...address, stateKey })).title;
    assert.deepEqual([await told('saved'), await told('long')], [titles.saved, titles.long.slice(0, 100)]);
    assert.equal(await told('no-text'), 'What is the capital of France?');
    assert.deepEqual((await listed(store, { ...address, stateKey: 'saved' })).metadata, { title: titles.saved });
  },

  'title and metadata stay as the thread began': async ({ store, address }) => {
    await store.appendMessages({ ...address, messages: [userMessage('u1', 'First')], metadata: { n: 1 } });
    await store.saveThread({ ...address, messages: [userMessage('u1', 'First'), userMessage('u2', 'Second')], metadata: { n: 2 }, expectedMessageCount: 1 });
    await store.appendMessages({ ...address, messages: [userMessage('u3', 'Third')], metadata: { n: 3 } });
    const row = await listed(store, address, (row) => row.messageCount === 3);
    assert.deepEqual([row.title, row.metadata], ['First', { n: 1 }]);
  },

  'the newest thread is first, and a thread moves up when it is written to': async ({ store, address }) => {
    const { owner } = address;
    for (const stateKey of ['one', 'two', 'three']) await writeLast(store, owner, stateKey);
    assert.deepEqual(keysOf((await store.listThreads({ owner })).threads), ['three', 'two', 'one']);
    await writeLast(store, owner, 'one');
    assert.deepEqual(keysOf((await store.listThreads({ owner })).threads), ['one', 'three', 'two']);
  },

  'a cursor pages through all threads, each once and newest first, whatever the size of a page': async ({ store, address }) => {
    const { owner } = address;
    const keys = Array.from({ length: 7 }, (_, n) => `page-${n}`);
    // At once, so that some are of one and the same moment.
    await Promise.all(keys.map((stateKey) => store.appendMessages({ owner, stateKey, messages: conversation(1) })));
    for (const stateKey of keys) await listed(store, { owner, stateKey });
    for (const limit of [1, 2, 3, 7, 100]) {
      const pages = await pagesOf(store, owner, limit);
      for (const page of pages.slice(0, -1)) assert.equal(page.length, limit);
      const rows = pages.flat();
      assert.deepEqual(keysOf(rows).sort(), keys, `limit ${limit}`);
      assert.deepEqual(rows.map((row) => row.updatedAt), rows.map((row) => row.updatedAt).sort().reverse());
    }
  },

  'the last page has no cursor': async ({ store, address }) => {
    const { owner } = address;
    for (const stateKey of ['one', 'two']) {
      await store.appendMessages({ owner, stateKey, messages: conversation(1) });
      await listed(store, { owner, stateKey });
    }
    for (const limit of [2, 3, 100]) assert.equal('nextCursor' in (await store.listThreads({ owner, limit })), false);
    const first = await store.listThreads({ owner, limit: 1 });
    assert.ok(first.nextCursor);
    assert.equal('nextCursor' in (await store.listThreads({ owner, limit: 1, cursor: first.nextCursor })), false);
  },

  'threads that come while one pages neither hide nor repeat the others': async ({ store, address }) => {
    const { owner } = address;
    for (const stateKey of ['one', 'two', 'three']) await writeLast(store, owner, stateKey);
    const first = await store.listThreads({ owner, limit: 2 });
    await writeLast(store, owner, 'newcomer');
    const second = await store.listThreads({ owner, limit: 2, cursor: first.nextCursor! });
    assert.deepEqual([keysOf(first.threads), keysOf(second.threads)], [['three', 'two'], ['one']]);
  },

  'a page has 50 threads when nobody says how many': async ({ store, address }) => {
    const { owner } = address;
    const keys = Array.from({ length: 51 }, (_, n) => `thread-${n}`);
    await Promise.all(keys.map((stateKey) => store.appendMessages({ owner, stateKey, messages: conversation(1) })));
    await until('all threads in the list', async () => ((await store.listThreads({ owner, limit: 100 })).threads.length === 51 ? true : undefined));
    const page = await store.listThreads({ owner });
    assert.equal(page.threads.length, 50);
    assert.ok(page.nextCursor);
  },
};

/** Writes to a thread until the list has it alone in front: a clock may not have moved on since the write before. */
async function writeLast(store: ThreadPersistencePort, owner: string, stateKey: string): Promise<void> {
  await until(`${stateKey} is the newest thread`, async () => {
    const { messageCount } = await store.appendMessages({ owner, stateKey, messages: [userMessage(globalThis.crypto.randomUUID(), 'on')] });
    const written = await listed(store, { owner, stateKey }, (row) => row.messageCount >= messageCount);
    const { threads } = await store.listThreads({ owner, limit: 100 });
    return threads.every((row) => row.stateKey === stateKey || row.updatedAt < written.updatedAt) ? true : undefined;
  });
}

async function pagesOf(store: ThreadPersistencePort, owner: string, limit: number): Promise<ThreadSummary[][]> {
  const pages: ThreadSummary[][] = [];
  let cursor: string | undefined;
  do {
    const page = await store.listThreads({ owner, limit, ...(cursor === undefined ? {} : { cursor }) });
    pages.push(page.threads);
    cursor = page.nextCursor;
    assert.ok(pages.length < 100, 'paging does not end');
  } while (cursor !== undefined);
  return pages;
}

function keysOf(rows: readonly ThreadSummary[]): string[] {
  return rows.map((row) => row.stateKey);
}
