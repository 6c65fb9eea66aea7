// Where the user message of a turn goes.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { UIMessage } from 'ai';
import { ThreadConflictError, ThreadLimitError } from '../../pkg/src/port.ts';
import { retryConflicts, userTurn } from '../../pkg/src/turn.ts';
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

test('a change is run anew after a conflict, and after nothing else', async () => {
  let runs = 0;
  const failing = (times: number, error: Error) => async () => {
    runs += 1;
    if (runs <= times) throw error;
    return 'changed';
  };
  assert.equal(await retryConflicts(failing(2, new ThreadConflictError('thread_conflict'))), 'changed');
  assert.equal(runs, 3);
  for (const [error, expected] of [[new ThreadConflictError('thread_diverged'), 1], [new ThreadLimitError(), 1], [new Error('other'), 1], [new ThreadConflictError('thread_conflict'), 5]] as const) {
    runs = 0;
    await assert.rejects(retryConflicts(failing(99, error)), error);
    assert.equal(runs, expected);
  }
});
