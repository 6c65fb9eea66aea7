// What the route keeps besides the acceptance checks: keys, secrets, deletions.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { userMessage } from '../../worker/support/client.ts';
import { piecesOf, SECRETS } from '../../worker/support/secrets.ts';
import { metadataOf, talkOf } from '../../worker/support/ui.ts';
import { until } from '../../worker/support/until.ts';
import { Scene } from './scene.ts';

const scene = await Scene.open();

/** Milliseconds, for each test. */
const timeout = 180_000;

test('STATE_KEY_LIFECYCLE: the client\'s key is used and given back, and who has none gets one', { timeout }, async () => {
  const user = await scene.user();
  const bodies: [object, string | undefined][] = [
    [{ id: 'chat-id', stateKey: 'own-key' }, 'own-key'],
    [{ id: 'chat-id' }, 'chat-id'],
    [{ id: 'no key at all' }, undefined],
    [{}, undefined],
  ];
  for (const [body, expected] of bodies) {
    const question = scene.name('question');
    const stream = await user.chat({ ...body, messages: [userMessage('u', question)] });
    (await scene.model.next(question)).say('Yes.').end();
    await stream.whole();
    if (expected !== undefined) assert.equal(stream.stateKey, expected);
    assert.match(stream.stateKey, /^[a-zA-Z0-9_-]{1,128}$/);
    assert.deepEqual(talkOf(await user.history(stream.stateKey)), [`user: ${question}`, 'assistant: Yes.']);
  }
});

test('REDACT_BEFORE_PERSIST: a secret is neither stored nor told to the model, and one that comes in pieces is not stored', { timeout }, async () => {
  const user = await scene.user();
  const key = scene.name('secret');
  const stream = await user.chat({ id: key, message: `Keep ${SECRETS.github} for me` });
  const masked = /^Keep \[\w+\] for me$/;
  const request = await scene.model.next(masked);
  for (const letters of SECRETS.openai) request.say(letters);
  request.say(' is another.').call('call-1', SECRETS.aws, JSON.stringify({ key: SECRETS.aws })).end();
  (await scene.model.next(masked)).say('Done.').end();
  await stream.whole();
  const stored = JSON.stringify(await scene.store.port.loadThread({ owner: user.name, stateKey: key }));
  for (const secret of [SECRETS.github, SECRETS.openai]) {
    for (const piece of piecesOf(secret)) assert.equal(stored.includes(piece), false);
  }
  assert.equal(stored.includes(`"key":"${SECRETS.aws}"`), false);
  assert.match(stored, / is another\./);
});

test('SOFT_DELETE_DEFAULT: a thread that is deleted while its reply is written stays deleted', { timeout }, async () => {
  const user = await scene.user();
  const key = scene.name('deleted');
  const stream = await user.say(key, 'To be forgotten');
  const request = await scene.model.next('To be forgotten');
  request.say('I will ');
  await stream.reads('I will ');
  assert.equal((await user.ask('DELETE', `/api/v1/ai/threads/${key}`)).status, 200);
  request.say('forget.').end();
  await stream.whole();
  assert.deepEqual(await user.history(key), []);
  await scene.talk(user, key, 'A fresh start', 'Welcome.');
  assert.deepEqual(talkOf(await user.history(key)), ['user: A fresh start', 'assistant: Welcome.']);
});

test('a model that refuses is told to the client in fixed words, and the question is stored', { timeout }, async () => {
  const user = await scene.user();
  for (const [status, words] of [[429, /busy/], [401, /connection to the assistant was lost/], [500, /connection to the assistant was lost/]] as const) {
    const key = scene.name('refused');
    const question = scene.name('question');
    const stream = await user.say(key, question);
    (await scene.model.next(question)).refuse(status);
    await stream.whole();
    assert.match(stream.raw, words);
    assert.doesNotMatch(stream.raw, /words of the model/);
    assert.equal(talkOf(await user.history(key))[0], `user: ${question}`);
  }
});

test('the list pages through the user\'s threads, and refuses what makes no sense', { timeout }, async () => {
  const user = await scene.user();
  const keys = [scene.name('one'), scene.name('two'), scene.name('three')];
  for (const key of keys) await scene.talk(user, key, `About ${key}`, 'Yes.');
  await until('all of them in the list', async () => (await user.threadKeys()).join() === keys.toReversed().join(), 90_000);
  const first = await user.ask('GET', '/api/v1/ai/threads?limit=2');
  const second = await user.ask('GET', `/api/v1/ai/threads?limit=2&cursor=${encodeURIComponent(String(first.body['nextCursor']))}`);
  const rows = [...(first.body['threads'] as { stateKey: string; title: string; messageCount: number }[]), ...(second.body['threads'] as [])];
  assert.deepEqual(rows.map((row) => row.stateKey), keys.toReversed());
  assert.equal(rows[0]?.title, `About ${keys[2]}`);
  for (const query of ['limit=0', 'limit=x', 'cursor=rubbish']) {
    const answer = await user.ask('GET', `/api/v1/ai/threads?${query}`);
    assert.deepEqual([answer.status, answer.body.error?.code], [400, 'invalid_request'], query);
  }
  const history = await user.ask('GET', '/api/v1/ai/threads/no%20key');
  assert.deepEqual([history.status, history.body.error?.code, history.headers.get('cache-control')], [400, 'invalid_state_key', 'no-store']);
});

test('a whole reply has no status, and its end is in its metadata', { timeout }, async () => {
  const user = await scene.user();
  const key = scene.name('metadata');
  await scene.talk(user, key, 'How does it end?', 'Well.');
  const metadata = metadataOf((await user.history(key))[1]);
  assert.deepEqual([metadata['status'], metadata['finishReason']], [undefined, 'stop']);
});
