// Stop ends the turn on the server; a closed tab does not.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { done, text, toolCall } from './support/ai-event.ts';
import { Scene } from './support/scene.ts';
import { assertWireProfile, foldBySdk, metadataOf, shapeOf, textOf } from './support/ui.ts';
import { until } from './support/until.ts';

const scene = await Scene.open();
const alice = await scene.user('alice');

test('PERSIST_AFTER_PUMP: stop ends the running turn and keeps the partial as aborted', async () => {
  const key = scene.key('partial');
  const { stream, turn } = await scene.begin(alice, key, 'A long story');
  turn.send(text('Once upon '), text('a time'));
  await stream.reads('a time');
  const stopped = await alice.stop(key);
  assert.deepEqual([stopped.status, stopped.body], [200, { stopped: true }]);
  await turn.released();
  await stream.whole();

  const [question, reply, ...rest] = await alice.messages(key);
  assert.equal(textOf(question), 'A long story');
  assert.equal(textOf(reply), 'Once upon a time');
  assert.equal(metadataOf(reply)['status'], 'aborted');
  assert.deepEqual(rest, []);
  assert.equal(await alice.resume(key), undefined);
});

test('UIMESSAGE_IS_CONTRACT: a stopped turn\'s client holds what is stored', async () => {
  const key = scene.key('same');
  const { stream, turn } = await scene.begin(alice, key, 'Look it up');
  turn.send(text('Looking. '), toolCall('c1', 'slow', { id: 1 }));
  await stream.sees('tool-input-available');
  await alice.stop(key);
  await stream.whole();
  await assertWireProfile(stream.chunks);
  assert.deepEqual((await alice.messages(key))[1], await foldBySdk(stream.chunks));
});

test('a pending tool call of a stopped turn becomes output-error, and the next turn is well-formed', async () => {
  const key = scene.key('pending');
  const { stream, turn } = await scene.begin(alice, key, 'Look it up');
  turn.send(text('Looking. '), toolCall('c1', 'slow', { id: 1 }));
  await stream.sees('tool-input-available');
  await alice.stop(key);
  await stream.whole();
  assert.deepEqual(shapeOf((await alice.messages(key))[1]), ['step-start', 'text', 'dynamic-tool:output-error']);

  const next = await scene.talk(alice, key, 'Never mind', text('Fine'));
  const called = next.turn.request.messages.flatMap((message) => (message.role === 'assistant' ? (message.toolCalls ?? []).map((call) => call.id) : []));
  const answered = next.turn.request.messages.flatMap((message) => (message.role === 'tool' ? [message.toolCallId] : []));
  assert.deepEqual(answered, called);
});

test('a turn stopped before its first token leaves the question and no empty reply', async () => {
  const key = scene.key('early');
  const { stream, turn } = await scene.begin(alice, key, 'Hello?');
  assert.equal((await alice.stop(key)).body.stopped, true);
  await turn.released();
  await until('the stream ends', () => stream.isEnded);
  assert.deepEqual((await alice.messages(key)).map((message) => message.role), ['user']);
});

test('stop works from another tab, and after the asking client has left', async () => {
  const key = scene.key('other-tab');
  const { stream, turn } = await scene.begin(alice, key, 'Hello');
  turn.send(text('Half'));
  await stream.reads('Half');
  stream.leave();
  const tab = await alice.resume(key);
  assert.ok(tab);
  assert.equal((await alice.stop(key)).body.stopped, true);
  await tab.whole();
  await turn.released();
  assert.equal(metadataOf((await alice.messagesAtLeast(key, 2))[1])['status'], 'aborted');
});

test('stop with nothing running answers stopped false, again and again', async () => {
  const key = scene.key('nothing');
  assert.deepEqual((await alice.stop(key)).body, { stopped: false });
  const { stream, turn } = await scene.begin(alice, key, 'Hello');
  turn.send(text('x'));
  await stream.reads('x');
  const answers = await Promise.all([alice.stop(key), alice.stop(key)]);
  assert.ok(answers.some((answer) => answer.body.stopped));
  await stream.whole();
  assert.deepEqual((await alice.stop(key)).body, { stopped: false });
  assert.equal((await alice.messages(key)).length, 2);
});

test('SERIALIZED_APPENDS: a stopped turn lets the one that waits behind it run', async () => {
  const key = scene.key('queue');
  const first = await scene.begin(alice, key, 'First');
  first.turn.send(text('Half'));
  await first.stream.reads('Half');
  const waiting = alice.say(key, 'Second');
  await alice.stop(key);
  const turn = await scene.upstream.next(key);
  turn.end(text('Re: Second'), done());
  await (await waiting).whole();
  assert.equal(textOf((await alice.messages(key)).at(-1)), 'Re: Second');
});
