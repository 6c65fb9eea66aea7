// Turns longer than the platform's patience: `waitUntil` ends 30 s after a client leaves, and an object with no event
// in flight is evicted after about 70 s. This file takes its time on purpose; it runs beside the others.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { done, text } from './support/ai-event.ts';
import { Scene, type Running } from './support/scene.ts';
import { metadataOf, textOf } from './support/ui.ts';
import { until } from './support/until.ts';

/** Longer than 150 s, the length that the design names. */
const TURN_MS = 160_000;
/** The pace of a slow model. */
const TICK_MS = 2_000;

const scene = await Scene.open();
const alice = await scene.user('alice');

test('PERSIST_AFTER_PUMP: a turn longer than 150 s under a vanished client is stored whole', { concurrency: true }, async (t) => {
  await Promise.all([
    t.test('when the upstream ticks', async () => {
      const running = await abandoned('ticking', 'Count slowly');
      const words = await tick(running);
      await assertWhole(running, `start ${words}`);
    }),
    t.test('when the upstream is silent for the whole time', async () => {
      const running = await abandoned('silent', 'Think long');
      await pause(TURN_MS);
      running.turn.end(text('end'), done());
      await assertWhole(running, 'start end');
    }),
    t.test('and a client that stays reads it to the end', async () => {
      const key = scene.key('attended');
      const running = await scene.begin(alice, key, 'Count slowly');
      running.turn.send(text('start '));
      const words = await tick(running);
      await running.stream.whole();
      assert.equal(running.stream.text, `start ${words}`);
      await assertWhole(running, `start ${words}`);
    }),
  ]);
});

/** A turn whose client has left after the first token. */
async function abandoned(name: string, question: string): Promise<Running> {
  const running = await scene.begin(alice, scene.key(name), question);
  running.turn.send(text('start '));
  await running.stream.reads('start');
  running.stream.leave();
  await until('the client is gone', () => running.stream.isEnded);
  return running;
}

/** The upstream's own pace: one word a tick until the turn is long enough, then the end. */
async function tick(running: Running): Promise<string> {
  let words = '';
  const begun = Date.now();
  for (let count = 0; Date.now() - begun < TURN_MS; count += 1) {
    assert.equal(running.turn.isClosed, false, `the worker let go of the upstream after ${Date.now() - begun} ms`);
    running.turn.send(text(`${count} `));
    words += `${count} `;
    await pause(TICK_MS);
  }
  running.turn.end(text('end'), done());
  return `${words}end`;
}

async function assertWhole(running: Running, expected: string): Promise<void> {
  const [, reply] = await alice.messagesAtLeast(running.turn.request.stateKey, 2);
  assert.equal(textOf(reply), expected);
  assert.equal(metadataOf(reply)['status'], undefined);
  assert.equal(metadataOf(reply)['finishReason'], 'stop');
}

function pause(ms: number): Promise<void> {
  return new Promise((resume) => setTimeout(resume, ms));
}
