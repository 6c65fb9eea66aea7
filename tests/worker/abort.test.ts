// Clients leave at every point of a turn. The thread object owns the upstream, so the reply is stored whole all the same.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { done, reasoning, text, toolCall, toolResult, type AiEvent } from './support/ai-event.ts';
import { userMessage } from './support/client.ts';
import { Scene } from './support/scene.ts';
import { metadataOf, shapeOf, textOf } from './support/ui.ts';
import { until } from './support/until.ts';

const scene = await Scene.open();
const alice = await scene.user('alice');

const SCRIPT: AiEvent[] = [
  reasoning('Thinking '),
  reasoning('hard.'),
  text('Let me '),
  text('look. '),
  toolCall('c1', 'lookup', { id: 7 }),
  toolResult('c1', { name: 'Grace' }),
  text('It is '),
  text('Grace.'),
];

const WHOLE = ['step-start', 'reasoning', 'text', 'dynamic-tool:output-available', 'step-start', 'text'];

/** The turn was stored as if no one had left. */
async function assertStoredWhole(stateKey: string): Promise<void> {
  const [question, reply, ...rest] = await alice.messagesAtLeast(stateKey, 2);
  assert.equal(textOf(question), 'Who is it?');
  assert.deepEqual(shapeOf(reply), WHOLE);
  assert.equal(textOf(reply), 'Let me look. It is Grace.');
  assert.equal(metadataOf(reply)['status'], undefined);
  assert.equal(metadataOf(reply)['finishReason'], 'stop');
  assert.deepEqual(rest, []);
}

test('PERSIST_AFTER_PUMP: a client that leaves before the upstream has answered loses nothing', async () => {
  const key = scene.key('before-headers');
  const abort = new AbortController();
  const request = alice.request('POST', '/api/v1/ai/chat', { id: key, messages: [userMessage('u', 'Who is it?')] }, {}, abort.signal);
  const turn = await scene.upstream.next(key);
  abort.abort();
  await assert.rejects(request.then((response) => response.text()));
  turn.end(...SCRIPT, done());
  await assertStoredWhole(key);
});

test('PERSIST_AFTER_PUMP: a client that leaves before the first byte of the reply loses nothing', async () => {
  const key = scene.key('before-first-byte');
  const { stream, turn } = await scene.begin(alice, key, 'Who is it?');
  stream.leave();
  await until('the client is gone', () => stream.isEnded);
  turn.end(...SCRIPT, done());
  await assertStoredWhole(key);
});

// After each event in turn: mid-reasoning, mid-delta, mid-tool, between tool and text, just before `done`.
for (let sent = 1; sent <= SCRIPT.length; sent += 1) {
  const last = SCRIPT[sent - 1]?.type ?? '';
  test(`PERSIST_AFTER_PUMP: a client that leaves after event ${sent} of ${SCRIPT.length} (${last}) loses nothing`, async () => {
    const key = scene.key(`after-${sent}`);
    const { stream, turn } = await scene.begin(alice, key, 'Who is it?');
    turn.send(...SCRIPT.slice(0, sent));
    await stream.until('the event on the wire', () => stream.chunks.filter(isFromEvent).length >= sent);
    stream.leave();
    await until('the client is gone', () => stream.isEnded);
    turn.end(...SCRIPT.slice(sent), done());
    await assertStoredWhole(key);
  });
}

test('PERSIST_AFTER_PUMP: a client that leaves between the bytes of one event loses nothing', async () => {
  const key = scene.key('mid-event');
  const { stream, turn } = await scene.begin(alice, key, 'Who is it?');
  turn.send(...SCRIPT.slice(0, 3));
  await stream.reads('Let me');
  const frame = turn.frame(SCRIPT[3]!);
  turn.raw(frame.slice(0, 12));
  stream.leave();
  await until('the client is gone', () => stream.isEnded);
  turn.raw(frame.slice(12));
  turn.end(...SCRIPT.slice(4), done());
  await assertStoredWhole(key);
});

test('PERSIST_AFTER_PUMP: a client that stays but never reads does not hold the turn back', async () => {
  const key = scene.key('stalled');
  const request = alice.request('POST', '/api/v1/ai/chat', { id: key, messages: [userMessage('u', 'Who is it?')] });
  const turn = await scene.upstream.next(key);
  turn.accept();
  const response = await request;
  const line = 'lorem ipsum '.repeat(80);
  for (let sent = 0; sent < 8_000; sent += 1) turn.send(text(line));
  turn.end(done());
  const reply = (await alice.messagesAtLeast(key, 2))[1];
  assert.equal(textOf(reply).length, 8_000 * line.length);
  await response.body?.cancel();
});

test('SERVER_OWNS_MESSAGES: a thread whose client left takes the next turn, with the reply in its history', async () => {
  const key = scene.key('next-turn');
  const { stream, turn } = await scene.begin(alice, key, 'Who is it?');
  stream.leave();
  turn.end(...SCRIPT, done());
  await assertStoredWhole(key);
  const next = await scene.talk(alice, key, 'Thanks', text('Welcome'));
  assert.deepEqual(next.turn.request.messages.map((message) => message.role), ['user', 'assistant', 'tool', 'assistant', 'user']);
});

// One of these reaches the client for each event of the script.
function isFromEvent(chunk: { type: string }): boolean {
  return ['text-delta', 'reasoning-delta', 'tool-input-available', 'tool-output-available'].includes(chunk.type);
}
