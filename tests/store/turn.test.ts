// Where the user message of a turn goes.

import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import type { UIMessage } from 'ai';
import { retryConflicts, ThreadConflictError, ThreadLimitError, userTurn } from 'threadkeep';
import { userMessage } from '../worker/support/client.ts';

const reply: UIMessage = { id: 'a1', role: 'assistant', parts: [{ type: 'text', text: 'Paris.' }] };
const stored = [userMessage('u1', 'Capital of France?'), reply];

test('a new message is added and ends the prompt', () => {
  const message = userMessage('u2', 'And of Spain?');
  assert.deepEqual(userTurn(stored, message), { added: [message], prompt: [...stored, message] });
  assert.deepEqual(userTurn([], message), { added: [message], prompt: [message] });
});

test('the last stored user message once more is not added, and the prompt ends with it', () => {
  const again = userMessage('u1', 'Capital of France?');
  assert.deepEqual(userTurn(stored, again), { added: [], prompt: stored.slice(0, 1) });
  assert.deepEqual(userTurn(stored.slice(0, 1), again), { added: [], prompt: stored.slice(0, 1) });
});

test('the same words under another id are a new message', () => {
  const message = userMessage('u2', 'Capital of France?');
  assert.deepEqual(userTurn(stored, message).added, [message]);
});

test('other words under a stored id, and an older message once more, are new messages under ids of their own', () => {
  const older = [...stored, userMessage('u2', 'And of Spain?')];
  for (const [thread, message] of [[stored, userMessage('u1', 'Capital of Italy?')], [older, userMessage('u1', 'Capital of France?')], [stored, userMessage('a1', 'I am the assistant')]] as const) {
    const { added, prompt } = userTurn<UIMessage>(thread, message);
    assert.equal(added.length, 1);
    assert.deepEqual(added[0]?.parts, message.parts);
    assert.equal(thread.some(({ id }) => id === added[0]?.id), false);
    assert.deepEqual(prompt, [...thread, ...added]);
  }
});

/** Pauses that take no time; gives how long they would have been, in milliseconds. */
function withoutPauses(t: TestContext): number[] {
  const pauses: number[] = [];
  t.mock.method(globalThis, 'setTimeout', (wake: () => void, ms: number) => {
    pauses.push(ms);
    queueMicrotask(wake);
  });
  return pauses;
}

test('a change is run anew after a conflict, and after nothing else', async (t) => {
  withoutPauses(t);
  let runs = 0;
  const failing = (times: number, error: Error) => async () => {
    runs += 1;
    if (runs <= times) throw error;
    return 'changed';
  };
  assert.equal(await retryConflicts(failing(2, new ThreadConflictError('thread_conflict'))), 'changed');
  assert.equal(runs, 3);
  for (const [error, expected] of [[new ThreadConflictError('thread_diverged'), 1], [new ThreadLimitError(), 1], [new Error('other'), 1], [new ThreadConflictError('thread_conflict'), 10]] as const) {
    runs = 0;
    await assert.rejects(retryConflicts(failing(99, error)), error);
    assert.equal(runs, expected);
  }
});

test('the pauses between tries grow, up to a limit, and are random', async (t) => {
  const pauses = withoutPauses(t);
  const conflict = async () => {
    throw new ThreadConflictError('thread_conflict');
  };
  let drawn = 1;
  t.mock.method(Math, 'random', () => drawn);
  await assert.rejects(retryConflicts(conflict));
  assert.deepEqual(pauses, [10, 20, 40, 80, 160, 320, 400, 400, 400]);
  drawn = 0.5;
  await assert.rejects(retryConflicts(conflict));
  assert.deepEqual(pauses.slice(9), [5, 10, 20, 40, 80, 160, 200, 200, 200]);
});

test('twenty who write at once are all stored: none is dropped for having been sixth', async () => {
  const stored: number[] = [];
  const append = (writer: number) => async () => {
    const count = stored.length;
    // The way to a store and back.
    await new Promise(setImmediate);
    if (stored.length !== count) throw new ThreadConflictError('thread_conflict');
    stored.push(writer);
  };
  const writers = Array.from({ length: 20 }, (_, writer) => writer);
  await Promise.all(writers.map((writer) => retryConflicts(append(writer))));
  assert.deepEqual(stored.toSorted((a, b) => a - b), writers);
});
