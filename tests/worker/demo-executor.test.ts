// The embedded executor: no key, no account, and everything that a reply can show.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { Scene } from './support/scene.ts';
import { assertWireProfile, foldBySdk, metadataOf, shapeOf, textOf } from './support/ui.ts';

const scene = await Scene.open({ EXECUTOR: undefined, EVENTS_URL: undefined, DEMO_DELAY_MS: '0' });
const alice = await scene.user('alice');

test('the demo executor, the default one, yields reasoning, a tool call with its result, and text', async () => {
  const key = scene.key('demo');
  const stream = await alice.say(key, 'Show me what you can do');
  await stream.whole();
  await assertWireProfile(stream.chunks);
  for (const type of ['reasoning-delta', 'tool-input-available', 'tool-output-available', 'text-delta', 'finish'] as const) assert.ok(stream.has(type), type);
  const reply = (await alice.messages(key))[1];
  assert.deepEqual(reply, await foldBySdk(stream.chunks));
  assert.ok(shapeOf(reply).includes('reasoning') && shapeOf(reply).includes('dynamic-tool:output-available'));
  assert.ok(textOf(reply).length > 0);
  assert.equal(metadataOf(reply)['status'], undefined);
});

test('the demo executor is deterministic: the same question makes the same reply', async () => {
  const replies = await Promise.all(
    [scene.key('same'), scene.key('same')].map(async (key) => {
      await (await alice.say(key, 'The very same question')).whole();
      return (await alice.messages(key))[1];
    }),
  );
  assert.deepEqual(replies[0]?.parts, replies[1]?.parts);
});

test('the demo executor\'s delay is in force, so that a refresh can land in the middle', async () => {
  await scene.worker.restart(scene.vars({ DEMO_DELAY_MS: '40' }));
  const key = scene.key('slow');
  const stream = await alice.say(key, 'Take your time');
  await stream.sees('start');
  stream.leave();
  const second = await alice.resume(key);
  assert.ok(second, 'the turn is still running');
  await second.whole();
  assert.deepEqual((await alice.messages(key))[1], await foldBySdk(second.chunks));
});

test('the demo executor takes a second turn', async () => {
  const key = scene.key('second');
  for (const words of ['One', 'Two']) await (await alice.say(key, words)).whole();
  assert.deepEqual((await alice.messages(key)).map((message) => message.role), ['user', 'assistant', 'user', 'assistant']);
});

test('the demo executor can be stopped', async () => {
  const key = scene.key('stopped');
  const stream = await alice.say(key, 'Take your time');
  await stream.until('something of the reply', () => stream.has('reasoning-delta') || stream.has('text-delta'));
  assert.equal((await alice.stop(key)).body.stopped, true);
  await stream.whole();
  assert.equal(metadataOf((await alice.messages(key))[1])['status'], 'aborted');
});
