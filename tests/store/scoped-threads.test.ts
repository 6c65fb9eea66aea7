// `threadkeep/scoped-threads` on the real worker.

import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { SignJWT } from 'jose';
import { ThreadkeepError } from 'threadkeep';
import { createScopedThreads, fromThreadId, toThreadId, type Scope } from 'threadkeep/scoped-threads';
import { Worker } from '../worker/harness.ts';

const SERVICE_TOKEN = 'service-token-of-the-tests-0123456789';
const JWT_SECRET = 'a-test-secret-of-at-least-32-bytes!!';

const worker = await Worker.start({ SERVICE_TOKEN, AUTH_JWT_SECRET: JWT_SECRET });
after(() => worker.discard());

const server = createScopedThreads({ url: worker.url, serviceToken: SERVICE_TOKEN });
const said = (words: string) => [{ type: 'text' as const, text: words }];
const spec = (scopeId: string): Scope => ({ projectId: 'p1', scopeType: 'spec', scopeId });

test('a thread is made once, found, listed, written to and read', async () => {
  const scope = spec('größe/1');
  assert.equal(await server.find('ann', scope), undefined);
  const [first, second] = await Promise.all([server.getOrCreate('ann', scope, { title: 'T' }), server.getOrCreate('bob', scope)]);
  assert.equal(first.stateKey, second.stateKey);
  assert.deepEqual((await server.find('ann', scope))?.scope, scope);

  const item = await server.append('ann', scope, { role: 'user', parts: said('one'), requestId: 'r' });
  assert.deepEqual(await server.append('ann', scope, { role: 'user', parts: said('one'), requestId: 'r' }), item);
  assert.deepEqual((item.metadata as { author: unknown }).author, { id: 'ann' });
  await server.append('ann', scope, { role: 'assistant', parts: said('two'), visibility: 'hidden' });
  const page = await server.items('ann', scope, { limit: 1 });
  assert.deepEqual([page.items.map(({ id }) => id), page.nextAfter], [[item.id], 0]);
  assert.equal((await server.items('ann', scope, { after: 0 })).items.length, 1);
  assert.equal((await server.setVisibility('ann', scope, item.id, 'archived')).visibility, 'archived');
  assert.deepEqual((await server.items('ann', scope, { visibility: 'visible' })).items, []);

  assert.deepEqual(await server.setContext('ann', scope, [{ name: 'a.md', text: 'A' }]), { revision: 1 });
  await assert.rejects(server.setContext('ann', scope, [], 0), { code: 'thread_conflict' });
  const listed = await server.list('ann', { projectId: 'p1', scopeType: 'spec', limit: 1 });
  assert.deepEqual(listed.threads.map(({ scope }) => scope.scopeId), ['größe/1']);
});

test('with a user\'s token the worker judges', async () => {
  const jwt = new SignJWT({ projects: { p1: 'read' } }).setProtectedHeader({ alg: 'HS256' }).setSubject('rob').setExpirationTime('1h');
  const rob = createScopedThreads({ url: worker.url, userToken: await jwt.sign(new TextEncoder().encode(JWT_SECRET)) });
  await server.getOrCreate('ann', spec('read-only'));
  assert.equal((await rob.find('rob', spec('read-only')))?.messageCount, 0);
  await assert.rejects(rob.append('rob', spec('read-only'), { role: 'user', parts: said('x') }), ThreadkeepError);
  assert.equal(await rob.find('rob', { ...spec('x'), projectId: 'p2' }), undefined);
});

test('half a letter in an argument is refused by a code, and never at once', async () => {
  const half = 'x\ud83d';
  const scopes: Scope[] = [{ ...spec('1'), projectId: half }, { ...spec('1'), scopeType: half }, spec(half)];
  for (const scope of scopes) {
    const calls = [
      server.getOrCreate('ann', scope),
      server.find('ann', scope),
      server.append('ann', scope, { role: 'user', parts: said('x') }),
      server.items('ann', scope),
      server.setVisibility('ann', scope, 'i', 'hidden'),
      server.setContext('ann', scope, []),
    ];
    for (const call of calls) await assert.rejects(call, { name: 'ThreadkeepError', code: 'invalid_scope' });
    assert.throws(() => toThreadId(scope), { name: 'ThreadkeepError', code: 'invalid_scope' });
  }
  await assert.rejects(server.list('ann', { projectId: half }), { code: 'invalid_scope' });
  await assert.rejects(server.setVisibility('ann', spec('1'), half, 'hidden'), { code: 'invalid_request' });
  await assert.rejects(server.find(half, spec('1')), { code: 'invalid_request' });
});

test('the id of a thread is its scope, and nothing else is an id', () => {
  const scope = spec('a/b c%/é');
  assert.deepEqual(fromThreadId(toThreadId(scope)), scope);
  for (const bad of ['', 'a/b', 'a/b/c/d', 'a//c', '%/b/c']) assert.throws(() => fromThreadId(bad), { code: 'invalid_scope' });
});
