// Arguments that make no sense are refused by a typed error, whole, and cost nothing.

import assert from 'node:assert/strict';
import type { UIMessage } from 'ai';
import { conversation, userMessage } from './messages.ts';
import { messagesOf, refuses, type Fact } from './scene.ts';

export const input: Record<string, Fact> = {
  'a stateKey that is none is refused by every call': async ({ store, address: { owner } }) => {
    for (const stateKey of ['', ' ', 'a b', 'a/b', '../x', 'a.b', 'ü', 'a\n', 'x'.repeat(129), undefined, null, 7, {}] as string[]) {
      await everyCall('invalid_state_key', { owner, stateKey });
    }
    const longest = { owner, stateKey: `${'x'.repeat(126)}-_` };
    assert.equal((await store.appendMessages({ ...longest, messages: conversation(1) })).messageCount, 1);

    async function everyCall(code: 'invalid_state_key', address: { owner: string; stateKey: string }) {
      const what = JSON.stringify(address.stateKey);
      await refuses(code, store.loadThread(address), what);
      await refuses(code, store.softDelete(address), what);
      await refuses(code, store.saveThread({ ...address, messages: conversation(1), expectedMessageCount: 0 }), what);
      await refuses(code, store.appendMessages({ ...address, messages: conversation(1) }), what);
    }
  },

  'an owner that is none is refused by every call': async ({ store, address: { stateKey } }) => {
    for (const owner of ['', 'a\nb', 'a\u0000', '\u007f', 'x'.repeat(257), 'ü'.repeat(129), undefined, null, 7, {}] as string[]) {
      const what = JSON.stringify(owner);
      const address = { owner, stateKey };
      await refuses('invalid_request', store.loadThread(address), what);
      await refuses('invalid_request', store.softDelete(address), what);
      await refuses('invalid_request', store.saveThread({ ...address, messages: conversation(1), expectedMessageCount: 0 }), what);
      await refuses('invalid_request', store.appendMessages({ ...address, messages: conversation(1) }), what);
      await refuses('invalid_request', store.listThreads({ owner }), what);
    }
    const longest = { owner: 'x'.repeat(220) + globalThis.crypto.randomUUID(), stateKey };
    assert.equal((await store.appendMessages({ ...longest, messages: conversation(1) })).messageCount, 1);
  },

  'what is no list of UIMessages is refused, and the good ones beside it are not written': async ({ store, address }) => {
    const good = userMessage('good', 'good');
    const cyclic: { self?: unknown } = {};
    cyclic.self = cyclic;
    const bad: Record<string, unknown> = {
      'no list': {},
      'a string': 'messages',
      nothing: undefined,
      'a null in the list': [good, null],
      'a message without id': [good, { role: 'user', parts: [] }],
      'an empty id': [good, { ...good, id: '' }],
      'an id of 257 bytes': [good, { ...good, id: 'x'.repeat(257) }],
      'an unknown role': [good, { ...good, role: 'tool' }],
      'no parts': [good, { id: 'x', role: 'user' }],
      'parts that are no list': [good, { ...good, parts: 'text' }],
      'a part that is no object': [good, { ...good, parts: ['text'] }],
      'a cycle': [good, { ...good, metadata: cyclic }],
      'a bigint': [good, { ...good, metadata: { n: 1n } }],
    };
    for (const [what, value] of Object.entries(bad)) {
      const messages = value as UIMessage[];
      await refuses('invalid_request', store.saveThread({ ...address, messages, expectedMessageCount: 0 }), what);
      await refuses('invalid_request', store.appendMessages({ ...address, messages }), what);
    }
    assert.deepEqual(await messagesOf(store, address), []);
    assert.deepEqual(await store.listThreads({ owner: address.owner }), { threads: [] });
  },

  'counts, keys and metadata that make no sense are refused': async ({ store, address }) => {
    const messages = conversation(1);
    for (const expectedMessageCount of [-1, 0.5, Number.NaN, Infinity, '0', null, undefined] as number[]) {
      await refuses('invalid_request', store.saveThread({ ...address, messages, expectedMessageCount }), `save expects ${expectedMessageCount}`);
    }
    for (const count of [-1, 0.5, Number.NaN, '0'] as number[]) {
      await refuses('invalid_request', store.appendMessages({ ...address, messages, expectedMessageCount: count }), `append expects ${count}`);
      await refuses('invalid_request', store.appendMessages({ ...address, messages, reserve: count }), `reserve ${count}`);
    }
    for (const idempotencyKey of ['', 'x'.repeat(257), 7 as unknown as string]) {
      await refuses('invalid_request', store.appendMessages({ ...address, messages, idempotencyKey }), 'idempotencyKey');
    }
    for (const value of [[], 'x', 7, { k: 'x'.repeat(16 * 1024) }]) {
      const metadata = value as Record<string, unknown>;
      await refuses('invalid_request', store.saveThread({ ...address, messages, metadata, expectedMessageCount: 0 }), 'metadata of a save');
      await refuses('invalid_request', store.appendMessages({ ...address, messages, metadata }), 'metadata of an append');
    }
    assert.deepEqual(await messagesOf(store, address), []);
  },

  'limits and cursors that make no sense are refused': async ({ store, address: { owner } }) => {
    for (const limit of [0, -1, 101, 1.5, Number.NaN, '10'] as number[]) await refuses('invalid_request', store.listThreads({ owner, limit }), `limit ${limit}`);
    for (const cursor of ['rubbish', '1.', '\u0000', "'; --", 'x'.repeat(5000), 7 as unknown as string]) {
      await refuses('invalid_request', store.listThreads({ owner, cursor }), `cursor ${String(cursor).slice(0, 20)}`);
    }
  },

  'an append of no messages creates no thread': async ({ store, address }) => {
    assert.equal((await store.appendMessages({ ...address, messages: [] })).messageCount, 0);
    assert.equal((await store.saveThread({ ...address, messages: [], expectedMessageCount: 0 })).messageCount, 0);
    assert.deepEqual(await store.listThreads({ owner: address.owner }), { threads: [] });
  },
};
