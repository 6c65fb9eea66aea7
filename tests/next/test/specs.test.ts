// A spec's page: two people in one thread, in two browsers.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { WebSocketRoute } from 'playwright-core';
import { done, text } from '../../worker/support/ai-event.ts';
import { launch } from './browser.ts';
import { ProjectScene } from './project-scene.ts';
import { Reader } from './reader.ts';

const scene = await ProjectScene.open();
const browser = await launch();

test('two people share the thread of a spec: each sees the other\'s turn stream, and a refresh changes nothing', async () => {
  const ann = await Reader.arrive(browser, scene.app.url, 'ann');
  const bob = await Reader.arrive(browser, scene.app.url, 'bob');
  await ann.open('/specs/009-projects');
  await bob.open('/specs/009-projects');
  await ann.visitor.page.getByRole('article', { name: 'Spec' }).getByText('Its retention is 45 days').waitFor();
  assert.equal(await ann.visitor.page.getByRole('heading', { name: 'Plan' }).count(), 1);

  // Ann asks, Bob sees it stream.
  await ann.ask('How long can it be brought back?');
  const first = await scene.turnOf('How long can it be brought back?');
  first.send(text('For 45 '));
  await Promise.all([ann.sees('Assistant', 'For 45'), bob.sees('ann', 'How long can it be brought back?'), bob.sees('Assistant', 'For 45')]);
  assert.equal(await bob.messages.last().getAttribute('aria-busy'), 'true');
  first.end(text('days.'), done());
  await Promise.all([ann.saw('For 45 days.'), bob.saw('For 45 days.')]);
  const [head] = first.request.messages;
  assert.equal(head?.role, 'system');
  assert.match(head?.content ?? '', /<document name="spec\.md">\n# Projects\n[^]*45 days[^]*<document name="plan\.md">\n# Plan/);

  // Bob asks, Ann sees it stream.
  await bob.ask('And who invites people?');
  const second = await scene.turnOf('And who invites people?');
  assert.deepEqual(second.request.messages.slice(1).map(({ content }) => content), ['How long can it be brought back?', 'For 45 days.', 'And who invites people?']);
  second.send(text('An owner '));
  await Promise.all([ann.sees('bob', 'And who invites people?'), ann.sees('Assistant', 'An owner')]);
  second.end(text('does.'), done());
  await Promise.all([ann.saw('An owner does.'), bob.saw('An owner does.')]);

  // A note is no turn, and is there for both.
  await bob.note('To be decided on Monday.');
  await Promise.all([ann.sees('bob', 'To be decided on Monday.'), bob.sees('You', 'To be decided on Monday.')]);

  const common = ['How long can it be brought back?', 'For 45 days.', 'And who invites people?', 'An owner does.', 'To be decided on Monday.'];
  const seenBy = (names: string[]) => common.map((words, at) => `${names[at]}: ${words}`);
  const annSees = seenBy(['You', 'Assistant', 'bob', 'Assistant', 'bob']);
  const bobSees = seenBy(['ann', 'Assistant', 'You', 'Assistant', 'You']);
  assert.deepEqual([await ann.talk(), await bob.talk()], [annSees, bobSees]);
  await Promise.all([ann.reload(), bob.reload()]);
  assert.deepEqual([await ann.talk(), await bob.talk()], [annSees, bobSees]);
  for (const { visitor } of [ann, bob]) {
    assert.deepEqual(visitor.complaints, []);
    await visitor.context.close();
  }
});

test('a page that is refreshed in the middle of another\'s turn goes on with it, and either may stop it', async () => {
  const ann = await Reader.arrive(browser, scene.app.url, 'ann');
  const bob = await Reader.arrive(browser, scene.app.url, 'bob');
  const path = `/specs/${encodeURIComponent('größe')}/${encodeURIComponent('日本語')}`;
  await ann.open(path);
  await bob.open(path);
  await ann.ask('Tell me everything');
  const turn = await scene.turnOf('Tell me everything');
  turn.send(text('It begins '));
  await bob.sees('Assistant', 'It begins');
  await bob.reload();
  await bob.sees('Assistant', 'It begins');
  turn.send(text('and goes on '));
  await bob.sees('Assistant', 'It begins and goes on');
  await bob.visitor.page.getByRole('button', { name: 'Stop' }).click();
  for (const reader of [ann, bob]) await reader.visitor.page.getByText('The reply was cut off.').waitFor();
  await turn.released();
  assert.deepEqual(await ann.talk(), ['You: Tell me everything', 'Assistant: It begins and goes on ']);
  for (const { visitor } of [ann, bob]) await visitor.context.close();
});

test('a page that lost its connection catches up when it is back', async () => {
  const ann = await Reader.arrive(browser, scene.app.url, 'ann');
  const bob = await Reader.arrive(browser, scene.app.url, 'bob');
  let isCut = false;
  const sockets: WebSocketRoute[] = [];
  await bob.visitor.page.routeWebSocket(/\/live$/, async (socket) => {
    if (isCut) return socket.close();
    socket.connectToServer();
    sockets.push(socket);
  });
  await ann.open('/specs/009-projects');
  await bob.open('/specs/009-projects');
  isCut = true;
  for (const socket of sockets) await socket.close();
  await bob.visitor.page.locator('[data-live="false"]').waitFor();
  await ann.ask('What did he miss?');
  (await scene.turnOf('What did he miss?')).end(text('This.'), done());
  await ann.saw('This.');
  assert.equal((await bob.talk()).some((line) => line.includes('What did he miss?')), false);
  isCut = false;
  await bob.sees('ann', 'What did he miss?');
  await bob.saw('This.');
  for (const { visitor } of [ann, bob]) await visitor.context.close();
});

test('a spec that is not on disk is not found, and no path leads out of the folder', async () => {
  const ann = await Reader.arrive(browser, scene.app.url, 'ann');
  for (const path of ['/specs/none', '/specs/..%2F..%2Fpackage.json', '/specs/009-projects%2Fspec.md']) {
    const response = await ann.visitor.page.goto(path);
    assert.equal(response?.status(), 404, path);
  }
  await ann.visitor.context.close();
});
