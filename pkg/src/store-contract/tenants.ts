// TENANT_SCOPED: the owner is part of every thread's name.

import assert from 'node:assert/strict';
import { conversation, userMessage } from './messages.ts';
import { listed, messagesOf, refuses, type Fact } from './scene.ts';

export const tenants: Record<string, Fact> = {
  'TENANT_SCOPED: another owner sees nothing of a thread, and what they do to its key does nothing to it': async ({ store, address, newOwner }) => {
    await store.saveThread({ ...address, messages: conversation(2), expectedMessageCount: 0 });
    await listed(store, address);
    const other = { ...address, owner: newOwner() };
    assert.deepEqual(await messagesOf(store, other), []);
    assert.deepEqual(await store.listThreads({ owner: other.owner }), { threads: [] });
    await refuses('thread_conflict', store.saveThread({ ...other, messages: conversation(3), expectedMessageCount: 2 }));
    await store.softDelete(other);
    await store.saveThread({ ...other, messages: [userMessage('theirs', 'theirs')], expectedMessageCount: 0 });
    await store.appendMessages({ ...other, messages: [userMessage('more', 'more')] });
    assert.deepEqual(await messagesOf(store, address), conversation(2));
    assert.equal((await listed(store, address)).messageCount, 2);
    await store.softDelete(other);
    assert.deepEqual(await messagesOf(store, address), conversation(2));
  },

  'TENANT_SCOPED: owners whose names look alike, or like a path or a query, are apart': async ({ store, address, newOwner }) => {
    const owner = newOwner();
    const owners = [owner, owner.toUpperCase(), `${owner}%20`, `${owner}/../x`, `${owner}:${address.stateKey}`, `${owner}'; --`, `${owner}"\\`, `${owner}%`, `${owner}_`, `${owner}|1,2`];
    for (const [n, each] of owners.entries()) {
      await store.appendMessages({ owner: each, stateKey: address.stateKey, messages: [userMessage(`u${n}`, `of owner ${n}`)] });
    }
    for (const [n, each] of owners.entries()) {
      assert.deepEqual(await messagesOf(store, { owner: each, stateKey: address.stateKey }), [userMessage(`u${n}`, `of owner ${n}`)]);
      assert.equal((await listed(store, { owner: each, stateKey: address.stateKey })).title, `of owner ${n}`);
    }
  },

  'TENANT_SCOPED: an owner may have any letters, and spaces at either end': async ({ store, address, newOwner }) => {
    const owner = newOwner();
    const owners = [owner, ` ${owner}`, `${owner} `, `${owner} zoë`, `${owner} zoe\u0308`, `${owner} 漢字🦀`];
    for (const [n, each] of owners.entries()) {
      await store.appendMessages({ owner: each, stateKey: address.stateKey, messages: [userMessage(`u${n}`, `of owner ${n}`)] });
    }
    for (const [n, each] of owners.entries()) {
      assert.deepEqual(await messagesOf(store, { owner: each, stateKey: address.stateKey }), [userMessage(`u${n}`, `of owner ${n}`)]);
    }
  },

  'TENANT_SCOPED: concurrent calls for several owners do not mix': async (scene) => {
    const owners = Array.from({ length: 10 }, scene.newOwner);
    await Promise.all(
      owners.map(async (owner) => {
        const store = await scene.open();
        const address = { owner, stateKey: 'shared-key' };
        await store.appendMessages({ ...address, messages: [userMessage('u', `of ${owner}`)] });
        assert.deepEqual(await messagesOf(store, address), [userMessage('u', `of ${owner}`)]);
        assert.deepEqual((await listed(store, address)).messageCount, 1);
        assert.equal((await store.listThreads({ owner })).threads.length, 1);
      }),
    );
  },
};
