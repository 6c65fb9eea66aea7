// A crash of the WebAssembly instance is one call's error, and nobody else's.

import { instances, sabotage } from './support/instances.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createAccumulator,
  isStateKey,
  maskText,
  ThreadkeepError,
  toUIMessageStream,
  type AiEvent,
  type FinishedRun,
} from 'threadkeep';

const text = (delta: string): AiEvent => ({ type: 'text_delta', delta });

function isInternal(error: unknown): boolean {
  return error instanceof ThreadkeepError && error.code === 'internal';
}

/** A crash, seen by one call. */
function crash(): void {
  isStateKey('there is an instance');
  sabotage();
  assert.throws(() => maskText('jo@example.org'), (error) => isInternal(error) && (error as Error).cause instanceof Error);
}

test('the call that crashes says so, and the next one is well', () => {
  const before = instances();
  crash();
  assert.equal(maskText('jo@example.org'), '[REDACTED_EMAIL]');
  crash();
  assert.equal(isStateKey('a-key'), true);
  assert.ok(instances() >= before + 2, 'each crash costs an instance');
});

test('accumulators of a dead instance say so, and touch nothing of the new one', () => {
  const old = createAccumulator({ messageId: 'old' });
  old.push(text('lost'));
  void old.message;
  const waiting = createAccumulator({ messageId: 'waiting' });
  waiting.push(text('has not crossed yet'));
  crash();
  const fresh = createAccumulator({ messageId: 'fresh' });
  fresh.push(text('a'));
  void fresh.message;
  const alive = instances();
  for (const use of [() => old.push({ type: 'done' }), () => old.pushBytes(new Uint8Array(9)), () => old.message, () => old.problems, () => old.finish(), () => waiting.finish()]) {
    assert.throws(use, isInternal);
  }
  fresh.push(text('b'));
  assert.deepEqual(fresh.finish()?.parts.at(-1), { type: 'text', text: 'ab', state: 'done' });
  assert.equal(instances(), alive, 'the new instance lives on');
});

test('freeing an accumulator of a dead instance frees nothing of the new one', () => {
  const old = Array.from({ length: 20 }, (_, at) => createAccumulator({ messageId: `old-${at}` }));
  crash();
  // In a new instance the same addresses are given out again.
  const fresh = Array.from({ length: 20 }, (_, at) => createAccumulator({ messageId: `fresh-${at}` }));
  for (const accumulator of old) accumulator[Symbol.dispose]();
  const more = Array.from({ length: 20 }, (_, at) => createAccumulator({ messageId: `more-${at}` }));
  for (const accumulator of [...fresh, ...more]) accumulator.push(text('still here'));
  const ids = [...fresh, ...more].map((accumulator) => accumulator.finish()?.id);
  assert.deepEqual(ids, ['fresh', 'more'].flatMap((name) => Array.from({ length: 20 }, (_, at) => `${name}-${at}`)));
});

test('a stream whose instance dies ends with an error, and every usage fact is handed over', async () => {
  const finished: FinishedRun[] = [];
  const facts: unknown[] = [];
  const errors: unknown[] = [];
  async function* events(): AsyncGenerator<AiEvent> {
    yield text('a');
    yield { type: 'usage_report', fact: 1 };
    sabotage();
    yield text('b');
    yield { type: 'usage_report', fact: 2 };
    yield { type: 'done' };
  }
  const chunks = [];
  const stream = toUIMessageStream(events(), {
    onFinish: (run) => finished.push(run),
    onUsage: (fact) => facts.push(fact),
    onError: (error) => errors.push(error),
  });
  for await (const chunk of stream) chunks.push(chunk);
  assert.deepEqual(chunks.at(-1), { type: 'error', errorText: 'Something went wrong. Please try again.' });
  assert.deepEqual(finished, [{ message: undefined, ending: 'failed', problems: [] }]);
  assert.deepEqual(facts, [1, 2]);
  assert.ok(errors.length === 1 && isInternal(errors[0]));
  assert.equal(maskText('well again'), 'well again');
});
