// A conversation on the page: what is said stays, whatever happens to the page meanwhile.

import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { onePageForAll, story } from './story.ts';
import type { Visitor } from './visitor.ts';

onePageForAll();

story('two turns with a refresh between stay in the thread', async (visitor) => {
  await visitor.signIn();
  await visitor.converse('The first question');
  const first = await visitor.wordsOf(visitor.replies.first());
  await visitor.page.reload();
  await visitor.messages.nth(1).waitFor();
  assert.equal(await visitor.messages.count(), 2);
  assert.equal(await visitor.wordsOf(visitor.messages.nth(0)), 'The first question');
  assert.equal(await visitor.wordsOf(visitor.messages.nth(1)), first);

  await visitor.converse('The second question');
  await visitor.page.reload();
  await visitor.messages.nth(3).waitFor();
  assert.equal(await visitor.messages.count(), 4);
  assert.equal(await visitor.wordsOf(visitor.messages.nth(1)), first);
  assert.equal(await visitor.wordsOf(visitor.messages.nth(2)), 'The second question');
});

story('a refresh in the middle of a reply resumes and completes it', async (visitor) => {
  await visitor.signIn();
  await visitor.say(LONG);
  await visitor.text.waitFor();
  const resumed = nextResume(visitor.page);
  await visitor.page.reload();
  assert.equal(await resumed, 200, 'a run was under way and was joined');
  await visitor.stopButton.waitFor();
  await visitor.replied();
  const live = await visitor.wordsOf(visitor.replies.last());
  assert.equal(refrains(live), REFRAINS);
  await visitor.page.reload();
  await visitor.replied();
  assert.equal(await visitor.wordsOf(visitor.replies.last()), live, 'the resumed reply is the stored one, whole');
  assert.equal(await visitor.messages.count(), 2);
});

story('leaving a thread in the middle of a reply and coming back joins it', async (visitor) => {
  await visitor.signIn();
  await visitor.say(LONG);
  await visitor.text.waitFor();
  await visitor.startThread();
  const resumed = nextResume(visitor.page);
  await visitor.rows.first().getByRole('link').click();
  assert.equal(await resumed, 200);
  await visitor.replied();
  assert.equal(refrains(await visitor.wordsOf(visitor.replies.last())), REFRAINS);
  assert.equal(await visitor.messages.count(), 2);
});

story('a second tab joins the running reply and can stop it', async (visitor) => {
  await visitor.signIn();
  await visitor.say(LONG);
  const tab = await visitor.secondTab();
  await tab.text.waitFor();
  await tab.stopButton.click();
  await stopped(tab);
  await stopped(visitor);
  assert.equal(await tab.wordsOf(tab.replies.last()), await visitor.wordsOf(visitor.replies.last()));
});

story('stop keeps the partial', async (visitor) => {
  await visitor.signIn();
  await visitor.say(LONG);
  await visitor.text.waitFor();
  await visitor.stopButton.click();
  await stopped(visitor);
  const partial = await visitor.wordsOf(visitor.replies.last());
  assert.notEqual(partial, '');
  assert.ok(refrains(partial) < REFRAINS);
  await visitor.page.reload();
  await stopped(visitor);
  assert.equal(await visitor.wordsOf(visitor.replies.last()), partial);

  await visitor.converse('And now?');
  assert.equal(await visitor.messages.count(), 4);
});

story('a reply shows its status, its reasoning and its tool call', async (visitor) => {
  await visitor.signIn();
  await visitor.say('How many words are these?');
  await visitor.page.locator('.run-line').waitFor();
  await visitor.replied();
  assert.equal(await visitor.page.locator('.run-line').count(), 0, 'the status is gone with the run');
  const reasoning = visitor.replies.last().locator('details.reasoning').first();
  const tool = visitor.replies.last().locator('details.tool').first();
  assert.equal(await reasoning.getAttribute('open'), '', 'who watched the reply sees its reasoning');
  const live = [await reasoning.innerText(), await tool.innerText()];

  await visitor.page.reload();
  await visitor.replied();
  assert.equal(await reasoning.getAttribute('open'), null, 'who comes later finds it folded');
  await reasoning.locator('summary').click();
  await reasoning.locator('.text').waitFor();
  assert.deepEqual([await reasoning.innerText(), await tool.innerText()], live);
  await tool.getByText('Done', { exact: true }).waitFor();
  assert.notEqual(await tool.getByLabel('Input').innerText(), '');
  assert.notEqual(await tool.getByLabel('Output').innerText(), '');
});

story('line breaks of a message are kept and its markup is text', async (visitor) => {
  await visitor.signIn();
  await visitor.converse('one\n<b>two</b>\n  three');
  assert.equal(await visitor.wordsOf(visitor.messages.first()), 'one\n<b>two</b>\n  three');
});

/** The demo executor repeats the question in its reply, a word at a time: this one takes some ten seconds. */
const REFRAIN = 'A loom, a weaver and a server that never forgets a thread.';
const REFRAINS = 35;
const LONG = Array(REFRAINS).fill(REFRAIN).join(' ');

function refrains(reply: string): number {
  return reply.split(REFRAIN).length - 1;
}

/** Status of the next answer to "is a run under way?". */
async function nextResume(page: Page): Promise<number> {
  const answer = await page.waitForResponse((response) => response.url().endsWith('/stream'));
  return answer.status();
}

async function stopped(visitor: Visitor): Promise<void> {
  await visitor.replies.last().getByText('Stopped before the end').waitFor();
}
