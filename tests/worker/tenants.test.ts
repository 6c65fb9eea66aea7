// (owner, stateKey) names the thread. Nothing crosses, and nothing tells that someone else's thread is there.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { done, text } from './support/ai-event.ts';
import { userMessage } from './support/client.ts';
import { Scene } from './support/scene.ts';
import { talkOf } from './support/ui.ts';

const scene = await Scene.open();
const alice = await scene.user('alice');
const bob = await scene.user('bob');

test('TENANT_SCOPED: two owners with one stateKey have two threads', async () => {
  const key = scene.key('shared');
  await scene.talk(alice, key, 'I am Alice', text('Hello Alice'));
  const { turn } = await scene.talk(bob, key, 'I am Bob', text('Hello Bob'));
  assert.deepEqual(turn.request.messages, [{ role: 'user', content: 'I am Bob' }]);
  assert.deepEqual(talkOf(await alice.messages(key)), ['user: I am Alice', 'assistant: Hello Alice']);
  assert.deepEqual(talkOf(await bob.messages(key)), ['user: I am Bob', 'assistant: Hello Bob']);
});

test('TENANT_SCOPED: two owners talk at once on one stateKey and neither waits for the other', async () => {
  const key = scene.key('at-once');
  const hers = await scene.begin(alice, key, 'Hers');
  const his = await scene.begin(bob, key, 'His');
  assert.ok(await bob.resume(key));
  his.turn.end(text('for Bob'), done());
  await his.stream.whole();
  assert.equal(await bob.resume(key), undefined, 'his turn is over, hers is not his business');
  assert.equal((await bob.stop(key)).body.stopped, false);
  hers.turn.end(text('for Alice'), done());
  await hers.stream.whole();
  assert.equal(hers.stream.text, 'for Alice');
});

test('TENANT_SCOPED: another owner\'s thread is indistinguishable from one that was never there', async () => {
  const hers = scene.key('hers');
  const nobodys = scene.key('never-used');
  await scene.talk(alice, hers, 'Private', text('Secret'));
  const asks = [
    ['GET', '/api/v1/ai/threads/KEY'],
    ['GET', '/api/v1/ai/chat/KEY/stream'],
    ['POST', '/api/v1/ai/chat/KEY/stop'],
    ['PATCH', '/api/v1/ai/threads/KEY', { title: 'x' }],
    ['DELETE', '/api/v1/ai/threads/KEY'],
  ] as const;
  for (const [method, path, body] of asks) {
    const theirs = await bob.ask(method, path.replace('KEY', hers), body);
    const absent = await bob.ask(method, path.replace('KEY', nobodys), body);
    assert.equal(theirs.status, absent.status, `${method} ${path}`);
    assert.equal(theirs.text.replaceAll(hers, 'KEY'), absent.text.replaceAll(nobodys, 'KEY'), `${method} ${path}`);
    assert.deepEqual([...theirs.headers.keys()].sort(), [...absent.headers.keys()].sort(), `${method} ${path}`);
  }
  assert.deepEqual(talkOf(await alice.messages(hers)), ['user: Private', 'assistant: Secret']);
});

test('TENANT_SCOPED: lists hold the owner\'s own threads only', async () => {
  const [hers, his] = [scene.key('list-a'), scene.key('list-b')];
  await scene.talk(alice, hers, 'A', text('a'));
  await scene.talk(bob, his, 'B', text('b'));
  await Promise.all([alice.listed(hers), bob.listed(his)]);
  assert.equal((await alice.list('?limit=100')).body.threads.some((entry) => entry.stateKey === his), false);
  assert.equal((await bob.list('?limit=100')).body.threads.some((entry) => entry.stateKey === hers), false);
});

test('TENANT_SCOPED: owners and keys that would run together when joined are kept apart', async () => {
  const pairs = [['a', 'b-c'], ['a-b', 'c'], ['a', 'b_c'], ['a_b', 'c'], ['a:b', 'c'], ['a/b', 'c'], ['a|b', 'c'], ['a', 'c'], ['A', 'c']] as const;
  for (const [owner, key] of pairs) {
    const answer = await scene.service(owner).append(key, [userMessage(`${owner} ${key}`, owner)]);
    assert.equal(answer.status, 200, answer.text);
  }
  for (const [owner, key] of pairs) {
    const user = await scene.user(owner);
    assert.deepEqual(talkOf(await user.messages(key)), [`user: ${owner}`]);
  }
});

test('TENANT_SCOPED: the owner comes from the credential, not from the request', async () => {
  const key = scene.key('claimed');
  await scene.talk(alice, key, 'Mine', text('Yours'));
  const answer = await bob.ask<{ messages: unknown[] }>('GET', `/api/v1/ai/threads/${key}?owner=alice`, undefined, { 'x-threadkeep-owner': 'alice' });
  assert.equal(answer.status, 200);
  assert.deepEqual(answer.body.messages, []);
});
