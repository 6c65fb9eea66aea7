// Bad input: each with its status and stable code, never a 500 for a client's fault.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { request, type ClientRequest } from 'node:http';
import { resolve } from 'node:path';
import { done, failure, text } from './support/ai-event.ts';
import { userMessage, type ErrorBody } from './support/client.ts';
import { Scene } from './support/scene.ts';
import { assertWireProfile, foldBySdk, metadataOf, talkOf, textOf } from './support/ui.ts';
import { within } from './support/until.ts';

const scene = await Scene.open();
const alice = await scene.user('alice');
const backend = scene.service('alice');
const CHAT = '/api/v1/ai/chat';
const THREADS = '/api/v1/ai/threads';

type Case = [what: string, method: string, path: string, body: unknown, status: number, code: string];

const user = (text: unknown): unknown => ({ message: text });
const chat = (messages: unknown): unknown => ({ id: 'bad', messages });

const CASES: Case[] = [
  ['an unknown route', 'GET', '/nowhere', undefined, 404, 'not_found'],
  ['an unknown route below the API', 'GET', '/api/v1/ai/unknown', undefined, 404, 'not_found'],
  ['an unknown action of a chat', 'POST', `${CHAT}/k/explode`, {}, 404, 'not_found'],
  ['a path that goes on', 'GET', `${THREADS}/k/messages/1`, undefined, 404, 'not_found'],
  ['the demo token route where it is not enabled', 'POST', '/demo/token', { name: 'alice' }, 404, 'not_found'],
  ['a chat by GET', 'GET', CHAT, undefined, 405, 'method_not_allowed'],
  ['a chat by PUT', 'PUT', CHAT, {}, 405, 'method_not_allowed'],
  ['a resume by POST', 'POST', `${CHAT}/k/stream`, {}, 405, 'method_not_allowed'],
  ['a stop by GET', 'GET', `${CHAT}/k/stop`, undefined, 405, 'method_not_allowed'],
  ['a list by DELETE', 'DELETE', THREADS, undefined, 405, 'method_not_allowed'],
  ['a thread by POST', 'POST', `${THREADS}/k`, {}, 405, 'method_not_allowed'],
  ['an append by GET', 'GET', `${THREADS}/k/messages`, undefined, 405, 'method_not_allowed'],
  ['an empty body', 'POST', CHAT, '', 400, 'invalid_json'],
  ['a body that is not JSON', 'POST', CHAT, '{"messages": [', 400, 'invalid_json'],
  ['a body that is not UTF-8', 'POST', CHAT, new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]), 400, 'invalid_json'],
  ['a body nested without end', 'POST', CHAT, `${'['.repeat(100_000)}`, 400, 'invalid_json'],
  ['a body that is an array', 'POST', CHAT, [], 400, 'invalid_request'],
  ['a body that is null', 'POST', CHAT, 'null', 400, 'invalid_request'],
  ['a body that is a text', 'POST', CHAT, '"hello"', 400, 'invalid_request'],
  ['no messages at all', 'POST', CHAT, {}, 400, 'no_user_message'],
  ['no user message among the messages', 'POST', CHAT, chat([{ id: 'a', role: 'assistant', parts: [{ type: 'text', text: 'x' }] }]), 400, 'no_user_message'],
  ['empty messages', 'POST', CHAT, chat([]), 400, 'no_user_message'],
  ['messages that are no list', 'POST', CHAT, chat({ role: 'user' }), 400, 'no_user_message'],
  ['a user message without parts', 'POST', CHAT, chat([{ id: 'u', role: 'user' }]), 400, 'no_user_message'],
  ['a user message without text', 'POST', CHAT, chat([{ id: 'u', role: 'user', parts: [{ type: 'step-start' }] }]), 400, 'no_user_message'],
  ['a user message of blanks', 'POST', CHAT, user(' \n\t '), 400, 'no_user_message'],
  ['a message that is a number', 'POST', CHAT, user(5), 400, 'no_user_message'],
  ['a stateKey with a blank', 'POST', CHAT, { message: 'x', stateKey: 'a b' }, 400, 'invalid_state_key'],
  ['a stateKey of 129 letters', 'POST', CHAT, { message: 'x', stateKey: 'k'.repeat(129) }, 400, 'invalid_state_key'],
  ['an empty stateKey', 'POST', CHAT, { message: 'x', stateKey: '' }, 400, 'invalid_state_key'],
  ['a stateKey that is a number', 'POST', CHAT, { message: 'x', stateKey: 7 }, 400, 'invalid_state_key'],
  ['a bad stateKey in a path', 'GET', `${THREADS}/a%20b`, undefined, 400, 'invalid_state_key'],
  ['a stateKey with a dot in a path', 'GET', `${THREADS}/a.b`, undefined, 400, 'invalid_state_key'],
  ['a bad stateKey to resume', 'GET', `${CHAT}/a%2Fb/stream`, undefined, 400, 'invalid_state_key'],
  ['a bad stateKey to stop', 'POST', `${CHAT}/${'k'.repeat(129)}/stop`, undefined, 400, 'invalid_state_key'],
  ['a text past the limit', 'POST', CHAT, user('long '.repeat(30_000)), 413, 'message_too_long'],
  ['a patch past its limit', 'PATCH', `${THREADS}/k`, { title: 'x', metadata: { note: 'long '.repeat(20_000) } }, 413, 'body_too_large'],
  ['a patch that is not JSON', 'PATCH', `${THREADS}/k`, 'title=x', 400, 'invalid_json'],
  ['a patch with a title that is no text', 'PATCH', `${THREADS}/k`, { title: 5 }, 400, 'invalid_request'],
  ['a patch with metadata that is no object', 'PATCH', `${THREADS}/k`, { metadata: [1] }, 400, 'invalid_request'],
];

for (const [what, method, path, body, status, code] of CASES) {
  test(`${what}: ${status} ${code}`, async () => {
    const answer = await alice.ask<ErrorBody>(method, path, body);
    assertError(answer, status, code);
  });
}

const SERVICE_CASES: Case[] = [
  ['a save without an expected count', 'PUT', `${THREADS}/s1`, { messages: [] }, 400, 'invalid_request'],
  ['a save with a negative count', 'PUT', `${THREADS}/s1`, { messages: [], expectedMessageCount: -1 }, 400, 'invalid_request'],
  ['a save with half a count', 'PUT', `${THREADS}/s1`, { messages: [], expectedMessageCount: 0.5 }, 400, 'invalid_request'],
  ['a save whose messages are no list', 'PUT', `${THREADS}/s1`, { messages: 'x', expectedMessageCount: 0 }, 400, 'invalid_request'],
  ['a save of a message without role', 'PUT', `${THREADS}/s1`, { messages: [{ id: 'x', parts: [] }], expectedMessageCount: 0 }, 400, 'invalid_request'],
  ['a save of a message of an unknown role', 'PUT', `${THREADS}/s1`, { messages: [{ id: 'x', role: 'tool', parts: [] }], expectedMessageCount: 0 }, 400, 'invalid_request'],
  ['an append of nothing that is a message', 'POST', `${THREADS}/s1/messages`, { messages: [1, null] }, 400, 'invalid_request'],
  ['an append without messages', 'POST', `${THREADS}/s1/messages`, {}, 400, 'invalid_request'],
  ['an append that is not JSON', 'POST', `${THREADS}/s1/messages`, 'nope', 400, 'invalid_json'],
  ['an append to a bad stateKey', 'POST', `${THREADS}/a%20b/messages`, { messages: [userMessage('u', 'x')] }, 400, 'invalid_state_key'],
];

for (const [what, method, path, body, status, code] of SERVICE_CASES) {
  test(`${what}: ${status} ${code}`, async () => {
    assertError(await backend.ask<ErrorBody>(method, path, body), status, code);
    assert.deepEqual(await alice.messages('s1'), []);
  });
}

test('a body that announces more than the limit is refused before it is read: 413 body_too_large', async () => {
  const answer = await post({ 'content-length': String(1024 ** 3) }, (request) => request.write('{"message":"'));
  assert.deepEqual([answer.status, answer.body.error.code], [413, 'body_too_large']);
});

test('a body that grows past the limit without an announcement is refused on the way: 413 body_too_large', async () => {
  const megabyte = 'x'.repeat(1024 ** 2);
  const answer = await post({}, (request) => {
    request.write('{"message":"');
    const more = (): void => {
      if (!request.destroyed) request.write(megabyte, () => setImmediate(more));
    };
    more();
  });
  assert.deepEqual([answer.status, answer.body.error.code], [413, 'body_too_large']);
});

test('every code and status of this file stands in the table of the docs', () => {
  const table = new Map(
    readFileSync(resolve(import.meta.dirname, '../../docs/errors.md'), 'utf8')
      .split('\n')
      .flatMap((line) => {
        const [, status, code] = /^\| (\d{3}) \| `(\w+)` \|/.exec(line) ?? [];
        return code === undefined ? [] : [[code, Number(status)] as const];
      }),
  );
  const further = [[401, 'unauthenticated'], [401, 'invalid_token'], [403, 'forbidden'], [409, 'thread_conflict'], [409, 'thread_diverged'], [409, 'thread_full'], [409, 'thread_busy'], [409, 'idempotency_mismatch'], [502, 'upstream_unavailable'], [500, 'internal']] as const;
  const used = [...CASES, ...SERVICE_CASES].map(([, , , , status, code]) => [status, code] as const);
  for (const [status, code] of [...used, ...further]) assert.equal(table.get(code), status, code);
});

test('a wrong method is answered with the right ones in Allow', async () => {
  for (const [method, path, allowed] of [['GET', CHAT, 'POST'], ['POST', `${CHAT}/k/stream`, 'GET'], ['DELETE', THREADS, 'GET'], ['POST', `${THREADS}/k`, 'GET, PUT, PATCH, DELETE']] as const) {
    const answer = await alice.ask(method, path, method === 'GET' ? undefined : {});
    const allow = (answer.headers.get('allow') ?? '').split(/,\s*/);
    for (const right of allowed.split(', ')) assert.ok(allow.includes(right), `${method} ${path}: ${right} in "${allow}"`);
    assert.equal(allow.includes(method), false);
  }
});

test('no body of any shape makes a 500 or a turn', async () => {
  const shapes = [
    '{"messages":[[[]]]}', '{"messages":[{"role":"user","parts":[null]}]}', '{"messages":[{"role":"user","parts":[{"type":"text","text":{}}]}]}',
    '{"message":"\\ud800"}', '{"message":"x","model":{}}', '{"message":"x","graphName":1}', '{"message":1e999}', '{"":""}', '{"messages":true}',
    '{"message":"x","message":"y","stateKey":"a\\u0000b"}', '\u0000', '[', '{}{}', 'true', '1', '{"messages":[{"role":"user","parts":{"0":{"type":"text","text":"x"}}}]}',
    `{"message":"x","stateKey":"${'€'.repeat(50)}"}`, `{"id":${'9'.repeat(400)}}`, `{"a":${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}}`, '\ufeff{"messages":[]}',
  ];
  const before = scene.upstream.turns.length;
  for (const shape of shapes) {
    const answer = await alice.ask<ErrorBody>('POST', CHAT, shape);
    assert.ok(answer.status >= 400 && answer.status < 500, `${shape.slice(0, 60)}: ${answer.status} ${answer.text.slice(0, 100)}`);
    assert.match(answer.body.error.code, /^[a-z_]+$/);
  }
  assert.equal(scene.upstream.turns.length, before);
});

test('an error repeats nothing of what was sent', async () => {
  for (const body of ['{"broken-by-me', { message: 'x', stateKey: 'my own words' }, chat([{ role: 'my own role', parts: [] }])]) {
    const answer = await alice.ask<ErrorBody>('POST', CHAT, body);
    assert.equal(/my own|broken-by-me/.test(answer.text), false, answer.text);
  }
});

test('PERSIST_AFTER_PUMP: an upstream that is down before the first byte is 502, and a retry stores the question once', async () => {
  const key = scene.key('down');
  const body = { id: key, messages: [userMessage('the-question', 'Anyone there?')] };
  for (const [refusal, reply] of [[503, 'overloaded: key sk-live'], [401, 'bad token'], [404, '']] as const) {
    const posted = alice.ask<ErrorBody>('POST', CHAT, body);
    (await scene.upstream.next(key)).refuse(refusal, reply);
    const answer = await posted;
    assertError(answer, 502, 'upstream_unavailable');
    assert.equal(answer.headers.get('x-state-key'), key);
    if (reply !== '') assert.equal(answer.text.includes(reply), false, 'the upstream\'s words stay inside');
    assert.deepEqual(talkOf(await alice.messages(key)), ['user: Anyone there?']);
    assert.equal(await alice.resume(key), undefined);
  }
  const posted = alice.chat(body);
  (await scene.upstream.next(key)).end(text('Yes'), done());
  await (await posted).whole();
  assert.deepEqual(talkOf(await alice.messages(key)), ['user: Anyone there?', 'assistant: Yes']);
});

test('an upstream that breaks off before it answered is 502', async () => {
  const key = scene.key('broken');
  const posted = alice.ask<ErrorBody>('POST', CHAT, { id: key, message: 'Hello' });
  (await scene.upstream.next(key)).cut();
  assertError(await posted, 502, 'upstream_unavailable');
});

test('after the first byte an upstream\'s error is an error chunk with a fixed text, and the reply has status error', async () => {
  const key = scene.key('fails');
  const { stream, turn } = await scene.begin(alice, key, 'Hello');
  turn.send(text('So far '), text('so good'));
  await stream.reads('so good');
  turn.end(failure('rate_limited'));
  await stream.whole();
  await assertWireProfile(stream.chunks);
  const sent = stream.chunks.filter((chunk) => chunk.type === 'error');
  assert.equal(sent.length, 1);
  const reply = (await alice.messages(key))[1];
  assert.equal(textOf(reply), 'So far so good');
  assert.equal(metadataOf(reply)['status'], 'error');
  assert.deepEqual(reply, await foldBySdk(stream.chunks));
});

test('an error code of the upstream that we do not know is not repeated to the client', async () => {
  const key = scene.key('unknown-code');
  const { stream, turn } = await scene.begin(alice, key, 'Hello');
  turn.end(text('x'), failure('Traceback: /srv/app/key.pem not readable'));
  await stream.whole();
  assert.equal(stream.raw.includes('Traceback'), false);
  assert.equal((await alice.thread(key)).text.includes('Traceback'), false);
});

for (const [how, end] of [['breaks off', 'cut'], ['ends without done', 'end']] as const) {
  test(`PERSIST_AFTER_PUMP: the partial of an upstream that ${how} mid-way is kept with its status`, async () => {
    const key = scene.key(end);
    const { stream, turn } = await scene.begin(alice, key, 'Hello');
    turn.send(text('Half a '));
    await stream.reads('Half a ');
    turn[end]();
    await stream.whole();
    await assertWireProfile(stream.chunks);
    const reply = (await alice.messagesAtLeast(key, 2))[1];
    assert.equal(textOf(reply), 'Half a ');
    assert.ok(['aborted', 'error'].includes(String(metadataOf(reply)['status'])));
    assert.deepEqual(reply, await foldBySdk(stream.chunks));
    await scene.talk(alice, key, 'Again', text('Whole'));
  });
}

test('PATCH of a thread that is not there is 404', async () => {
  assertError(await alice.ask<ErrorBody>('PATCH', `${THREADS}/${scene.key('absent')}`, { title: 'x' }), 404, 'not_found');
});

test('healthz is alive without a credential', async () => {
  const answer = await scene.bare().ask('GET', '/healthz');
  assert.equal(answer.status, 200);
});

/** Posts a chat body piece by piece; the answer may come before its end, and breaks it off. */
function post(headers: Record<string, string>, send: (request: ClientRequest) => void): Promise<{ status: number | undefined; body: ErrorBody }> {
  const answer = new Promise<{ status: number | undefined; body: ErrorBody }>((resolve, reject) => {
    const outgoing = request(`${scene.worker.url}${CHAT}`, { method: 'POST', headers: { ...alice.headers, 'content-type': 'application/json', ...headers } });
    outgoing.on('error', reject);
    outgoing.on('response', async (response) => {
      const pieces: Buffer[] = [];
      for await (const piece of response) pieces.push(piece as Buffer);
      resolve({ status: response.statusCode, body: JSON.parse(Buffer.concat(pieces).toString('utf8')) as ErrorBody });
      outgoing.destroy();
    });
    send(outgoing);
  });
  return within('an answer before the end of the body', answer);
}

function assertError(answer: { status: number; body: ErrorBody; text: string; headers: Headers }, status: number, code: string): void {
  assert.deepEqual([answer.status, answer.body.error?.code], [status, code], answer.text.slice(0, 200));
  assert.deepEqual(Object.keys(answer.body), ['error']);
  assert.deepEqual(Object.keys(answer.body.error).sort(), ['code', 'message']);
  assert.match(answer.headers.get('content-type') ?? '', /^application\/json/);
  assert.ok(answer.body.error.message.length > 0);
}

test('STATE_KEY_LIFECYCLE: a refusal says which thread it is about as soon as that is known', async () => {
  const refusals = [
    await alice.ask('POST', CHAT, { id: 'named', messages: [] }),
    await alice.ask('POST', CHAT, { stateKey: 'named', message: 'x'.repeat(129 * 1024) }),
    await alice.ask('PUT', `${THREADS}/named`, {}),
    await alice.ask('POST', `${THREADS}/named/messages`, {}),
    await scene.bare().ask('GET', `${THREADS}/named`),
  ];
  assert.deepEqual(refusals.map(({ status, headers }) => [status, headers.get('x-state-key')]), [400, 413, 403, 403, 401].map((status) => [status, 'named']));
});

test('liveness is answered to HEAD too, and a closed signer to no method', async () => {
  const head = await alice.request('HEAD', '/healthz');
  assert.deepEqual([head.status, await head.text()], [200, '']);
  assert.equal((await alice.ask('OPTIONS', '/demo/token')).status, 404);
});
