// Live: a page is told of every change of a thread, and a page that was away misses nothing.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { done, text } from './support/ai-event.ts';
import { Live, Member, pathOf, type Scope } from './support/project.ts';
import { Scene } from './support/scene.ts';
import { talkOf } from './support/ui.ts';
import { until } from './support/until.ts';

const scene = await Scene.open();
const ann = await Member.of(scene, 'ann', { projects: { p1: 'write' } });
const reader = await Member.of(scene, 'rob', { projects: { p1: 'read' } });
const service = Member.service(scene, 'server-user');

let scopes = 0;
const fresh = (): Scope => ({ projectId: 'p1', scopeType: 'spec', scopeId: `live-${(scopes += 1)}` });
const says = (words: string) => ({ role: 'user', parts: [{ type: 'text', text: words }] });

test('a page is told where the thread is, then of each change', async () => {
  const scope = fresh();
  const live = reader.follow(scope);
  await live.hears('the state', ({ revision, running }) => revision === 0 && !running);
  const { revision } = (await ann.create(scope)).body;
  await live.hears('the creation', (line) => line.revision === revision);
  const item = (await ann.append(scope, says('one'))).body;
  await live.hears('the item', (line) => line.revision === revision + 1);
  await ann.show(scope, item.id, 'archived');
  await live.hears('the visibility', (line) => line.revision === revision + 2);
  await ann.patch(scope, { title: 'named' });
  await live.hears('the title', (line) => line.revision === revision + 3);
  live.socket.close();
  assert.equal(await live.closed(), 1005);
});

test('another\'s turn is told of when it starts and when it has ended, and is read by the routes', async () => {
  const scope = fresh();
  const live = reader.follow(scope);
  await live.hears('the state', () => true);
  const { stateKey } = (await ann.create(scope)).body;
  const said = ann.say(scope, 'question');
  const turn = (await scene.upstream.next(stateKey)).accept();
  await live.hears('the turn', ({ running }) => running);
  assert.deepEqual(talkOf(await reader.messages(scope)), ['user: question']);
  const stream = await reader.resume(scope);
  turn.send(text('answer'));
  await stream!.reads('answer');
  const before = live.said.length;
  turn.end(done());
  await stream!.whole();
  await until('the end', () => live.said.slice(before).some(({ running }) => !running));
  assert.deepEqual(talkOf(await reader.messages(scope)), ['user: question', 'assistant: answer']);
  await (await said).whole();
  live.socket.close();
});

test('a page that was away is told the newest revision when it is back, also after a power cut', async () => {
  const scope = fresh();
  const { revision } = (await ann.create(scope)).body;
  const first = reader.follow(scope);
  await first.hears('the state', (line) => line.revision === revision);
  first.socket.close();
  await first.closed();
  await ann.append(scope, says('meanwhile'));
  await scene.worker.kill9();
  await scene.worker.restart();
  const second = reader.follow(scope);
  await second.hears('what happened meanwhile', (line) => line.revision === revision + 1);
  second.socket.close();
});

test('a page that goes on after the object has slept is told', async () => {
  const scope = fresh();
  const { revision } = (await ann.create(scope)).body;
  const live = reader.follow(scope);
  await live.hears('the state', (line) => line.revision === revision);
  // The runtime answers by itself, so this does not keep the object awake; workerd lets it go after 10 s.
  const end = Date.now() + 12_000;
  await until('the object has had time to sleep', () => Date.now() > end, 60_000);
  live.socket.send('ping');
  await until('the pong', () => live.pongs.length > 0);
  await ann.append(scope, says('after the sleep'));
  await live.hears('the change', (line) => line.revision === revision + 1);
  live.socket.close();
});

test('a socket needs a token of the project, and a request that is none is refused', async () => {
  const scope = fresh();
  await ann.create(scope);
  const stranger = await Member.of(scene, 'eve', { projects: { other: 'read' } });
  for (const token of ['', 'x.y.z', stranger.token]) {
    const live = reader.follow(scope, token);
    await live.closed();
    assert.equal(live.isOpen, false);
    assert.deepEqual(live.said, []);
  }
  const plain = await reader.client.ask<{ error: { code: string } }>('GET', `${pathOf(scope)}/live`);
  assert.deepEqual([plain.status, plain.body.error.code], [400, 'invalid_request']);
});

test('a socket whose token has expired is closed instead of told', async () => {
  const scope = fresh();
  await ann.create(scope);
  // Within the leeway of a minute the token still lets in; what it let in ends at its own time.
  const late = await Member.of(scene, 'rob', { projects: { p1: 'read' }, exp: Math.floor(Date.now() / 1000) - 10 });
  const live = late.follow(scope);
  await live.hears('the state', () => true);
  await ann.append(scope, says('not for it'));
  assert.equal(await live.closed(), 4401);
  assert.equal(live.said.length, 1);
});

test('what a page says on the socket changes nothing', async () => {
  const scope = fresh();
  const live = ann.follow(scope);
  await live.hears('the state', () => true);
  live.socket.send(JSON.stringify({ role: 'assistant', parts: [{ type: 'text', text: 'forged' }] }));
  live.socket.send(new Uint8Array(100_000));
  await service.append(scope, says('real'));
  await live.hears('the real one', ({ revision }) => revision > 0);
  assert.deepEqual(talkOf(await ann.messages(scope)), ['user: real']);
  live.socket.close();
});

test('a thread has room for 256 pages, the next is refused', async () => {
  const scope = fresh();
  await ann.create(scope);
  const pages: Live[] = [];
  for (let n = 0; n < 256; n += 1) pages.push(reader.follow(scope));
  await until('all are told', () => pages.every((page) => page.said.length > 0));
  const more = reader.follow(scope);
  await more.closed();
  assert.equal(more.isOpen, false);
  await ann.append(scope, says('to all'));
  await until('all hear it', () => pages.every((page) => page.said.length > 1));
  for (const page of pages) page.socket.close();
});

test('a client that offers no protocol is answered with none, and the upgrade is asked for in any case', async () => {
  const scope = fresh();
  const headers = { connection: 'Upgrade', upgrade: 'WebSocket', 'sec-websocket-version': '13', 'sec-websocket-key': 'x3JJHMbDL1EzLkh9GBhXDw==' };
  const url = new URL(`${pathOf(scope)}/live`, scene.worker.url);
  const answers = [];
  for (const offer of [{}, { 'sec-websocket-protocol': 'threadkeep.v1' }]) {
    const asked = request(url, { headers: { ...headers, authorization: `Bearer ${ann.token}`, ...offer } });
    asked.end();
    const [response, socket] = (await once(asked, 'upgrade')) as [IncomingMessage, Socket];
    answers.push(response.headers['sec-websocket-protocol']);
    socket.destroy();
  }
  assert.deepEqual(answers, [undefined, 'threadkeep.v1']);
});
