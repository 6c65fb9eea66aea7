// assistant-ui's stock components on the worker, in real Chromium.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { done, text } from '../../worker/support/ai-event.ts';
import type { EventsTurn } from '../../worker/support/events-upstream.ts';
import { until } from '../../worker/support/until.ts';
import { launch } from './browser.ts';
import { ProjectScene } from './project-scene.ts';
import { Visitor } from './visitor.ts';

const scene = await ProjectScene.open();
const browser = await launch();

test('threads are begun, answered, listed by title, loaded after a refresh, archived and deleted', async () => {
  const visitor = await Visitor.arrive(browser, scene.app.url);
  const { page } = visitor;
  await page.goto('/sign-in');
  await page.getByLabel('Your name').fill('mia');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(/\/chat\//);
  await page.goto('/assistant');

  await converse(page, 'The first question', 'The first answer.');
  await page.getByRole('button', { name: 'The first question' }).waitFor();
  await converse(page, 'A second question', 'A second answer.');
  const second = await turnOf('A second question');
  assert.deepEqual(second.request.messages.map(({ content }) => content), ['The first question', 'The first answer.', 'A second question']);

  await page.getByRole('button', { name: 'New thread', exact: true }).first().click();
  await converse(page, 'Another thread', 'Another answer.');
  await page.getByRole('button', { name: 'Another thread' }).waitFor();

  await page.reload();
  await page.getByRole('button', { name: 'The first question' }).click();
  await page.getByText('A second answer.').waitFor();
  assert.deepEqual(await talk(page), ['You: The first question', 'Reply: The first answer.', 'You: A second question', 'Reply: A second answer.']);
  await converse(page, 'A third question', 'A third answer.');
  const third = await turnOf('A third question');
  assert.equal(third.request.messages.length, 5);
  assert.equal(third.request.stateKey, second.request.stateKey);

  await item(page, 'Another thread').getByRole('button', { name: 'Archive' }).click();
  await page.getByRole('button', { name: 'Another thread' }).waitFor({ state: 'detached' });
  await page.reload();
  await page.getByRole('button', { name: 'The first question' }).waitFor();
  assert.equal(await page.getByRole('button', { name: 'Another thread' }).count(), 0);

  await item(page, 'The first question').getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('button', { name: 'The first question' }).waitFor({ state: 'detached' });
  await page.reload();
  await page.getByLabel('Message', { exact: true }).waitFor();
  assert.equal(await page.getByRole('button', { name: 'The first question' }).count(), 0);
  await visitor.context.close();
});

async function converse(page: Page, question: string, answer: string): Promise<void> {
  await page.getByLabel('Message', { exact: true }).fill(question);
  await page.getByRole('button', { name: 'Send' }).click();
  (await turnOf(question)).end(text(answer), done());
  await page.getByRole('article', { name: 'Reply' }).filter({ hasText: answer }).waitFor();
}

async function turnOf(question: string): Promise<EventsTurn> {
  return until(`a turn about "${question}"`, () => scene.upstream.turns.find(({ request }) => request.messages.at(-1)?.content === question), 90_000);
}

async function talk(page: Page): Promise<string[]> {
  const talk: string[] = [];
  for (const message of await page.getByRole('log').getByRole('article').all()) talk.push(`${await message.getAttribute('aria-label')}: ${await message.innerText()}`);
  return talk;
}

function item(page: Page, title: string) {
  return page.getByRole('navigation', { name: 'Threads' }).locator('div').filter({ has: page.getByRole('button', { name: title }) }).last();
}
