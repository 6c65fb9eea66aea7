// Usage facts go to the hook, each once, in order, whatever the client does; never to a client or into a message.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { done, text, toolCall, toolResult, usage } from './support/ai-event.ts';
import { HOOK_TOKEN, Scene } from './support/scene.ts';
import { rowsWith } from './support/storage.ts';
import { until } from './support/until.ts';

const scene = await Scene.open();
const alice = await scene.user('alice');

const FACTS = [
  { model: 'model-a', inputTokens: 11, outputTokens: 0, nested: { cached: [1, 2] } },
  { model: 'model-a', inputTokens: 0, outputTokens: 23, cost: 0.00042 },
  'a fact of any shape',
];

test('USAGE_UNCHANGED: every fact reaches the hook once, in order, unchanged, with an Idempotency-Key', async () => {
  const key = scene.key('once');
  const { turn } = await scene.talk(alice, key, 'Hi', usage(FACTS[0]), text('Hel'), usage(FACTS[1]), text('lo'), usage(FACTS[2]));
  const counted = await scene.hook.countedAtLeast(key, 3);
  const { runId } = turn.request;
  assert.deepEqual(counted.map(({ fact }) => fact), FACTS);
  assert.deepEqual(counted.map(({ owner, stateKey, runId }) => ({ owner, stateKey, runId })), FACTS.map(() => ({ owner: 'alice', stateKey: key, runId })));
  const numbers = counted.map(({ seq }) => seq);
  assert.deepEqual(numbers, [...new Set(numbers)].sort((a, b) => a - b), 'numbered in order');
  for (const attempt of scene.hook.of(key)) {
    assert.equal(attempt.key, `${runId}:${attempt.body.seq}`);
    assert.equal(attempt.authorization, `Bearer ${HOOK_TOKEN}`);
  }
});

test('USAGE_UNCHANGED: no fact is on the wire or in a message', async () => {
  const key = scene.key('wire');
  const fact = { model: 'very-secret-model-name', price: 4711 };
  const { stream } = await scene.talk(alice, key, 'Hi', usage(fact), text('Hello'), toolCall('c', 'f', {}), usage(fact), toolResult('c', 1));
  assert.equal(stream.raw.includes('very-secret-model-name') || stream.raw.includes('usage_report'), false);
  assert.equal((await alice.thread(key)).text.includes('very-secret-model-name'), false);
  await scene.hook.countedAtLeast(key, 2);
});

test('USAGE_UNCHANGED: facts reach the hook when the client has left', async () => {
  const key = scene.key('left');
  const { stream, turn } = await scene.begin(alice, key, 'Hi');
  turn.send(usage(FACTS[0]), text('Hel'));
  await stream.reads('Hel');
  stream.leave();
  await until('the client is gone', () => stream.isEnded);
  turn.end(usage(FACTS[1]), text('lo'), usage(FACTS[2]), done());
  const counted = await scene.hook.countedAtLeast(key, 3);
  assert.deepEqual(counted.map(({ fact }) => fact), FACTS);
});

test('USAGE_UNCHANGED: a hook that fails is tried again, with the same key, and counts each fact once, in order', async () => {
  const key = scene.key('retried');
  scene.hook.refuse(500, 0, 503);
  const { turn } = await scene.talk(alice, key, 'Hi', usage(FACTS[0]), usage(FACTS[1]), usage(FACTS[2]), text('x'));
  const counted = await scene.hook.countedAtLeast(key, 3);
  assert.deepEqual(counted.map(({ fact }) => fact), FACTS);
  const refused = scene.hook.of(key).filter((attempt) => attempt.status !== 204);
  assert.ok(refused.length > 0, 'the refusals were for this thread');
  for (const { key: idempotencyKey, body } of refused) {
    assert.equal(idempotencyKey, `${turn.request.runId}:${body.seq}`);
    assert.deepEqual(counted.find(({ seq }) => seq === body.seq)?.fact, body.fact, 'the same fact under the same key');
  }
});

test('USAGE_UNCHANGED: facts of a stopped turn, of a failed turn and of several turns are all counted', async () => {
  const key = scene.key('broken');
  const first = await scene.begin(alice, key, 'One');
  first.turn.send(usage('fact 1'), text('x'));
  await first.stream.reads('x');
  await alice.stop(key);
  await first.stream.whole();
  const second = await scene.begin(alice, key, 'Two');
  second.turn.end(usage('fact 2'), { type: 'error', error: 'rate_limited' });
  await second.stream.whole();
  await scene.talk(alice, key, 'Three', usage('fact 3'), text('y'));
  const counted = await scene.hook.countedAtLeast(key, 3);
  assert.deepEqual(counted.map(({ fact }) => fact), ['fact 1', 'fact 2', 'fact 3']);
  assert.equal(new Set(counted.map(({ runId }) => runId)).size, 3, 'each turn has its own runId');
});

test('USAGE_UNCHANGED: a fact that was stored before kill -9 is delivered after the restart', async () => {
  const key = scene.key('killed');
  const { stream, turn } = await scene.begin(alice, key, 'Hi');
  // Refuses all that comes until the worker is dead.
  scene.hook.refuse(...Array.from({ length: 200 }, () => 500));
  turn.send(usage({ marker: 'fact-before-the-cut' }), text('x'));
  await stream.reads('x');
  await until('the fact is stored', () => rowsWith(scene.worker.dataDir, 'fact-before-the-cut').length > 0);
  await scene.worker.kill9();
  scene.hook.accept();
  await scene.worker.restart();
  const counted = await scene.hook.countedAtLeast(key, 1);
  assert.deepEqual(counted.map(({ fact }) => fact), [{ marker: 'fact-before-the-cut' }]);
});

test('a usage fact that fits into no row is a problem of the turn, and the others are counted', async () => {
  const key = scene.key('huge');
  await scene.talk(alice, key, 'Hi', usage({ huge: 'x'.repeat(1024 * 1024) }), usage('small'), text('Hello'));
  const counted = await scene.hook.countedAtLeast(key, 1);
  assert.deepEqual(counted.map(({ fact }) => fact), ['small']);
  await until('the turn\'s line tells of it', () => scene.worker.output.includes('"problems":[{"code":"reply_too_large"'));
});

test('USAGE_UNCHANGED: without a hook the facts harm nothing', async () => {
  await scene.worker.restart(scene.vars({ USAGE_HOOK_URL: undefined, USAGE_HOOK_TOKEN: undefined }));
  const key = scene.key('no-hook');
  await scene.talk(alice, key, 'Hi', usage(FACTS[0]), text('Hello'));
  assert.equal((await alice.messages(key)).length, 2);
  assert.deepEqual(scene.hook.of(key), []);
});
