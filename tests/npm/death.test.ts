// A crash of the WebAssembly instance is an error of the call that it was in, and of every accumulator and stream that was
// open: their messages are lost. Whatever starts from then on is well.

import { instances, refuseInstances, sabotage } from './support/instances.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createAccumulator,
  foldChunks,
  isStateKey,
  maskText,
  repairMessages,
  safeValidateUIMessages,
  ThreadkeepError,
  toOpenAiMessages,
  toUIMessageStream,
  toUIMessageStreamResponse,
  uiMessagesToModelMessages,
  type Accumulator,
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

test('an accumulator is disposed of without a word, whenever its instance has died', () => {
  const [early, between, late] = [0, 1, 2].map(() => createAccumulator({ messageId: 'm' })) as [Accumulator, Accumulator, Accumulator];
  sabotage();
  early[Symbol.dispose]();
  assert.equal(maskText('jo@example.org'), '[REDACTED_EMAIL]');
  crash();
  between[Symbol.dispose]();
  assert.equal(isStateKey('a-key'), true);
  late[Symbol.dispose]();
});

test('a fact is handed over also by the accumulator that finds its instance dead', () => {
  const facts: unknown[] = [];
  const accumulator = createAccumulator({ messageId: 'm', onUsage: (fact) => facts.push(fact) });
  accumulator.push({ type: 'usage_report', fact: 1n });
  sabotage();
  for (const fact of [2n, undefined]) assert.throws(() => accumulator.push({ type: 'usage_report', fact }), isInternal);
  assert.deepEqual(facts, [1n, 2n, undefined]);
});

test('when no new instance can be made, calls say so, streams come to their end, and later all is well', async () => {
  const refusal = new RangeError('WebAssembly.Instance(): Out of memory');
  const errors: unknown[] = [];
  const runs: Promise<void>[] = [];
  async function* events(): AsyncGenerator<AiEvent> {
    yield text('a');
    refuseInstances(refusal);
    sabotage();
    yield text('b');
    yield { type: 'usage_report', fact: 1 };
  }
  const finished: FinishedRun[] = [];
  const body = await toUIMessageStreamResponse(events(), {
    onError: (error) => errors.push(error),
    onFinish: (run) => finished.push(run),
    waitUntil: (run) => runs.push(run),
  }).text();
  await runs[0];
  assert.match(body, /"type":"error","errorText":"Something went wrong[^]*\[DONE\]/);
  assert.deepEqual(finished.map(({ ending }) => ending), ['failed']);
  assert.ok(errors.length === 1 && isInternal(errors[0]));
  for (const use of [() => maskText('a'), () => createAccumulator({ messageId: 'm' })]) {
    assert.throws(use, (error) => isInternal(error) && (error as Error).cause === refusal);
  }
  refuseInstances(undefined);
  assert.equal(maskText('jo@example.org'), '[REDACTED_EMAIL]');
});

test('arguments of a wrong type end no run', () => {
  const open = createAccumulator({ messageId: 'm' });
  open.push(text('still here'));
  void open.message;
  const before = instances();
  const odd = [5, 5n, {}, [], true, Symbol('x')] as never[];
  for (const value of odd) {
    const uses = [
      () => uiMessagesToModelMessages([], { target: value }),
      () => toOpenAiMessages([], { system: value }),
      () => foldChunks([], { target: value }),
      () => repairMessages([], { target: value }),
      () => safeValidateUIMessages([], { target: value }),
    ];
    for (const use of uses) assert.throws(use, { name: 'ThreadkeepError', code: 'invalid_request' });
    uiMessagesToModelMessages([], { ignoreIncompleteToolCalls: value });
    void toUIMessageStream([], { messageId: value, onFinish: () => {} }).cancel();
  }
  for (const map of [uiMessagesToModelMessages, toOpenAiMessages, foldChunks, repairMessages, safeValidateUIMessages, toUIMessageStream, toUIMessageStreamResponse]) {
    assert.throws(() => (map as (values: unknown[], options: unknown) => unknown)([], null), { name: 'ThreadkeepError', code: 'invalid_request' });
  }
  assert.equal(instances(), before, 'no instance has died');
  assert.deepEqual(open.finish()?.parts.at(-1), { type: 'text', text: 'still here', state: 'done' });
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
    yield { type: 'usage_report', fact: 2n };
    yield { type: 'usage_report' } as never;
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
  assert.deepEqual(facts, [1, 2n]);
  assert.ok(errors.length === 1 && isInternal(errors[0]));
  assert.equal(maskText('well again'), 'well again');
});
