// The worker as a store: the contract of stores on the real worker, both from the packed package, and what only a store
// over HTTP can get wrong.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { ThreadkeepError } from 'threadkeep';
import { storeContract } from 'threadkeep/store-contract';
import { createWorkerStore } from 'threadkeep/worker-store';
import { SERVICE_TOKEN, userMessage } from '../worker/support/client.ts';
import { Scene } from '../worker/support/scene.ts';
import { FaultyProxy } from './faulty-proxy.ts';

const scene = await Scene.open();
const open = (url = scene.worker.url) => createWorkerStore({ url, serviceToken: SERVICE_TOKEN });

for (const { name, run } of storeContract({ open })) test(name, { timeout: 120_000 }, run);

test('what the store wrote is what the worker\'s own routes read, and the other way round', async () => {
  const key = scene.key('both');
  const alice = await scene.user('alice');
  await open().appendMessages({ owner: 'alice', stateKey: key, messages: [userMessage('u1', 'by the store')] });
  assert.deepEqual(await alice.messages(key), [userMessage('u1', 'by the store')]);
  await scene.service('alice').append(key, [userMessage('u2', 'by the route')]);
  assert.deepEqual((await open().loadThread({ owner: 'alice', stateKey: key })).messages, await alice.messages(key));
});

test('a user whose token names any letters finds what the store wrote for them', async () => {
  for (const owner of ['zoë 漢字🦀', 'a%20b', "UTF-8''x", "o'brien (x)!*"]) {
    const key = scene.key('letters');
    await open().appendMessages({ owner, stateKey: key, messages: [userMessage('u1', 'mine')] });
    assert.deepEqual(await (await scene.user(owner)).messages(key), [userMessage('u1', 'mine')], owner);
  }
});

test('loads, lists, deletions and appends with an idempotency key are repeated when the worker does not answer', async () => {
  const proxy = await FaultyProxy.start(scene.worker.url);
  const store = open(proxy.url);
  const address = { owner: 'bob', stateKey: scene.key('repeated') };
  for (const fault of ['answer 500', 'answer no JSON', 'drop the request', 'drop the answer'] as const) {
    const broken = async <T>(call: Promise<T>): Promise<T> => {
      const answer = await call;
      assert.equal(proxy.faultsLeft, 0, fault);
      return answer;
    };
    proxy.fail(fault, fault);
    await broken(store.appendMessages({ ...address, messages: [userMessage('u1', 'once')], idempotencyKey: 'u1' }));
    proxy.fail(fault);
    const { messages } = await broken(store.loadThread(address));
    assert.deepEqual(messages, [userMessage('u1', 'once')], 'stored once, also when the answer was lost');
    proxy.fail(fault);
    await broken(store.listThreads({ owner: 'bob' }));
    proxy.fail(fault);
    await broken(store.softDelete(address));
  }
});

test('a save, and an append without an idempotency key, are made once', async () => {
  const proxy = await FaultyProxy.start(scene.worker.url);
  const store = open(proxy.url);
  const address = { owner: 'carol', stateKey: scene.key('once') };
  for (const fault of ['answer 500', 'drop the request', 'drop the answer'] as const) {
    proxy.fail(fault);
    await refused('upstream_unavailable', store.appendMessages({ ...address, messages: [userMessage(fault, fault)] }));
    proxy.fail(fault);
    await refused('upstream_unavailable', store.saveThread({ ...address, messages: [], expectedMessageCount: 0 }));
  }
  assert.deepEqual((await open().loadThread(address)).messages, [userMessage('drop the answer', 'drop the answer')]);
});

test('after three tries the worker counts as unavailable, and one that never answers does too', async () => {
  const proxy = await FaultyProxy.start(scene.worker.url);
  const address = { owner: 'dave', stateKey: 'k' };
  proxy.fail('drop the request', 'answer 500', 'drop the answer');
  await refused('upstream_unavailable', open(proxy.url).loadThread(address));
  assert.equal(proxy.faultsLeft, 0);
  const impatient = createWorkerStore({ url: proxy.url, serviceToken: SERVICE_TOKEN, timeoutMs: 50 });
  proxy.fail('never answer', 'never answer', 'never answer');
  await refused('upstream_unavailable', impatient.loadThread(address));
  assert.equal(proxy.faultsLeft, 0);
  await proxy.stop();
  await refused('upstream_unavailable', open(proxy.url).loadThread(address));
});

test('a store that is set up wrongly is our fault, not the caller\'s, and the error shows no token', async () => {
  const address = { owner: 'erin', stateKey: 'k' };
  const wrongToken = createWorkerStore({ url: scene.worker.url, serviceToken: 'a-wrong-token-0123456789' });
  const wrongUrl = createWorkerStore({ url: `${scene.worker.url}/nowhere`, serviceToken: SERVICE_TOKEN });
  for (const [store, cause] of [[wrongToken, 'invalid_token'], [wrongUrl, 'not_found']] as const) {
    const error = await refused('internal', store.loadThread(address));
    assert.equal((error.cause as ThreadkeepError).code, cause);
    assert.doesNotMatch(inspect(error, { depth: 9 }), /a-wrong-token|service-token-of/);
  }
  for (const options of [{ url: 'threads.example', serviceToken: 'x' }, { url: 'ftp://x', serviceToken: 'x' }, { url: 'https://x', serviceToken: '' }, { url: 'https://x', serviceToken: 'secret\nline' }]) {
    assert.throws(() => createWorkerStore(options), (error: Error) => error instanceof TypeError && !error.message.includes('secret'));
  }
});

test('an answer that is no object is none: something else stands at the URL', async () => {
  const proxy = await FaultyProxy.start(scene.worker.url);
  const address = { owner: 'hugo', stateKey: 'k' };
  for (const call of [
    (store: ReturnType<typeof open>) => store.loadThread(address),
    (store: ReturnType<typeof open>) => store.appendMessages({ ...address, messages: [] }),
    (store: ReturnType<typeof open>) => store.listThreads({ owner: 'hugo' }),
  ]) {
    proxy.fail('answer null');
    await refused('internal', call(open(proxy.url)));
  }
  assert.equal(proxy.requests, 3, 'nobody asks again');
});

test('a redirect is not followed: the token would go along', async () => {
  const proxy = await FaultyProxy.start(scene.worker.url);
  proxy.fail('redirect');
  await refused('internal', open(proxy.url).loadThread({ owner: 'frank', stateKey: 'k' }));
  assert.equal(proxy.requests, 1);
});

test('no error holds what the messages say', async () => {
  const address = { owner: 'gina', stateKey: scene.key('silent') };
  const words = 'words-that-nobody-else-may-read';
  const messages = [userMessage('u1', words)];
  await open().appendMessages({ ...address, messages, idempotencyKey: 'k' });
  const errors = [
    await refused('thread_conflict', open().saveThread({ ...address, messages, expectedMessageCount: 7 })),
    await refused('thread_diverged', open().saveThread({ ...address, messages: [userMessage('u1', `other ${words}`)], expectedMessageCount: 1 })),
    await refused('idempotency_mismatch', open().appendMessages({ ...address, messages: [userMessage('u2', words)], idempotencyKey: 'k' })),
    await refused('invalid_request', open().appendMessages({ ...address, messages: [...messages, { ...messages[0]!, id: '' }] })),
    await refused('upstream_unavailable', open('http://127.0.0.1:1').saveThread({ ...address, messages, expectedMessageCount: 1 })),
  ];
  for (const error of errors) assert.equal(inspect(error, { depth: 9 }).includes(words), false, error.code);
});

async function refused(code: string, call: Promise<unknown>): Promise<ThreadkeepError> {
  const error: unknown = await call.then(() => undefined, (error: unknown) => error);
  assert.ok(error instanceof ThreadkeepError, `not refused with ${code}`);
  assert.equal(error.code, code);
  return error;
}
