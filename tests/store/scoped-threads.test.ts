// `threadkeep/scoped-threads` on the real worker.

import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { SignJWT } from 'jose';
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

test('a title and metadata are changed, each as a whole, and taken away', async () => {
  const scope = spec('update');
  await assert.rejects(server.update('ann', scope, { title: 'T' }), { code: 'not_found' });
  await server.getOrCreate('ann', scope, { title: 'T', metadata: { a: 1, b: 2 } });
  await server.update('ann', scope, { metadata: { b: 3 } });
  const { title, metadata, revision } = (await server.find('ann', scope))!;
  assert.deepEqual({ title, metadata }, { title: 'T', metadata: { b: 3 } });
  assert.ok((await server.update('ann', scope, { title: null })).revision > revision);
  assert.equal((await server.find('ann', scope))?.title, undefined);
});

test('an item that is not there is not found', async () => {
  await server.getOrCreate('ann', spec('empty'));
  await assert.rejects(server.setVisibility('ann', spec('empty'), 'none', 'hidden'), { code: 'not_found' });
});

test('with a user\'s token the worker judges, and its refusals keep their codes', async () => {
  const rob = as('rob', 'read', '1h');
  const scope = spec('read-only');
  await server.getOrCreate('ann', scope);
  assert.equal((await (await rob).find('rob', scope))?.messageCount, 0);
  await assert.rejects((await rob).append('rob', scope, { role: 'user', parts: said('x') }), { code: 'forbidden', status: 403 });

  const elsewhere = { ...spec('x'), projectId: 'p2' };
  assert.equal(await (await rob).find('rob', elsewhere), undefined);
  await assert.rejects((await rob).items('rob', elsewhere), { code: 'not_found', status: 404 });
  await assert.rejects((await rob).list('rob', { projectId: 'p2' }), { code: 'not_found' });

  const late = await as('rob', 'write', '-1h');
  await assert.rejects(late.find('rob', scope), { code: 'invalid_token', status: 401 });
});

test('what the worker refuses the service token is a mistake in the set-up', async () => {
  const wrong = createScopedThreads({ url: worker.url, serviceToken: `${SERVICE_TOKEN}x` });
  await assert.rejects(wrong.find('ann', spec('1')), { code: 'internal' });
});

async function as(user: string, access: 'read' | 'write', expires: string) {
  const jwt = new SignJWT({ projects: { p1: access } }).setProtectedHeader({ alg: 'HS256' }).setSubject(user).setExpirationTime(expires);
  return createScopedThreads({ url: worker.url, userToken: await jwt.sign(new TextEncoder().encode(JWT_SECRET)) });
}

const NO_IDS = ['', '.', '..', 'a\nb', '\0', '\u0085', 'x\ud83d', 'x'.repeat(513), 'ü'.repeat(257)];
const NO_TYPES = ['', '.', 'a b', 'ä', 'a/b', 'x\ud83d', 't'.repeat(65)];

test('what is no scope is refused by a code before anything is asked, and never at once', async () => {
  const nowhere = createScopedThreads({ url: 'http://127.0.0.1:9', serviceToken: SERVICE_TOKEN });
  const scopes = [...NO_IDS.flatMap((id) => [{ ...spec('1'), projectId: id }, spec(id)]), ...NO_TYPES.map((scopeType) => ({ ...spec('1'), scopeType }))];
  for (const scope of scopes) {
    const calls = [
      nowhere.getOrCreate('ann', scope),
      nowhere.find('ann', scope),
      nowhere.update('ann', scope, { title: 'T' }),
      nowhere.append('ann', scope, { role: 'user', parts: said('x') }),
      nowhere.items('ann', scope),
      nowhere.setVisibility('ann', scope, 'i', 'hidden'),
      nowhere.setContext('ann', scope, []),
    ];
    for (const call of calls) await assert.rejects(call, { name: 'ThreadkeepError', code: 'invalid_scope' });
    assert.throws(() => toThreadId(scope), { name: 'ThreadkeepError', code: 'invalid_scope' });
  }
  for (const projectId of NO_IDS) await assert.rejects(nowhere.list('ann', { projectId }), { code: 'invalid_scope' });
  for (const id of ['', '.', '..', 'x\ud83d']) await assert.rejects(nowhere.setVisibility('ann', spec('1'), id, 'hidden'), { code: 'invalid_request' });
  await assert.rejects(nowhere.find('x\ud83d', spec('1')), { code: 'invalid_request' });
});

test('every scope of the core is one here', async () => {
  for (const id of ['a/b', '%2F', '..a', 'a b', '日本', '🙂', '\u202e', '?#&', '~', '...', 'x'.repeat(512), 'ü'.repeat(256)]) {
    const thread = await server.getOrCreate('ann', spec(id));
    assert.equal(thread.scope.scopeId, id);
  }
});

test('the id of a thread is its scope, and nothing else is an id', () => {
  const scope = spec('a/b c%/é');
  assert.deepEqual(fromThreadId(toThreadId(scope)), scope);
  const bad = ['', 'a/b', 'a/b/c/d', 'a//c', '%/b/c', 'a/b/..', './b/c', 'a/b/%2e%2e', 'a/b/%00', 'a/b%20/c', `a/b/${'x'.repeat(513)}`];
  for (const id of bad) assert.throws(() => fromThreadId(id), { code: 'invalid_scope' }, id);
});
