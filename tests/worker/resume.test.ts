// A second tab finds the running turn over plain HTTP and shows the same reply in the end.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { done, reasoning, text, toolCall, toolResult } from './support/ai-event.ts';
import { userMessage } from './support/client.ts';
import { Scene } from './support/scene.ts';
import { assertWireProfile, foldBySdk } from './support/ui.ts';

const scene = await Scene.open();
const alice = await scene.user('alice');

test('a second tab resumes the running stream before its first token and ends with the same message', async () => {
  const key = scene.key('before-token');
  const first = await scene.begin(alice, key, 'Hello');
  const second = await alice.resume(key);
  assert.ok(second, 'a turn is running');
  await second.sees('start');
  first.turn.end(reasoning('hm'), text('Hello '), text('you.'), done());
  await Promise.all([first.stream.whole(), second.whole()]);
  await assertSameMessage(key, first.stream.chunks, second.chunks);
});

test('a second tab resumes before the upstream has even answered', async () => {
  const key = scene.key('before-upstream');
  const posted = alice.say(key, 'Hello');
  const turn = await scene.upstream.next(key);
  const second = alice.resume(key);
  turn.end(text('Late but there'), done());
  const stream = await posted;
  await stream.whole();
  // The second tab came before the end or after it; in neither case may it hang or get half a reply.
  const resumed = await second;
  if (resumed) {
    await resumed.whole();
    await assertSameMessage(key, stream.chunks, resumed.chunks);
  }
});

test('a second tab resumes mid-way: replayed from start, then live', async () => {
  const key = scene.key('mid-way');
  const first = await scene.begin(alice, key, 'Hello');
  first.turn.send(text('One '), toolCall('c1', 'lookup', { id: 1 }), toolResult('c1', 'x'), text('two '));
  await first.stream.reads('two ');
  const second = await alice.resume(key);
  assert.ok(second);
  await second.reads('two ');
  assert.equal(second.chunks[0]?.type, 'start');
  first.turn.send(text('three '));
  await Promise.all([first.stream.reads('three '), second.reads('three ')]);
  first.turn.end(text('four'), done());
  await Promise.all([first.stream.whole(), second.whole()]);
  await assertWireProfile(second.chunks);
  await assertSameMessage(key, first.stream.chunks, second.chunks);
});

test('a second tab can be cut in and resumed at every point of the turn', async () => {
  const key = scene.key('every-point');
  const first = await scene.begin(alice, key, 'Hello');
  const events = [reasoning('a'), reasoning('b'), text('c '), toolCall('c1', 'f', {}), toolResult('c1', 1), text('d '), text('e')];
  const tabs = [];
  for (const event of events) {
    const tab = await alice.resume(key);
    assert.ok(tab);
    tabs.push(tab);
    first.turn.send(event);
  }
  first.turn.end(done());
  await first.stream.whole();
  for (const tab of tabs) {
    await tab.whole();
    await assertSameMessage(key, first.stream.chunks, tab.chunks);
  }
});

test('a tab that left can come back, also when it was the one that asked', async () => {
  const key = scene.key('come-back');
  const { stream, turn } = await scene.begin(alice, key, 'Hello');
  turn.send(text('One '));
  await stream.reads('One ');
  stream.leave();
  const back = await alice.resume(key);
  assert.ok(back);
  await back.reads('One ');
  back.leave();
  const again = await alice.resume(key);
  assert.ok(again);
  turn.end(text('two'), done());
  await again.whole();
  assert.deepEqual((await alice.messages(key))[1], await foldBySdk(again.chunks));
});

test('after the turn there is nothing to resume: 204', async () => {
  const key = scene.key('over');
  await scene.talk(alice, key, 'Hello', text('Bye'));
  assert.equal(await alice.resume(key), undefined);
  const response = await alice.request('GET', `/api/v1/ai/chat/${scene.key('never')}/stream`);
  assert.equal(response.status, 204);
  assert.equal(await response.text(), '');
});

test('a resumed stream carries the headers of the first one', async () => {
  const key = scene.key('headers');
  const { stream, turn } = await scene.begin(alice, key, 'Hello');
  const second = await alice.resume(key);
  assert.ok(second);
  for (const name of ['content-type', 'cache-control', 'x-vercel-ai-ui-message-stream', 'x-accel-buffering', 'x-state-key']) {
    assert.equal(second.response.headers.get(name), stream.response.headers.get(name), name);
  }
  turn.end(text('x'), done());
  await Promise.all([stream.whole(), second.whole()]);
});

test('a tab that asks while a new turn waits in the queue gets the running one, then the next one', async () => {
  const key = scene.key('queue');
  const first = await scene.begin(alice, key, 'First');
  const waiting = alice.chat({ id: key, messages: [userMessage('second', 'Second')] });
  const tab = await alice.resume(key);
  assert.ok(tab);
  first.turn.end(text('Re: First'), done());
  await tab.whole();
  assert.equal(tab.text, 'Re: First');
  const turn = await scene.upstream.next(key);
  turn.accept();
  const second = await waiting;
  const next = await alice.resume(key);
  assert.ok(next);
  turn.end(text('Re: Second'), done());
  await Promise.all([second.whole(), next.whole()]);
  assert.equal(next.text, 'Re: Second');
});

async function assertSameMessage(key: string, first: Parameters<typeof foldBySdk>[0], second: Parameters<typeof foldBySdk>[0]): Promise<void> {
  const stored = (await alice.messages(key))[1];
  assert.deepEqual(await foldBySdk(first), stored);
  assert.deepEqual(await foldBySdk(second), stored);
}
