// Deleted threads vanish from every read; the same key starts afresh; the data stays until retention ends.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { done, text } from './support/ai-event.ts';
import { userMessage, type ErrorBody } from './support/client.ts';
import { Scene } from './support/scene.ts';
import { isStored } from './support/storage.ts';
import { talkOf } from './support/ui.ts';
import { until } from './support/until.ts';

const scene = await Scene.open();
const alice = await scene.user('alice');
const backend = scene.service('alice');

test('SOFT_DELETE_DEFAULT: a deleted thread vanishes from every read', async () => {
  const key = scene.key('vanishes');
  await scene.talk(alice, key, 'Forget me', text('Gladly'));
  await alice.listed(key);
  const removed = await alice.remove(key);
  assert.deepEqual([removed.status, removed.body], [200, { ok: true }]);

  assert.deepEqual((await alice.thread(key)).body.messages, []);
  assert.equal(await alice.resume(key), undefined);
  await until('the thread leaves the list', async () => !(await alice.list('?limit=100')).body.threads.some((entry) => entry.stateKey === key));
});

test('SOFT_DELETE_DEFAULT: the same stateKey then starts a fresh thread', async () => {
  const key = scene.key('fresh');
  await scene.talk(alice, key, 'Old question', text('Old answer'));
  await alice.remove(key);
  const { turn } = await scene.talk(alice, key, 'New question', text('New answer'));
  assert.deepEqual(turn.request.messages, [{ role: 'user', content: 'New question' }]);
  assert.deepEqual(talkOf(await alice.messages(key)), ['user: New question', 'assistant: New answer']);
  const entry = await alice.listed(key, (entry) => entry.messageCount === 2 && entry.title === 'New question');
  assert.equal(entry.title, 'New question');
});

test('SOFT_DELETE_DEFAULT: a save after the deletion counts from zero, again and again', async () => {
  const key = scene.key('again');
  for (let round = 0; round < 3; round += 1) {
    const saved = await backend.save(key, [userMessage(`r${round}`, `round ${round}`)], 0);
    assert.deepEqual([saved.status, saved.body.messageCount], [200, 1], saved.text);
    assert.deepEqual(talkOf(await alice.messages(key)), [`user: round ${round}`]);
    await alice.remove(key);
  }
  assert.deepEqual(await alice.messages(key), []);
});

test('SOFT_DELETE_DEFAULT: the data stays until retention ends', async () => {
  const key = scene.key('stays');
  await scene.talk(alice, key, 'Kept for retention', text('Of course'));
  await alice.remove(key);
  assert.ok(isStored(scene.worker.dataDir, 'Kept for retention'));
});

test('SOFT_DELETE_DEFAULT: a thread deleted under a running turn stays deleted when the upstream ends', async () => {
  const key = scene.key('mid-turn');
  const { stream, turn } = await scene.begin(alice, key, 'Going');
  turn.send(text('half '));
  await stream.reads('half');
  await alice.remove(key);
  assert.deepEqual(await alice.messages(key), []);
  if (!turn.isClosed) turn.end(text('gone'), done());
  await until('the stream ends', () => stream.isEnded);
  assert.deepEqual(await alice.messages(key), []);

  const next = await scene.talk(alice, key, 'Back', text('Welcome back'));
  assert.deepEqual(next.turn.request.messages, [{ role: 'user', content: 'Back' }]);
  assert.deepEqual(talkOf(await alice.messages(key)), ['user: Back', 'assistant: Welcome back']);
});

test('SOFT_DELETE_DEFAULT: turns that wait when the thread is deleted are refused and bring nothing back', async () => {
  const key = scene.key('waiting');
  const { stream, turn } = await scene.begin(alice, key, 'Going');
  turn.send(text('half '));
  await stream.reads('half');
  // Eight may wait: that the ninth is refused proves that the others are in the queue.
  const waiting = Array.from({ length: 9 }, async (_, at) => {
    const message = userMessage(`waiting-${at}`, 'Waiting');
    const answer = await alice.ask<ErrorBody>('POST', '/api/v1/ai/chat', { id: key, messages: [message] });
    return { status: answer.status, code: answer.body.error.code };
  });
  assert.deepEqual(await Promise.race(waiting), { status: 409, code: 'thread_busy' });
  await alice.remove(key);
  const codes = (await Promise.all(waiting)).map(({ status, code }) => `${status} ${code}`).sort();
  assert.deepEqual(codes, ['409 thread_busy', ...Array.from({ length: 8 }, () => '409 thread_conflict')]);
  assert.deepEqual(await alice.messages(key), []);
});

test('SOFT_DELETE_DEFAULT: when the deletion is answered the list knows it, also while another change is on its way there', async () => {
  for (let round = 0; round < 20; round += 1) {
    const key = scene.key('at-once');
    await backend.append(key, [userMessage('u', 'x')]);
    await alice.remove(key);
    assert.equal((await alice.list('?limit=100')).body.threads.some((entry) => entry.stateKey === key), false, `round ${round}`);
  }
});

test('SOFT_DELETE_DEFAULT: deleting twice, or what never was, is answered alike', async () => {
  const key = scene.key('twice');
  await scene.talk(alice, key, 'Once', text('Yes'));
  const first = await alice.remove(key);
  const second = await alice.remove(key);
  const never = await alice.remove(scene.key('never'));
  assert.deepEqual([first.status, second.status, never.status], [200, 200, 200]);
  assert.deepEqual([second.body, never.body], [{ ok: true }, { ok: true }]);
});

test('SOFT_DELETE_DEFAULT: a user message whose id was used before the deletion is taken', async () => {
  const key = scene.key('same-id');
  for (const words of ['Before', 'After']) {
    const stream = alice.say(key, words, 'one-and-the-same');
    (await scene.upstream.next(key)).end(text(`Re: ${words}`), done());
    await (await stream).whole();
    if (words === 'Before') await alice.remove(key);
  }
  assert.deepEqual(talkOf(await alice.messages(key)), ['user: After', 'assistant: Re: After']);
});
