// When something goes wrong, the page says so in words and offers a way on.

import assert from 'node:assert/strict';
import { onePageForAll, story } from './story.ts';
import type { Visitor } from './visitor.ts';

onePageForAll();

story('a token that runs out is replaced before it is used', async (visitor) => {
  await visitor.page.clock.install();
  await visitor.signIn();
  await visitor.converse('Early');
  const renewed = visitor.page.waitForRequest((request) => request.url().endsWith('/demo/token'));
  await visitor.page.clock.setSystemTime(Date.now() + 2 * 3_600_000);
  await visitor.converse('Two hours later');
  await renewed;
  assert.equal(await visitor.messages.count(), 4);
});

story('a token that the worker no longer accepts is replaced and the message sent again', async (visitor) => {
  await visitor.signIn();
  await visitor.page.route('**/api/v1/ai/chat', (route) => route.fulfill(refusal(401, 'invalid_token')), { times: 1 });
  await visitor.converse('Who am I?');
  assert.equal(await visitor.messages.count(), 2);
  forgive(visitor, /401/);
});

story('a deployment without demo sign-in says so', async (visitor) => {
  await visitor.page.route('**/demo/token', (route) => route.fulfill(refusal(404, 'not_found')));
  await visitor.page.goto('/');
  await visitor.page.getByLabel('Your name').fill(visitor.name);
  await visitor.page.getByRole('button', { name: 'Start chatting' }).click();
  assert.match(await visitor.alert.innerText(), /no demo sign-in/);
  forgive(visitor, /404/);
});

story('a refused message goes back to the box, with the reason', async (visitor) => {
  await visitor.signIn();
  await visitor.page.route('**/api/v1/ai/chat', (route) => route.fulfill(refusal(413, 'message_too_long')), { times: 1 });
  await visitor.send('Too much of it');
  assert.equal(await visitor.alert.innerText(), 'The message is refused.');
  await visitor.page.waitForFunction(() => document.querySelector('textarea')?.value === 'Too much of it');
  assert.equal(await visitor.messages.count(), 0);
  await visitor.page.getByRole('button', { name: 'Send' }).click();
  await visitor.replied();
  assert.equal(await visitor.alert.count(), 0);
  forgive(visitor, /413/);
});

story('a lost connection is told, and loading again shows what the server has', async (visitor) => {
  await visitor.signIn();
  // The worker answers in full; nothing of it reaches the page.
  await visitor.page.route(
    '**/api/v1/ai/chat',
    async (route) => {
      await route.fetch();
      await route.abort('connectionreset');
    },
    { times: 1 },
  );
  await visitor.say('Are you there?');
  assert.match(await visitor.alert.innerText(), /connection was lost/);
  await visitor.page.getByRole('button', { name: 'Load again' }).click();
  await visitor.replied();
  assert.equal(await visitor.messages.count(), 2);
  assert.equal(await visitor.alert.count(), 0);
  forgive(visitor, /ERR_CONNECTION_RESET/);
});

story('a question that got no reply can be asked again', async (visitor) => {
  await visitor.signIn();
  const question = { id: 'question-1', role: 'user', parts: [{ type: 'text', text: 'Anyone?' }] };
  const thread = { stateKey: 'unanswered', messages: [question], revision: 1 };
  // Twice: the page reads it, finds no run, and reads again in case the run ended in between.
  await visitor.page.route('**/api/v1/ai/threads/unanswered', (route) => route.fulfill({ json: thread }), { times: 2 });
  await visitor.page.goto('/?thread=unanswered');
  await visitor.page.getByRole('button', { name: 'Ask again' }).click();
  await visitor.replied();
  await visitor.page.reload();
  await visitor.replied();
  assert.equal(await visitor.messages.count(), 2);
});

/** A refusal in the shape that the worker gives every one. */
function refusal(status: number, code: string) {
  return { status, json: { error: { code, message: 'the message is refused' } } };
}

/** The browser itself reports failed requests in the console; the expected ones are taken out. */
function forgive(visitor: Visitor, expected: RegExp): void {
  const rest = visitor.complaints.filter((complaint) => !expected.test(complaint));
  visitor.complaints.splice(0, visitor.complaints.length, ...rest);
}
