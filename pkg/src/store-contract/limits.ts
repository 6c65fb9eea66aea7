// MAX_THREAD_MESSAGES: what would pass the limit is refused whole.

import assert from 'node:assert/strict';
import { conversation, userMessage } from './messages.ts';
import { listed, messagesOf, refuses, type Fact } from './scene.ts';

export const limits: Record<string, Fact> = {
  'MAX_THREAD_MESSAGES: a thread can be filled to its limit, and the message beyond is refused with nothing written': async ({ store, address, maxMessages }) => {
    const full = await store.saveThread({ ...address, messages: conversation(maxMessages), expectedMessageCount: 0 });
    assert.equal(full.messageCount, maxMessages);
    const before = await listed(store, address, (row) => row.messageCount === maxMessages);
    await refuses('thread_full', store.appendMessages({ ...address, messages: [userMessage('beyond', 'beyond')] }));
    await refuses('thread_full', store.saveThread({ ...address, messages: conversation(maxMessages + 1), expectedMessageCount: maxMessages }));
    assert.deepEqual(await messagesOf(store, address), conversation(maxMessages));
    assert.deepEqual(await listed(store, address), before);
  },

  'MAX_THREAD_MESSAGES: a write that would pass the limit half-way is refused whole': async ({ store, address, maxMessages }) => {
    await store.saveThread({ ...address, messages: conversation(maxMessages - 1), expectedMessageCount: 0 });
    await refuses('thread_full', store.appendMessages({ ...address, messages: [userMessage('fits', 'fits'), userMessage('beyond', 'beyond')] }));
    await refuses('thread_full', store.saveThread({ ...address, messages: conversation(maxMessages + 1), expectedMessageCount: maxMessages - 1 }));
    assert.equal((await messagesOf(store, address)).length, maxMessages - 1);
    const fits = await store.appendMessages({ ...address, messages: [userMessage('fits', 'fits')] });
    assert.equal(fits.messageCount, maxMessages);
  },

  'MAX_THREAD_MESSAGES: a first save beyond the limit leaves no thread behind': async ({ store, address, maxMessages }) => {
    await refuses('thread_full', store.saveThread({ ...address, messages: conversation(maxMessages + 1), expectedMessageCount: 0 }));
    assert.deepEqual(await messagesOf(store, address), []);
    assert.deepEqual((await store.listThreads({ owner: address.owner })).threads, []);
  },

  'MAX_THREAD_MESSAGES: an append that must keep room for others is refused when they would not fit': async ({ store, address, maxMessages }) => {
    await store.saveThread({ ...address, messages: conversation(maxMessages - 2), expectedMessageCount: 0 });
    await refuses('thread_full', store.appendMessages({ ...address, messages: [userMessage('new', 'new')], reserve: 2 }));
    await refuses('thread_full', store.appendMessages({ ...address, messages: [], reserve: 3 }));
    assert.equal((await messagesOf(store, address)).length, maxMessages - 2);
    assert.equal((await store.appendMessages({ ...address, messages: [], reserve: 2 })).messageCount, maxMessages - 2);
    assert.equal((await store.appendMessages({ ...address, messages: [userMessage('new', 'new')], reserve: 1 })).messageCount, maxMessages - 1);
  },

  'MAX_THREAD_MESSAGES: concurrent appends stop exactly at the limit': async (scene) => {
    const { store, address, maxMessages } = scene;
    await store.saveThread({ ...address, messages: conversation(maxMessages - 4), expectedMessageCount: 0 });
    const writers = await Promise.all(Array.from({ length: 8 }, scene.open));
    const results = await Promise.allSettled(writers.map((writer, n) => writer.appendMessages({ ...address, messages: [userMessage(`w${n}`, 'me')] })));
    const refused = results.filter((result) => result.status === 'rejected');
    for (const { reason } of refused) assert.equal((reason as { code?: unknown }).code, 'thread_full');
    assert.equal(refused.length, 4);
    assert.equal((await messagesOf(store, address)).length, maxMessages);
  },
};
