// The page for everyone: by keyboard, on a phone, in both colour schemes, under a strict policy.

import assert from 'node:assert/strict';
import { onePageForAll, story } from './story.ts';

onePageForAll();

story('the keyboard alone is enough', async (visitor) => {
  const { page } = visitor;
  await page.goto('/');
  await page.keyboard.type(visitor.name);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'What is on your mind?' }).waitFor();
  await visitor.composer.and(page.locator(':focus')).waitFor();
  await page.keyboard.type('Hello');
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.type('there');
  await page.keyboard.press('Enter');
  await visitor.messages.first().waitFor();
  await visitor.replied();
  assert.equal(await visitor.wordsOf(visitor.messages.first()), 'Hello\nthere');

  await page.getByRole('button', { name: 'New thread' }).focus();
  await page.keyboard.press('Tab');
  await visitor.rows.first().getByRole('link').and(page.locator(':focus')).waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Delete this thread?' });
  await dialog.waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await visitor.rows.first().getByRole('button').and(page.locator(':focus')).waitFor();
});

story('a whole reply is announced once to a screen reader', async (visitor) => {
  await visitor.signIn();
  await visitor.converse('Say something');
  const words = await visitor.wordsOf(visitor.replies.last());
  const status = visitor.page.getByRole('status').filter({ hasText: 'Reply:' });
  await status.waitFor();
  assert.equal(oneLine(await status.innerText()), oneLine(`Reply: ${words}`));
  assert.equal(await visitor.page.getByRole('log').getAttribute('aria-live'), 'off');
});

story('a phone shows the list as a drawer and never scrolls sideways', async (visitor) => {
  const { page } = visitor;
  await page.setViewportSize({ width: 340, height: 640 });
  await visitor.signIn();
  await visitor.converse('How many words are these?');
  const menu = page.getByRole('button', { name: 'Threads' });
  await menu.click();
  await visitor.rows.first().waitFor();
  assert.equal(await menu.getAttribute('aria-expanded'), 'true');
  await page.keyboard.press('Escape');
  await visitor.rows.first().waitFor({ state: 'hidden' });
  await menu.and(page.locator(':focus')).waitFor();
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(overflow, 0);
});

story('a phone that is turned around with the drawer open can be used on', async (visitor) => {
  const { page } = visitor;
  await page.setViewportSize({ width: 340, height: 800 });
  await visitor.signIn();
  await page.getByRole('button', { name: 'Threads' }).click();
  await page.locator('main[inert]').waitFor();
  await page.setViewportSize({ width: 800, height: 340 });
  await page.locator('main:not([inert])').waitFor();
  await visitor.converse('Still here?');
});

story('light and dark follow the system', async (visitor) => {
  const { page } = visitor;
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto('/');
  const light = await ground();
  await page.emulateMedia({ colorScheme: 'dark' });
  assert.notEqual(await ground(), light);
});

story('the page runs under a strict policy and asks nothing of other hosts', async (visitor) => {
  const hosts = new Set<string>();
  visitor.page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol !== 'data:') hosts.add(url.host);
  });
  const answer = await visitor.page.goto('/');
  const policy = answer?.headers()['content-security-policy'] ?? '';
  assert.match(policy, /default-src 'none'/);
  assert.doesNotMatch(policy, /unsafe/);
  await visitor.signIn();
  await visitor.converse('Anything');
  assert.deepEqual([...hosts], [new URL(visitor.page.url()).host]);
});

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
