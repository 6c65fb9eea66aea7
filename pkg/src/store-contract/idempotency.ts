// The same append twice, as a server makes it that got no answer to the first.

import assert from 'node:assert/strict';
import { conversation, idsOf, userMessage } from './messages.ts';
import { messagesOf, refuses, type Fact } from './scene.ts';

export const idempotency: Record<string, Fact> = {
  'an append repeated under its idempotency key is stored once, also when all come at once': async (scene) => {
    const { store, address } = scene;
    const append = { ...address, messages: conversation(2), idempotencyKey: 'key-1' };
    const writers = await Promise.all(Array.from({ length: 6 }, scene.open));
    const answers = await Promise.all(writers.map((writer) => writer.appendMessages(append)));
    for (const answer of answers) assert.equal(answer.messageCount, 2);
    assert.deepEqual(await messagesOf(store, address), conversation(2));
  },

  'a repeated append is answered although the thread has moved on and is full by now': async ({ store, address, maxMessages }) => {
    const append = { ...address, messages: conversation(1), idempotencyKey: 'key-1', expectedMessageCount: 0, reserve: 1 };
    await store.appendMessages(append);
    await store.saveThread({ ...address, messages: conversation(maxMessages), expectedMessageCount: 1 });
    const again = await store.appendMessages(append);
    assert.equal(again.messageCount, maxMessages);
    assert.equal((await messagesOf(store, address)).length, maxMessages);
  },

  'an idempotency key with other messages is refused and writes nothing': async ({ store, address }) => {
    await store.appendMessages({ ...address, messages: conversation(2), idempotencyKey: 'key-1' });
    for (const messages of [conversation(1), conversation(3), [userMessage('other', 'other')]]) {
      await refuses('idempotency_mismatch', store.appendMessages({ ...address, messages, idempotencyKey: 'key-1' }));
    }
    assert.deepEqual(await messagesOf(store, address), conversation(2));
  },

  'other idempotency keys, and appends without one, are appends of their own': async ({ store, address }) => {
    for (const [id, key] of [['a', 'key-1'], ['b', 'key-2'], ['c', 'KEY-1']] as const) {
      await store.appendMessages({ ...address, messages: [userMessage(id, 'the same words')], idempotencyKey: key });
    }
    for (const id of ['d', 'e']) await store.appendMessages({ ...address, messages: [userMessage(id, 'the same words')] });
    assert.deepEqual(idsOf(await messagesOf(store, address)), ['a', 'b', 'c', 'd', 'e']);
  },

  'an idempotency key is of one thread': async ({ store, address, newOwner }) => {
    const append = { messages: conversation(1), idempotencyKey: 'key-1' };
    const others = [{ ...address, stateKey: 'another-thread' }, { ...address, owner: newOwner() }];
    for (const each of [address, ...others]) await store.appendMessages({ ...each, ...append });
    for (const each of [address, ...others]) assert.deepEqual(await messagesOf(store, each), conversation(1));
  },

  'an idempotency key does not bind the thread that follows a deleted one': async ({ store, address }) => {
    await store.appendMessages({ ...address, messages: conversation(1), idempotencyKey: 'key-1' });
    await store.softDelete(address);
    const fresh = [userMessage('fresh', 'fresh')];
    assert.equal((await store.appendMessages({ ...address, messages: fresh, idempotencyKey: 'key-1' })).messageCount, 1);
    assert.deepEqual(await messagesOf(store, address), fresh);
  },
};
