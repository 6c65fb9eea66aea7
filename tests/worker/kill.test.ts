// Power cuts: workerd is killed with SIGKILL in the middle of work and started again on the same data.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { done, text, toolCall, toolResult } from './support/ai-event.ts';
import { userMessage } from './support/client.ts';
import type { EventsTurn } from './support/events-upstream.ts';
import { Scene } from './support/scene.ts';
import { isStored } from './support/storage.ts';
import { metadataOf, shapeOf, textOf } from './support/ui.ts';
import { until } from './support/until.ts';

const scene = await Scene.open();
const alice = await scene.user('alice');
const backend = scene.service('alice');


test('SERIALIZED_APPENDS: every message acknowledged before kill -9 is there once after the restart', async () => {
  const keys = Array.from({ length: 6 }, (_, n) => scene.key(`acked-${n}`));
  const turns = await Promise.all([0, 1, 2].map((n) => scene.begin(alice, scene.key(`turn-${n}`), `question ${n}`)));
  for (const { turn } of turns) turn.send(text('partial '));
  const acknowledged = new Map(keys.map((key) => [key, [] as string[]]));
  const attempted = new Map(keys.map((key) => [key, [] as string[]]));
  let isAlive = true;
  const callers = keys.map(async (key) => {
    for (let n = 0; isAlive && n < 190; n += 1) {
      attempted.get(key)!.push(`${key}/${n}`);
      const answer = await backend.append(key, [userMessage(`${key}/${n}`, `message ${n}`)]).catch(() => undefined);
      if (answer?.status !== 200) return;
      acknowledged.get(key)!.push(`${key}/${n}`);
    }
  });
  await until('some acknowledged appends on each thread', () => [...acknowledged.values()].every((ids) => ids.length >= 10));
  await scene.worker.kill9();
  isAlive = false;
  await Promise.all(callers);
  await scene.worker.restart();

  for (const key of keys) {
    const ids = (await alice.messages(key)).map((message) => message.id);
    assert.equal(new Set(ids).size, ids.length, 'no message twice');
    assert.deepEqual(ids, attempted.get(key)!.slice(0, ids.length), 'in order, none invented');
    assert.deepEqual(ids.slice(0, acknowledged.get(key)!.length), acknowledged.get(key), 'every acknowledged one');
  }
  for (const [n, { turn }] of turns.entries()) {
    assert.equal(textOf((await alice.messages(turn.request.stateKey))[0]), `question ${n}`);
  }
});

test('PERSIST_AFTER_PUMP: a turn interrupted by kill -9 is closed as aborted, with what its buffer held', async () => {
  const key = scene.key('interrupted');
  const { stream, turn } = await scene.begin(alice, key, 'Tell me a story');
  const sent = Array.from({ length: 20 }, (_, n) => `word${n} `);
  turn.send(...sent.map(text));
  await stream.reads('word19');
  await sendUntilStored(turn);
  turn.send(toolCall('c1', 'lookup', { id: 1 }));
  await stream.sees('tool-input-available');
  await until('the call in the resume buffer', () => isStored(scene.worker.dataDir, 'lookup'));
  await scene.worker.kill9();
  await scene.worker.restart();

  const messages = await alice.messagesAtLeast(key, 2);
  const reply = messages[1];
  assert.equal(messages.length, 2);
  assert.equal(metadataOf(reply)['status'], 'aborted');
  const kept = textOf(reply);
  assert.ok(kept.startsWith(sent.join('')), `the buffer's text is kept: ${kept.slice(0, 200)}`);
  assert.ok(`${sent.join('')}${filler(key).repeat(1_000)}`.startsWith(kept), 'and nothing else');
  assert.deepEqual(shapeOf(reply), ['step-start', 'text', 'dynamic-tool:output-error']);
  assert.equal(await alice.resume(key), undefined, 'no turn is running');
  assert.equal(await closedOnce(key), true);
});

test('PERSIST_AFTER_PUMP: a 5 MB tool output in the buffer survives kill -9 intact', async () => {
  const key = scene.key('large');
  const output = 'lorem ipsum dolor '.repeat(300_000);
  const { stream, turn } = await scene.begin(alice, key, 'Dump');
  turn.send(toolCall('c1', 'dump', {}), toolResult('c1', output), text('After the dump. '));
  await stream.reads('After the dump.');
  await sendUntilStored(turn);
  await scene.worker.kill9();
  await scene.worker.restart();
  const reply = (await alice.messagesAtLeast(key, 2))[1];
  assert.deepEqual(shapeOf(reply), ['step-start', 'dynamic-tool:output-available', 'step-start', 'text']);
  const part = reply?.parts.find((part) => part.type === 'dynamic-tool');
  assert.ok(part?.output === output, 'the output is as it was');
});

test('PERSIST_AFTER_PUMP: after the restart the interrupted thread takes the next turn', async () => {
  const key = scene.key('next');
  const { stream, turn } = await scene.begin(alice, key, 'First');
  turn.send(text('Half an '));
  await stream.reads('Half an');
  await scene.worker.kill9();
  await scene.worker.restart();
  const next = await scene.talk(alice, key, 'Second', text('Whole.'));
  const said = next.turn.request.messages;
  assert.deepEqual(said[0], { role: 'user', content: 'First' });
  assert.deepEqual(said.at(-1), { role: 'user', content: 'Second' });
  assert.equal(textOf((await alice.messages(key)).at(-1)), 'Whole.');
});

test('PERSIST_AFTER_PUMP: a turn killed before its first event leaves the question and no empty reply', async () => {
  const key = scene.key('nothing-yet');
  await scene.begin(alice, key, 'Anyone?');
  await scene.worker.kill9();
  await scene.worker.restart();
  assert.equal(await alice.resume(key), undefined);
  const messages = await alice.messages(key);
  assert.deepEqual(messages.map((message) => message.role), ['user']);
});

test('PERSIST_AFTER_PUMP: an interrupted turn is closed by its alarm, without anyone asking for the thread', async () => {
  const key = scene.key('by-alarm');
  const { stream, turn } = await scene.begin(alice, key, 'Wake up by yourself');
  turn.send(...Array.from({ length: 20 }, (_, n) => text(`tick${n} `)));
  await stream.reads('tick19');
  await sendUntilStored(turn);
  await scene.worker.kill9();
  await scene.worker.restart();
  // Only the list is asked here, never the thread: the count can rise only if the object woke by itself.
  await alice.listed(key, (entry) => entry.messageCount === 2, 90_000);
  assert.equal(metadataOf((await alice.messages(key))[1])['status'], 'aborted');
});

test('SERIALIZED_APPENDS: queued turns of a killed worker do not block the thread', async () => {
  const key = scene.key('queued');
  const running = await scene.begin(alice, key, 'Running');
  running.turn.send(text('x '));
  await running.stream.reads('x');
  alice.say(key, 'Waiting').catch(() => {});
  await scene.worker.kill9();
  await scene.worker.restart();
  scene.upstream.script((turn) => turn.end(text('Fresh.'), done()));
  const stream = await alice.say(key, 'After');
  await stream.whole();
  scene.upstream.script(undefined);
  assert.equal(textOf((await alice.messages(key)).at(-1)), 'Fresh.');
});

/** Feeds the turn until the resume buffer on disk holds some of it: buffers are written in batches, behind what is sent. */
async function sendUntilStored(turn: EventsTurn): Promise<void> {
  const more = filler(turn.request.stateKey);
  await until('what was sent is in the resume buffer', () => {
    turn.send(text(more));
    return isStored(scene.worker.dataDir, more.slice(0, 60));
  });
}

/** A long delta of one turn's own words: buffers are cut where they like, and other turns' words are in storage too. */
function filler(stateKey: string): string {
  return `more for ${stateKey} `.repeat(60);
}

/** Reads the thread a few times: closing is done once, not at each wake. */
async function closedOnce(key: string): Promise<boolean> {
  const counts = await Promise.all([1, 2, 3].map(async () => (await alice.messages(key)).length));
  return counts.every((count) => count === 2);
}
