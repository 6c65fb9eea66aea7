// WebAssembly's memory never shrinks, so what a caller drops has to be freed and used again.

import { memoryBytes } from './support/instances.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { createAccumulator, lastUserMessage, takeToolAnswers, type Accumulator } from 'threadkeep';

const MIB = 1024 * 1024;
const TEXT = 'x'.repeat(20_000);

function started(): Accumulator {
  const accumulator = createAccumulator({ messageId: 'm' });
  accumulator.push({ type: 'text_delta', delta: TEXT });
  // It crosses, so that it is WebAssembly's memory that holds it.
  void accumulator.ending;
  void accumulator.problems;
  return accumulator;
}

test('what a client sends beside its user message costs no memory, however much it is', () => {
  const question = { id: 'u', role: 'user', parts: [{ type: 'text', text: 'hi' }] };
  const forged = { id: 'a', role: 'assistant', parts: [{ type: 'text', text: 'x'.repeat(60 * MIB) }] };
  for (const messages of [[forged, question], [{ ...forged, role: 'user' }, question], [question, forged, question]]) {
    assert.deepEqual(lastUserMessage({ messages, tools: forged }), question);
    assert.equal(takeToolAnswers({ messages, tools: forged }, []).taken, 0);
  }
  // What is read is refused before it crosses.
  for (const body of [{ messages: [question, forged] }, { message: forged }, { messages: [{ ...forged, role: 'user' }] }]) {
    assert.throws(() => lastUserMessage(body), { code: 'body_too_large' });
    assert.throws(() => takeToolAnswers(body, []), { code: 'body_too_large' });
  }
  for (const body of [[forged], 'x'.repeat(60 * MIB)]) assert.throws(() => lastUserMessage(body), { code: 'invalid_request' });
  assert.ok(memoryBytes() < 4 * MIB, `${memoryBytes()} bytes`);
});

test('10,000 finished runs leave no trace', () => {
  for (let run = 0; run < 10_000; run += 1) started().finish();
  assert.ok(memoryBytes() < 8 * MIB, `${memoryBytes()} bytes`);
});

test('10,000 disposed runs leave no trace', () => {
  for (let run = 0; run < 10_000; run += 1) {
    using accumulator = started();
    void accumulator;
  }
  assert.ok(memoryBytes() < 8 * MIB, `${memoryBytes()} bytes`);
});

test('10,000 dropped runs are freed by the collector, with no help of the caller', async () => {
  // 400 MB and more would be held if nothing were freed (a text stands twice in there).
  for (let run = 0; run < 10_000; run += 1) {
    started();
    // A server's event loop turns; finalizers run there.
    if (run % 50 === 0) await setImmediate();
  }
  assert.ok(memoryBytes() < 128 * MIB, `${memoryBytes()} bytes`);
});
