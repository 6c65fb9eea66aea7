// Browsers of other origins: closed by default, opened by an allow-list.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { done, text } from './support/ai-event.ts';
import { userMessage } from './support/client.ts';
import { Scene } from './support/scene.ts';

const scene = await Scene.open();
const alice = await scene.user('alice');
const APP = 'https://app.example';
const OTHER = 'https://evil.example';
const LIST = '/api/v1/ai/threads';
const CHAT = '/api/v1/ai/chat';
const PREFLIGHT = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization, content-type' };

test('CORS is closed by default: no origin is allowed, by answer or by preflight', async () => {
  const answer = await alice.ask('GET', LIST, undefined, { origin: APP });
  assert.equal(answer.headers.get('access-control-allow-origin'), null);
  const preflight = await scene.bare().ask('OPTIONS', CHAT, undefined, { origin: APP, ...PREFLIGHT });
  assert.equal(preflight.headers.get('access-control-allow-origin'), null);
});

test('an origin of the allow-list is allowed, for that origin only', async () => {
  await scene.worker.restart(scene.vars({ CORS_ORIGINS: `http://localhost:3000, ${APP}` }));
  for (const origin of [APP, 'http://localhost:3000']) {
    const answer = await alice.ask('GET', LIST, undefined, { origin });
    assert.equal(answer.headers.get('access-control-allow-origin'), origin);
    assert.match(answer.headers.get('vary') ?? '', /origin/i);
    assert.match(answer.headers.get('access-control-expose-headers') ?? '', /x-state-key/i);
  }
  for (const origin of [OTHER, 'null', `${APP}.evil.example`, 'https://app.example:8443', 'http://app.example', '', '*', 'https://APP.example/']) {
    const answer = await alice.ask('GET', LIST, undefined, { origin });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('access-control-allow-origin'), null, origin);
  }
});

test('a preflight of an allowed origin needs no credential and names methods and headers', async () => {
  const preflight = await scene.bare().ask('OPTIONS', `${LIST}/k`, undefined, { origin: APP, ...PREFLIGHT, 'access-control-request-method': 'DELETE' });
  assert.ok([200, 204].includes(preflight.status));
  assert.equal(preflight.headers.get('access-control-allow-origin'), APP);
  const methods = (preflight.headers.get('access-control-allow-methods') ?? '').split(/,\s*/);
  for (const method of ['GET', 'POST', 'PATCH', 'DELETE']) assert.ok(methods.includes(method), method);
  for (const header of ['authorization', 'content-type']) assert.match(preflight.headers.get('access-control-allow-headers') ?? '', new RegExp(header, 'i'));
  const refused = await scene.bare().ask('OPTIONS', CHAT, undefined, { origin: OTHER, ...PREFLIGHT });
  assert.equal(refused.headers.get('access-control-allow-origin'), null);
});

test('errors and streams carry the same headers, or a browser could not read them', async () => {
  for (const [method, path, body] of [['GET', '/nowhere', undefined], ['PUT', CHAT, {}], ['POST', CHAT, '{'], ['GET', `${LIST}/a.b`, undefined]] as const) {
    const answer = await alice.ask(method, path, body, { origin: APP });
    assert.ok(answer.status >= 400);
    assert.equal(answer.headers.get('access-control-allow-origin'), APP, `${method} ${path}`);
  }
  const nobody = await scene.bare().ask('GET', LIST, undefined, { origin: APP });
  assert.deepEqual([nobody.status, nobody.headers.get('access-control-allow-origin')], [401, APP]);

  const key = scene.key('stream');
  const posted = alice.request('POST', CHAT, { id: key, messages: [userMessage('u', 'Hi')] }, { origin: APP });
  const turn = await scene.upstream.next(key);
  turn.accept();
  const response = await posted;
  assert.equal(response.headers.get('access-control-allow-origin'), APP);
  assert.match(response.headers.get('access-control-expose-headers') ?? '', /x-state-key/i);
  turn.end(text('x'), done());
  await response.text();
});
