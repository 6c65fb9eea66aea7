// REDACT_BEFORE_PERSIST: what a store gives back, it has stored; so no secret may come back.

import assert from 'node:assert/strict';
import type { UIMessage } from 'ai';
import { assistantMessage, userMessage } from './messages.ts';
import { listed, messagesOf, type Fact } from './scene.ts';

// Look-alikes, put together here so that no scanner takes this file for a leak.
const AWS = `AKIA${'Q3EGRZWV7KHN5TYB'}`;
const GITHUB = `ghp_${'x7Kq2mVbN9pLwRtYcZ4dHsJfGa3eUo5iQ8Bv'}`;
const EMAIL = ['grace.hopper', 'navy-example.org'].join('@');
const SECRETS = [AWS, GITHUB, EMAIL];

export const masking: Record<string, Fact> = {
  'REDACT_BEFORE_PERSIST: secrets in every place of a message are masked, and its shape is kept': async ({ store, address }) => {
    const messages = telling();
    await store.saveThread({ ...address, messages: messages.slice(0, 1), expectedMessageCount: 0 });
    await store.appendMessages({ ...address, messages: messages.slice(1) });
    const stored = await messagesOf(store, address);
    assertNoSecret(stored);
    assert.deepEqual(shapeOf(stored), shapeOf(messages));
    assert.match(JSON.stringify(stored), /My key is .+, keep it/);
  },

  'REDACT_BEFORE_PERSIST: the title and the metadata of a thread are masked': async ({ store, address, newOwner }) => {
    const messages = [userMessage('u', `${EMAIL} has the key ${AWS}`)];
    const metadata = { label: `of ${GITHUB}`, nested: [{ key: AWS }] };
    const saved = { ...address, owner: newOwner() };
    await store.saveThread({ ...saved, messages, metadata, expectedMessageCount: 0 });
    await store.appendMessages({ ...address, messages, metadata });
    for (const each of [saved, address]) {
      const row = await listed(store, each);
      assertNoSecret(row);
      assert.match(row.title ?? '', / has the key /);
      assert.deepEqual(shapeOf(row.metadata), shapeOf(metadata));
    }
  },

  'REDACT_BEFORE_PERSIST: a save that brings stored messages as they were before masking adds to the thread': async ({ store, address }) => {
    const messages = telling();
    await store.saveThread({ ...address, messages, expectedMessageCount: 0 });
    const grown = [...messages, userMessage('u2', `Once more: ${GITHUB}`)];
    const saved = await store.saveThread({ ...address, messages: grown, expectedMessageCount: messages.length });
    assert.equal(saved.messageCount, grown.length);
    assertNoSecret(await messagesOf(store, address));
  },

  'REDACT_BEFORE_PERSIST: what a caller writes into a message after the call is not stored': async ({ store, address }) => {
    const [saved, appended] = [assistantMessage('a1', 'nothing to hide'), assistantMessage('a2', 'nothing to hide')];
    const tell = (message: UIMessage) => message.parts.push({ type: 'text', text: `My key is ${AWS}` });
    const save = store.saveThread({ ...address, messages: [saved], expectedMessageCount: 0 });
    tell(saved);
    await save;
    const append = store.appendMessages({ ...address, messages: [appended] });
    tell(appended);
    await append;
    const stored = await messagesOf(store, address);
    assertNoSecret(stored);
    assert.equal(stored.length, 2);
  },

  'REDACT_BEFORE_PERSIST: a repeated append with a secret in it is the same append': async ({ store, address }) => {
    const append = { ...address, messages: telling(), idempotencyKey: 'key-1' };
    await store.appendMessages(append);
    assert.equal((await store.appendMessages(append)).messageCount, append.messages.length);
  },
};

/** A conversation with a secret in every place where a text can stand. */
function telling(): UIMessage[] {
  return [
    userMessage('u1', `My key is ${AWS}, keep it`),
    {
      id: 'a1',
      role: 'assistant',
      metadata: { note: `asked by ${EMAIL}` },
      parts: [
        { type: 'step-start' },
        { type: 'reasoning', text: `They use ${GITHUB}.`, state: 'done' },
        { type: 'dynamic-tool', toolName: 'login', toolCallId: 't1', state: 'output-available', input: { token: GITHUB, list: [AWS] }, output: { stdout: `KEY=${AWS}\nmail ${EMAIL}` } },
        { type: 'dynamic-tool', toolName: 'login', toolCallId: 't2', state: 'output-error', input: {}, errorText: `401 for ${GITHUB}` },
        { type: 'tool-login', toolCallId: 't3', state: 'output-available', input: { deep: { er: AWS } }, output: GITHUB },
        { type: 'data-note', data: { text: `call ${EMAIL}` } },
        { type: 'source-url', sourceId: 's1', url: `https://example.com/?token=${GITHUB}`, title: `of ${EMAIL}` },
        { type: 'part-of-tomorrow', inner: { kept: `with ${AWS}` } },
        { type: 'text', text: `Your key is ${AWS}.`, state: 'done' },
      ],
    } as unknown as UIMessage,
    assistantMessage('a2', `Mail ${EMAIL} about ${GITHUB}.`),
  ];
}

function assertNoSecret(value: unknown): void {
  const text = JSON.stringify(value);
  for (const secret of SECRETS) assert.equal(text.includes(secret), false, 'a secret is stored');
}

/** The value with every string that is free text taken out: what masking may not change. */
function shapeOf(value: unknown): unknown {
  const names = new Set(['id', 'role', 'type', 'state', 'toolName', 'toolCallId', 'sourceId']);
  return JSON.parse(JSON.stringify(value), (key, inner: unknown) => (typeof inner === 'string' && !names.has(key) ? 'text' : inner));
}
