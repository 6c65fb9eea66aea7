// What a page with `useThread` does when things happen at once, change under it or fail, in real Chromium.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { done, text } from '../../worker/support/ai-event.ts';
import { launch } from './browser.ts';
import { ProjectScene } from './project-scene.ts';
import { Reader } from './reader.ts';

const scene = await ProjectScene.open();
const browser = await launch();

const PROJECTS = '/specs/009-projects';
const said = (words: string) => [{ type: 'text' as const, text: words }];

test('both press Ask at once: one waits for the other, and both pages end alike', async () => {
  const [ann, bob] = await two(PROJECTS, async (bob) => hold(bob.visitor.page));
  const streams = requestsOf(bob.visitor.page, '/stream');
  await ann.ask('The first of two?');
  const first = await scene.turnOf('The first of two?');
  // Nobody has told Bob's page.
  await bob.ask('The second of two?');
  await bob.sees('You', 'The second of two?');
  bob.release();
  await bob.button('Stop').waitFor();
  first.end(text('One.'), done());
  const second = await scene.turnOf('The second of two?');
  assert.deepEqual(second.request.messages.slice(-3).map(({ content }) => content), ['The first of two?', 'One.', 'The second of two?']);
  second.send(text('Tw'));
  await Promise.all([ann.sees('Assistant', 'Tw'), bob.sees('Assistant', 'Tw')]);
  second.end(text('o.'), done());
  await Promise.all([ann.saw('Two.'), bob.saw('Two.')]);
  await bob.sees('ann', 'The first of two?');
  assert.deepEqual(await ann.talk(), ['You: The first of two?', 'Assistant: One.', 'bob: The second of two?', 'Assistant: Two.']);
  assert.deepEqual(await bob.talk(), ['ann: The first of two?', 'Assistant: One.', 'You: The second of two?', 'Assistant: Two.']);
  assert.deepEqual(streams, [], 'what the page asked for itself it does not follow, too');
  await leave(ann, bob);
});

test('what is hidden or archived is not on the page, and comes and goes while one looks', async () => {
  const scope = { projectId: 'p1', scopeType: 'spec', scopeId: 'größe/日本語' };
  await scene.threads.getOrCreate('ann', scope);
  const shown = await scene.threads.append('ann', scope, { role: 'user', parts: said('A visible note') });
  const hidden = await scene.threads.append('ann', scope, { role: 'assistant', parts: said('A hidden note'), visibility: 'hidden' });
  await scene.threads.append('ann', scope, { role: 'assistant', parts: said('An archived note'), visibility: 'archived' });
  const ann = await Reader.arrive(browser, scene.app.url, 'ann');
  await ann.open(`/specs/${encodeURIComponent('größe')}/${encodeURIComponent('日本語')}`);
  assert.deepEqual(await ann.talk(), ['You: A visible note']);

  await scene.threads.setVisibility('ann', scope, hidden.id, 'visible');
  await ann.sees('Assistant', 'A hidden note');
  await scene.threads.setVisibility('ann', scope, hidden.id, 'hidden');
  await ann.messages.nth(1).waitFor({ state: 'detached' });
  await scene.threads.setVisibility('ann', scope, shown.id, 'archived');
  await ann.messages.waitFor({ state: 'detached' });

  await ann.ask('What is left?');
  const turn = await scene.turnOf('What is left?');
  assert.deepEqual(turn.request.messages.slice(1).map(({ content }) => content), ['A hidden note', 'What is left?']);
  turn.end(text('This.'), done());
  await ann.saw('This.');
  assert.deepEqual(await ann.talk(), ['You: What is left?', 'Assistant: This.']);
  await ann.reload();
  assert.deepEqual(await ann.talk(), ['You: What is left?', 'Assistant: This.']);
  await leave(ann);
});

test('a page that turns to another scope shows that one, whatever of the first is on its way', async () => {
  const ann = await Reader.arrive(browser, scene.app.url, 'ann');
  const bob = await Reader.arrive(browser, scene.app.url, 'bob');
  await ann.visit('/tabs');
  await ann.tab('second');
  await ann.note('In the second');
  await ann.sees('You', 'In the second');
  await ann.tab('first');
  await ann.ask('In the first?');
  const turn = await scene.turnOf('In the first?');
  turn.send(text('It runs '));

  // Its history is on its way.
  const gate = await close(bob.visitor.page, '**/tab/first/messages');
  await bob.visit('/tabs');
  await bob.visitor.page.getByRole('button', { name: 'first' }).click();
  await gate.reached;
  await bob.tab('second');
  assert.deepEqual(await bob.talk(), ['ann: In the second']);
  gate.open();

  // Its turn is on its way.
  await bob.tab('first');
  await bob.sees('Assistant', 'It runs');
  await bob.tab('second');
  await bob.sees('ann', 'In the second');
  assert.deepEqual(await bob.talk(), ['ann: In the second']);
  assert.equal(await bob.button('Stop').count(), 0);

  await bob.tab('first');
  await bob.sees('Assistant', 'It runs');
  turn.end(text('and ends.'), done());
  await Promise.all([ann.saw('It runs and ends.'), bob.saw('It runs and ends.')]);
  await leave(ann, bob);
});

test('a page that has gone opens no stream', async () => {
  const ann = await Reader.arrive(browser, scene.app.url, 'ann');
  const bob = await Reader.arrive(browser, scene.app.url, 'bob');
  await ann.visit('/tabs');
  await ann.tab('first');
  await ann.ask('Who is still here?');
  const turn = await scene.turnOf('Who is still here?');

  const streams = requestsOf(bob.visitor.page, '/tab/first/stream');
  const gate = await close(bob.visitor.page, '**/tab/first/messages');
  await bob.visit('/tabs');
  await bob.visitor.page.getByRole('button', { name: 'first' }).click();
  await Promise.all([gate.reached, bob.button('Stop').waitFor()]);
  await bob.visitor.page.getByRole('button', { name: 'none' }).click();
  const answered = bob.visitor.page.waitForResponse(/tab\/first\/messages$/);
  gate.open();
  await answered;
  await bob.tab('second');
  assert.deepEqual(streams, []);
  turn.end(text('Ann.'), done());
  await ann.saw('Ann.');
  await leave(ann, bob);
});

test('a stream that breaks is tried again, and its error goes', async () => {
  const [ann, bob] = await two(PROJECTS);
  let failures = 2;
  await bob.visitor.page.route('**/stream', (route) => (failures-- > 0 ? route.abort() : route.continue()));
  await ann.ask('Does it come through?');
  const turn = await scene.turnOf('Does it come through?');
  turn.send(text('At last '));
  await bob.alert.waitFor();
  await bob.sees('Assistant', 'At last');
  assert.equal(await bob.alert.count(), 0);

  failures = Infinity;
  await bob.visitor.page.reload();
  await bob.alert.waitFor();
  turn.end(text('it does.'), done());
  await bob.saw('At last it does.');
  await bob.alert.waitFor({ state: 'detached' });
  await leave(ann, bob);
});

test('a history that is refused is not asked for again; one that does not come is', async () => {
  const ann = await Reader.arrive(browser, scene.app.url, 'ann');
  const { page } = ann.visitor;
  await page.clock.install();
  // Nobody tells the page of anything.
  await page.routeWebSocket(/\/live$/, (socket) => socket.close());
  await page.route('**/messages', (route) => route.fulfill(refusal(403, 'forbidden')));
  const histories = requestsOf(page, '/messages');
  await ann.visit(PROJECTS);
  await ann.alert.filter({ hasText: 'the token does not allow this' }).waitFor();
  await page.clock.runFor(20_000);
  // A request that the page had made would be known before this one.
  await page.evaluate(() => fetch('/icon.svg').then(({ status }) => status));
  assert.equal(histories.length, 1);

  await page.unroute('**/messages');
  await page.route('**/messages', (route) => route.fulfill(refusal(502, 'upstream_unavailable')), { times: 2 });
  await ann.visit(PROJECTS);
  await ann.alert.waitFor();
  await page.clock.runFor(20_000);
  await page.locator('[data-loaded="true"]').waitFor();
  assert.equal(await ann.alert.count(), 0);
  await leave(ann);
});

test('a question that is refused and a note that is lost go back to the composer', async () => {
  const ann = await Reader.arrive(browser, scene.app.url, 'ann');
  const { page } = ann.visitor;
  await ann.open(PROJECTS);
  const before = await ann.talk();
  await page.route('**/api/v1/ai/chat', (route) => route.fulfill(refusal(413, 'message_too_long')), { times: 1 });
  await ann.ask('Too long');
  await ann.alert.waitFor();
  await ann.holds('Too long');
  assert.deepEqual(await ann.talk(), before);

  await page.route(`**${PROJECTS}`, (route) => route.abort(), { times: 1 });
  await ann.note('Lost');
  await ann.alert.filter({ hasText: 'The note could not be stored.' }).waitFor();
  await ann.holds('Lost');
  await leave(ann);
});

test('the second click of a double click on Ask stops nothing', async () => {
  const ann = await Reader.arrive(browser, scene.app.url, 'ann');
  await ann.open(PROJECTS);
  await ann.write('Twice?');
  await ann.button('Ask').dblclick();
  const turn = await scene.turnOf('Twice?');
  turn.end(text('Once.'), done());
  await ann.saw('Once.');
  assert.equal(scene.upstream.turns.filter(({ request }) => request.messages.at(-1)?.content === 'Twice?').length, 1);
  await leave(ann);
});

/** Ann and Bob before the same thread; `prepare` makes Bob's page special before it opens. */
async function two<Special extends object>(path: string, prepare?: (bob: Reader) => Promise<Special>): Promise<[Reader, Reader & Special]> {
  const ann = await Reader.arrive(browser, scene.app.url, 'ann');
  const bob = await Reader.arrive(browser, scene.app.url, 'bob');
  const special = await prepare?.(bob);
  await ann.open(path);
  await bob.open(path);
  return [ann, Object.assign(bob, special)];
}

async function leave(...readers: Reader[]): Promise<void> {
  for (const { visitor } of readers) await visitor.context.close();
}

/** Keeps to itself what the worker tells the page, but for the first time, until it is released. */
async function hold(page: Page): Promise<{ release(): void }> {
  let isHeld = true;
  const kept: (() => void)[] = [];
  await page.routeWebSocket(/\/live$/, (socket) => {
    let isFirst = true;
    socket.connectToServer().onMessage((message) => {
      if (isHeld && !isFirst) kept.push(() => socket.send(message));
      else socket.send(message);
      isFirst = false;
    });
  });
  return {
    release() {
      isHeld = false;
      for (const send of kept) send();
    },
  };
}

/** A gate before what the page asks for. */
async function close(page: Page, url: string): Promise<{ readonly reached: Promise<void>; open(): void }> {
  const reached = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  await page.route(url, async (route) => {
    reached.resolve();
    await opened.promise;
    await route.continue();
  });
  return { reached: reached.promise, open: () => opened.resolve() };
}

/** The requests of a page from now on whose URL ends so. */
function requestsOf(page: Page, end: string): string[] {
  const urls: string[] = [];
  page.on('request', (request) => request.method() !== 'OPTIONS' && request.url().endsWith(end) && urls.push(request.url()));
  return urls;
}

function refusal(status: number, code: string) {
  const headers = { 'access-control-allow-origin': '*' };
  return { status, headers, contentType: 'application/json', body: JSON.stringify({ error: { code, message: '' } }) };
}
