// SOFT_DELETE_DEFAULT: gone from every read, and the key is free.

import assert from 'node:assert/strict';
import { conversation, userMessage } from './messages.ts';
import { listed, messagesOf, refuses, until, type Fact } from './scene.ts';

export const softDelete: Record<string, Fact> = {
  'SOFT_DELETE_DEFAULT: a deleted thread is gone from every read, and its neighbours stay': async ({ store, address }) => {
    const neighbour = { ...address, stateKey: 'neighbour' };
    for (const each of [address, neighbour]) await store.appendMessages({ ...each, messages: conversation(2) });
    for (const each of [address, neighbour]) await listed(store, each);
    await store.softDelete(address);
    assert.deepEqual(await messagesOf(store, address), []);
    await until('the thread leaves the list', async () => {
      const { threads } = await store.listThreads({ owner: address.owner });
      return threads.some((row) => row.stateKey === address.stateKey) ? undefined : true;
    });
    assert.deepEqual(await messagesOf(store, neighbour), conversation(2));
    assert.equal((await listed(store, neighbour)).messageCount, 2);
  },

  'SOFT_DELETE_DEFAULT: deleting twice, or what was never there, is no error': async ({ store, address }) => {
    await store.softDelete(address);
    await store.appendMessages({ ...address, messages: conversation(1) });
    await store.softDelete(address);
    await store.softDelete(address);
    assert.deepEqual(await messagesOf(store, address), []);
  },

  'SOFT_DELETE_DEFAULT: the key starts a fresh thread, with nothing of the old one': async ({ store, address }) => {
    await store.saveThread({ ...address, messages: conversation(4), metadata: { old: true }, expectedMessageCount: 0 });
    await store.softDelete(address);
    await refuses('thread_conflict', store.saveThread({ ...address, messages: conversation(5), expectedMessageCount: 4 }));
    const fresh = [userMessage('fresh', 'A fresh start')];
    const saved = await store.saveThread({ ...address, messages: fresh, metadata: { fresh: true }, expectedMessageCount: 0 });
    assert.equal(saved.messageCount, 1);
    assert.deepEqual(await messagesOf(store, address), fresh);
    const row = await listed(store, address, (row) => row.title === 'A fresh start');
    assert.deepEqual([row.messageCount, row.metadata], [1, { fresh: true }]);
    const { threads } = await store.listThreads({ owner: address.owner });
    assert.equal(threads.length, 1);
  },

  'SOFT_DELETE_DEFAULT: deleted and begun again several times, a key is still one thread': async ({ store, address }) => {
    for (const round of [1, 2, 3]) {
      await store.appendMessages({ ...address, messages: [userMessage(`r${round}`, `round ${round}`)] });
      assert.deepEqual(await messagesOf(store, address), [userMessage(`r${round}`, `round ${round}`)]);
      await store.softDelete(address);
      assert.deepEqual(await messagesOf(store, address), []);
    }
  },

  'SOFT_DELETE_DEFAULT: a full thread that is deleted makes room': async ({ store, address, maxMessages }) => {
    await store.saveThread({ ...address, messages: conversation(maxMessages), expectedMessageCount: 0 });
    await store.softDelete(address);
    assert.equal((await store.appendMessages({ ...address, messages: conversation(2) })).messageCount, 2);
  },
};
