// UIMESSAGE_IS_CONTRACT in a `jsonb`, which refuses U+0000 and half letters, and has its own mind about keys and numbers.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { UIMessage } from 'ai';
import { decodeText, encodeText, fromJsonText, toJsonText } from '../../pkg/dist/postgres/json-text.js';
import { seededRandom } from '../worker/support/random.ts';
import { userMessage } from './support/messages.ts';
import { Stand } from './support/stand.ts';

const stand = await Stand.open();
const store = stand.store();
const random = seededRandom();

let threads = 0;

/** Stores data in a message and gives back what a load finds. */
async function stored(data: unknown): Promise<unknown> {
  const address = { owner: 'alice', stateKey: `json-${(threads += 1)}` };
  await store.appendMessages({ ...address, messages: [{ id: 'm', role: 'assistant', parts: [{ type: 'data-x', data }] }] });
  const [message] = (await store.loadThread(address)).messages;
  return (message?.parts[0] as { data: unknown }).data;
}

test('U+0000 and the letter that stands for it come back as they were, in texts and in keys', async () => {
  const data = { 'a\u0000b': 'x\u0000', '\u0010': '\u00100', '\u00100': '\u0010\u0010\u0000', list: ['\u0000\u0000', '\\u0000', '\\\u0000', 'plain'] };
  assert.deepEqual(await stored(data), data);
});

test('U+0000 in title, metadata and idempotency key is kept', async () => {
  const address = { owner: 'alice', stateKey: 'nul' };
  const append = { ...address, messages: [userMessage('u', 'a\u0000 title')], metadata: { 'k\u0000': 'v\u0000' }, idempotencyKey: 'key\u0000' };
  await store.appendMessages(append);
  assert.equal((await store.appendMessages(append)).messageCount, 1);
  await assert.rejects(store.appendMessages({ ...append, messages: [userMessage('u', 'other')] }), { code: 'idempotency_mismatch' });
  const row = (await store.listThreads({ owner: 'alice', limit: 100 })).threads.find(({ stateKey }) => stateKey === 'nul');
  assert.deepEqual([row?.title, row?.metadata], ['a\u0000 title', { 'k\u0000': 'v\u0000' }]);
});

test('half a letter, which Unicode text cannot hold, comes back as U+FFFD and costs nothing else', async () => {
  assert.deepEqual(await stored({ text: 'a\ud83d', other: 'whole 🦀', '\udc00': 1 }), { text: 'a\ufffd', other: 'whole 🦀', '\ufffd': 1 });
});

test('an append of half a letter under an idempotency key is the same append the second time', async () => {
  const append = { owner: 'alice', stateKey: 'half', messages: [userMessage('u', 'a\ud83d')], idempotencyKey: 'k' };
  await store.appendMessages(append);
  assert.equal((await store.appendMessages(append)).messageCount, 1);
});

test('every double comes back as the same double', async () => {
  const numbers = [0, 0.1, -0.1, 5e-324, 1.7976931348623157e308, 2 ** 31, 1e21, 1e22, 123456789012345680000, 0.30000000000000004];
  const bytes = new DataView(new ArrayBuffer(8));
  while (numbers.length < 500) {
    bytes.setUint32(0, random.below(2 ** 31) * 2 + random.below(2));
    bytes.setUint32(4, random.below(2 ** 31) * 2 + random.below(2));
    const number = bytes.getFloat64(0);
    // A whole number of 13 to 19 digits may be that of a card, and is masked.
    const likeACard = Number.isInteger(number) && Math.abs(number) > 1e11 && Math.abs(number) < 1e20;
    if (Number.isFinite(number) && number !== 0 && !likeACard) numbers.push(number);
  }
  const back = (await stored(numbers)) as number[];
  for (const [at, number] of numbers.entries()) assert.ok(Object.is(back[at], number), `${number} came back as ${back[at]}`);
});

test('keys that mean something to JavaScript or to PostgreSQL are keys like any other', async () => {
  const data = JSON.parse('{"__proto__": {"x": 1}, "constructor": 2, "toString": 3, "": 4, "$1": 5, "a.b": 6, "10": 7, "9": 8}') as unknown;
  assert.equal(JSON.stringify(sorted(await stored(data))), JSON.stringify(sorted(data)));
});

test('an array keeps its order, however long, and a value its depth', async () => {
  const long = Array.from({ length: 5000 }, (_, n) => `item ${n}`);
  assert.deepEqual(await stored(long), long);
  let deep: unknown = 'bottom';
  for (let depth = 0; depth < 50; depth += 1) deep = depth % 2 === 0 ? [deep] : { deep };
  assert.deepEqual(await stored(deep), deep);
});

test('any text of difficult letters survives the encoding and PostgreSQL', async () => {
  const letters = ['\u0000', '\u0010', '0', '\\', 'u0000', '"', "'", 'é', '🦀', '\u2028', '\ufffe', '\u001f', '\u007f', ' ', '{', '}', '$1', '%s'];
  const text = () => Array.from({ length: random.below(12) }, () => letters[random.below(letters.length)]).join('');
  const data = Array.from({ length: 400 }, () => ({ [text()]: text(), list: [text(), text()] }));
  for (const each of data) {
    assert.deepEqual(fromJsonText(toJsonText(each)), each);
    for (const inner of Object.keys(each)) {
      assert.equal(decodeText(encodeText(inner)), inner);
      assert.equal(encodeText(inner).includes('\u0000'), false);
    }
  }
  assert.deepEqual(await stored(data), data);
});

test('what needs no encoding is stored as it is, so that SQL reads it', async () => {
  await store.appendMessages({ owner: 'alice', stateKey: 'readable', messages: [userMessage('u1', 'Hello "world" \\ 🦀')] });
  const [row] = await stand.sql(`SELECT messages -> 0 -> 'parts' -> 0 ->> 'text' AS text FROM ai_threads WHERE state_key = 'readable'`);
  assert.deepEqual(row, { text: 'Hello "world" \\ 🦀' });
});

test('an escape that somebody else wrote stays as it is', async () => {
  const messages = [{ id: 'u', role: 'user', parts: [{ type: 'text', text: 'a\u0010b \u0010' }] }];
  await stand.sql(`INSERT INTO ai_threads (owner_user_id, state_key, messages) VALUES ('alice', 'foreign', $1)`, [JSON.stringify(messages)]);
  assert.deepEqual((await store.loadThread({ owner: 'alice', stateKey: 'foreign' })).messages, messages as UIMessage[]);
});

test('MESSAGES_GROW_ONLY: a number that somebody else stored with more digits than a double has is no change', async () => {
  const text = '[{"id": "u", "role": "user", "parts": [], "metadata": {"n": 0.1000000000000000055511151231257827, "m": 1.0}}]';
  await stand.sql(`INSERT INTO ai_threads (owner_user_id, state_key, messages) VALUES ('alice', 'digits', $1)`, [text]);
  const address = { owner: 'alice', stateKey: 'digits' };
  const { messages } = await store.loadThread(address);
  const saved = await store.saveThread({ ...address, messages: [...messages, userMessage('u2', 'on')], expectedMessageCount: 1 });
  assert.equal(saved.messageCount, 2);
});

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, sorted(inner)]);
}
