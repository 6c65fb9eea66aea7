// The thread list: whose it is, in which order, and what leaves it.

import assert from 'node:assert/strict';
import { newName, onePageForAll, story } from './story.ts';
import type { Visitor } from './visitor.ts';

onePageForAll();

story('the list is ordered by recency, with titles from the first words', async (visitor) => {
  await visitor.signIn();
  await visitor.converse('Alpha first');
  await visitor.startThread();
  await visitor.converse('Beta second');
  await titlesBecome(visitor, ['Beta second', 'Alpha first']);

  await visitor.rows.filter({ hasText: 'Alpha first' }).getByRole('link').click();
  await visitor.replied();
  await visitor.converse('Alpha goes on');
  await titlesBecome(visitor, ['Alpha first', 'Beta second']);
  await visitor.page.reload();
  await titlesBecome(visitor, ['Alpha first', 'Beta second']);
  await visitor.page.getByRole('heading', { name: 'Alpha first', level: 1 }).waitFor();
});

story('a second name sees nothing of the first', async (visitor) => {
  await visitor.signIn();
  await visitor.converse('A private matter');
  const address = visitor.page.url();
  await visitor.signOut();
  await visitor.signIn(newName());
  await visitor.page.getByText('No threads yet').waitFor();
  await visitor.page.goto(address);
  await visitor.page.getByRole('heading', { name: 'What is on your mind?' }).waitFor();
  assert.equal(await visitor.messages.count(), 0);
  assert.equal(await visitor.page.getByText('A private matter').count(), 0);

  // The same key is another thread for another owner.
  await visitor.converse('A matter of my own');
  await visitor.signOut();
  await visitor.signIn();
  await titlesBecome(visitor, ['A private matter']);
  await visitor.page.goto(address);
  await visitor.replied();
  assert.equal(await visitor.wordsOf(visitor.messages.first()), 'A private matter');
  assert.equal(await visitor.messages.count(), 2);
});

story('delete removes the thread from the list and from its address', async (visitor) => {
  await visitor.signIn();
  await visitor.converse('Keep this');
  await visitor.startThread();
  await visitor.converse('Drop this');
  const address = visitor.page.url();
  await visitor.delete('Drop this');
  await visitor.page.getByRole('heading', { name: 'What is on your mind?' }).waitFor();
  await titlesBecome(visitor, ['Keep this']);
  await visitor.page.goto(address);
  await titlesBecome(visitor, ['Keep this']);
  await visitor.page.getByRole('heading', { name: 'What is on your mind?' }).waitFor();
  assert.equal(await visitor.messages.count(), 0);
});

story('a thread is kept when its deletion is not confirmed', async (visitor) => {
  await visitor.signIn();
  await visitor.converse('Precious');
  await visitor.rows.first().getByRole('button', { name: 'Delete thread: Precious' }).click();
  await visitor.page.getByRole('button', { name: 'Keep it' }).click();
  await visitor.page.reload();
  await titlesBecome(visitor, ['Precious']);
});

story('a long list is loaded page by page', async (visitor) => {
  await visitor.signIn();
  const count = 23;
  await visitor.page.evaluate(startThreads, { name: visitor.name, count });
  await visitor.page.reload();
  await visitor.rows.nth(19).waitFor();
  assert.equal(await visitor.rows.count(), 20);
  await visitor.page.getByRole('button', { name: 'Load more' }).click();
  await visitor.rows.nth(count - 1).waitFor();
  assert.equal(new Set(await visitor.titles()).size, count, 'no row twice');
  await visitor.page.getByRole('button', { name: 'Load more' }).waitFor({ state: 'detached' });
});

story('back and forward walk through the threads', async (visitor) => {
  await visitor.signIn();
  await visitor.converse('One');
  await visitor.startThread();
  await visitor.converse('Two');
  await visitor.page.goBack();
  await visitor.page.getByRole('heading', { name: 'One', level: 1 }).waitFor();
  await visitor.replied();
  assert.equal(await visitor.wordsOf(visitor.messages.first()), 'One');
  await visitor.page.goForward();
  await visitor.page.getByRole('heading', { name: 'Two', level: 1 }).waitFor();
});

/** Waits for the list to be so; it may lag behind the threads by a moment. */
async function titlesBecome(visitor: Visitor, wanted: string[]): Promise<void> {
  await visitor.page.waitForFunction(
    (titles) => {
      const seen = Array.from(document.querySelectorAll('.thread-title'), (title) => title.textContent);
      return JSON.stringify(seen) === JSON.stringify(titles);
    },
    wanted,
  );
}

/** Runs in the page: starts threads by the public routes, one after another, and waits for their replies. */
async function startThreads({ name, count }: { name: string; count: number }): Promise<void> {
  const signedIn = await fetch('/demo/token', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name }),
  });
  const { token } = (await signedIn.json()) as { token: string };
  const start = async (message: string) => {
    const reply = await fetch('/api/v1/ai/chat', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ message }),
    });
    await reply.text();
  };
  await Promise.all(Array.from({ length: count }, (_, index) => start(`Thread number ${index}`)));
}
