// Turns on one thread run one at a time; later ones wait in a bounded queue.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { done, text } from './support/ai-event.ts';
import { userMessage } from './support/client.ts';
import { Scene } from './support/scene.ts';
import { talkOf } from './support/ui.ts';
import { until } from './support/until.ts';

const scene = await Scene.open();
const alice = await scene.user('alice');

test('SERIALIZED_APPENDS: a turn that comes while another runs waits for it and sees its reply', async () => {
  const key = scene.key('waits');
  const first = await scene.begin(alice, key, 'First');
  const posted = alice.say(key, 'Second');
  first.turn.send(text('Re: '));
  await first.stream.reads('Re: ');
  assert.equal(scene.upstream.of(key).length, 1, 'the second has not reached the upstream');
  first.turn.end(text('First'), done());
  await first.stream.whole();

  const second = await scene.upstream.next(key);
  assert.deepEqual(second.request.messages.map((message) => message.content), ['First', 'Re: First', 'Second']);
  second.end(text('Re: Second'), done());
  await (await posted).whole();
  assert.deepEqual(talkOf(await alice.messages(key)), ['user: First', 'assistant: Re: First', 'user: Second', 'assistant: Re: Second']);
});

test('SERIALIZED_APPENDS: the queue is bounded; past it 409 thread_busy, and what is refused is not stored', async () => {
  const key = scene.key('overflow');
  const first = await scene.begin(alice, key, 'question 0');
  const settled: { n: number; status: number; code?: string }[] = [];
  const posted = Array.from({ length: 80 }, (_, at) => at + 1).map(async (n) => {
    const response = await alice.request('POST', '/api/v1/ai/chat', { id: key, messages: [userMessage(`q${n}`, `question ${n}`)] });
    const body = await response.text();
    settled.push(response.status === 200 ? { n, status: 200 } : { n, status: response.status, code: JSON.parse(body).error.code });
  });
  await until('refused turns', () => settled.some((one) => one.status !== 200));
  assert.equal(scene.upstream.of(key).length, 1, 'one turn runs');

  // From now on each turn is answered as it comes; the bounded queue drains.
  let running = 0;
  let mostAtOnce = 0;
  scene.upstream.script((turn) => {
    running += 1;
    mostAtOnce = Math.max(mostAtOnce, running);
    const question = turn.request.messages.at(-1)?.content;
    setImmediate(() => {
      running -= 1;
      turn.end(text(`Re: ${question}`), done());
    });
  });
  first.turn.end(text('Re: question 0'), done());
  await Promise.all([first.stream.whole(), ...posted]);
  scene.upstream.script(undefined);

  const refused = settled.filter((one) => one.status !== 200);
  for (const one of refused) assert.deepEqual([one.status, one.code], [409, 'thread_busy']);
  assert.equal(mostAtOnce, 1, 'never two turns at once');

  const accepted = settled.filter((one) => one.status === 200).map((one) => one.n);
  const talk = talkOf(await alice.messagesAtLeast(key, 2 + 2 * accepted.length));
  assert.equal(talk.length, 2 + 2 * accepted.length);
  for (let at = 0; at < talk.length; at += 2) assert.equal(talk[at + 1], `assistant: Re: ${talk[at]?.slice('user: '.length)}`);
  assert.deepEqual(new Set(talk.filter((line) => line.startsWith('user'))), new Set([0, ...accepted].map((n) => `user: question ${n}`)));
});

test('SERIALIZED_APPENDS: after an overflow the thread is as usable as before', async () => {
  const key = scene.key('after');
  const first = await scene.begin(alice, key, 'One');
  const waiting = Array.from({ length: 40 }, (_, n) => alice.request('POST', '/api/v1/ai/chat', { id: key, messages: [userMessage(`w${n}`, `w${n}`)] }));
  await Promise.race(waiting);
  scene.upstream.script((turn) => turn.end(text('ok'), done()));
  first.turn.end(text('ok'), done());
  await Promise.all(waiting.map(async (response) => (await response).text()));
  await (await alice.say(key, 'Last')).whole();
  scene.upstream.script(undefined);
  assert.deepEqual(talkOf(await alice.messages(key)).slice(-2), ['user: Last', 'assistant: ok']);
});

test('PERSIST_AFTER_PUMP: a client that leaves while its turn waits keeps its place, or leaves nothing behind', async () => {
  const key = scene.key('left');
  const first = await scene.begin(alice, key, 'First');
  const abort = new AbortController();
  const waiting = alice.request('POST', '/api/v1/ai/chat', { id: key, messages: [userMessage('w', 'Waiting')] }, {}, abort.signal);
  // Another turn behind it proves that the first of the two has been taken in.
  const behind = alice.say(key, 'Behind');
  abort.abort();
  await assert.rejects(waiting.then((response) => response.text()));
  scene.upstream.script((turn) => turn.end(text(`Re: ${turn.request.messages.at(-1)?.content}`), done()));
  first.turn.end(text('Re: First'), done());
  await (await behind).whole();
  scene.upstream.script(undefined);
  const talk = talkOf(await alice.messages(key));
  for (const line of talk.filter((line) => line.startsWith('user'))) {
    assert.ok(talk.includes(`assistant: Re: ${line.slice('user: '.length)}`), `${line} has its reply`);
  }
  assert.equal(talk.at(-1), 'assistant: Re: Behind');
});

test('turns on different threads run at the same time', async () => {
  const turns = await Promise.all([1, 2, 3, 4, 5].map((n) => scene.begin(alice, scene.key(`parallel-${n}`), `question ${n}`)));
  for (const { turn } of turns.toReversed()) turn.end(text('ok'), done());
  await Promise.all(turns.map(({ stream }) => stream.whole()));
});
