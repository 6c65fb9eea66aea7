// A stock client: the Chat of @ai-sdk/react (what useChat holds) with the stock transport, and nothing of ours in between.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { Chat } from '@ai-sdk/react';
import { DefaultChatTransport, type UIMessage } from 'ai';
import { done, failure, reasoning, text, toolCall, toolResult } from './support/ai-event.ts';
import { Scene } from './support/scene.ts';
import { metadataOf, talkOf, textOf } from './support/ui.ts';
import { until } from './support/until.ts';

const scene = await Scene.open();
const alice = await scene.user('alice');

/** A page that was just loaded: its messages are what the server has. */
async function load(key: string): Promise<Chat<UIMessage>> {
  const chat = new Chat<UIMessage>({
    id: key,
    messages: await alice.messages(key),
    transport: new DefaultChatTransport({ api: `${scene.worker.url}/api/v1/ai/chat`, headers: alice.headers }),
  });
  return chat;
}

test('a stock useChat client completes two turns with a reload between them', async () => {
  const key = scene.key('two-turns');
  const first = await load(key);
  const sent = first.sendMessage({ text: 'What is the weather?' });
  const turn = (await scene.upstream.next(key)).accept();
  await until('the client streams or waits', () => first.status !== 'ready');
  turn.end(reasoning('Look it up.'), toolCall('c1', 'weather', { city: 'Oslo' }), toolResult('c1', { sky: 'clear' }), text('Clear in Oslo.'), done());
  await sent;
  assert.equal(first.status, 'ready');
  assert.equal(first.error, undefined);
  assert.deepEqual(await alice.messages(key), plain(first.messages), 'the client holds what is stored');

  const second = await load(key);
  const sentAgain = second.sendMessage({ text: 'And tomorrow?' });
  const next = await scene.upstream.next(key);
  assert.deepEqual(next.request.messages.map((message) => message.role), ['user', 'assistant', 'tool', 'assistant', 'user']);
  next.end(text('Rain.'), done());
  await sentAgain;
  assert.equal(second.error, undefined);
  assert.deepEqual(await alice.messages(key), plain(second.messages));
  assert.deepEqual(talkOf(second.messages), ['user: What is the weather?', 'assistant: Clear in Oslo.', 'user: And tomorrow?', 'assistant: Rain.']);
});

test('a stock client that reloads in the middle of a reply resumes it and ends with what is stored', async () => {
  const key = scene.key('resumes');
  const first = await load(key);
  const sent = first.sendMessage({ text: 'Slowly, please' });
  const turn = await scene.upstream.next(key);
  turn.send(text('Half '));
  await until('half a reply', () => textOf(first.messages[1]) === 'Half ');
  await first.stop();
  await sent;

  const second = await load(key);
  assert.deepEqual(talkOf(second.messages), ['user: Slowly, please']);
  const resumed = second.resumeStream();
  await until('half a reply again', () => textOf(second.messages[1]) === 'Half ');
  turn.end(text('and half'), done());
  await resumed;
  assert.equal(second.status, 'ready');
  assert.deepEqual(plain(second.messages), await alice.messages(key));
  assert.deepEqual(talkOf(second.messages), ['user: Slowly, please', 'assistant: Half and half']);
});

test('a stock client that resumes where nothing runs stays as it is', async () => {
  const key = scene.key('nothing');
  await scene.talk(alice, key, 'Hi', text('Hello'));
  const chat = await load(key);
  await chat.resumeStream();
  assert.equal(chat.status, 'ready');
  assert.equal(chat.error, undefined);
  assert.equal(chat.messages.length, 2);
});

test('a stock client that regenerates gets a new reply, appended on the server', async () => {
  const key = scene.key('regenerates');
  await scene.talk(alice, key, 'A joke', text('A bad one'));
  const chat = await load(key);
  const again = chat.regenerate();
  (await scene.upstream.next(key)).end(text('A better one'), done());
  await again;
  assert.equal(chat.error, undefined);
  assert.equal(textOf(chat.messages.at(-1)), 'A better one');
  assert.deepEqual(talkOf(await alice.messages(key)), ['user: A joke', 'assistant: A bad one', 'assistant: A better one']);
});

test('a stock client shows an error of the upstream, and its next turn works', async () => {
  const key = scene.key('errors');
  const chat = await load(key);
  const sent = chat.sendMessage({ text: 'Try' });
  (await scene.upstream.next(key)).end(text('So far'), failure('rate_limited'));
  await sent;
  assert.equal(chat.status, 'error');
  assert.ok(chat.error && chat.error.message.length > 0);
  chat.clearError();
  const again = chat.sendMessage({ text: 'Again' });
  (await scene.upstream.next(key)).end(text('Fine'), done());
  await again;
  assert.equal(chat.status, 'ready');
  assert.equal(textOf(chat.messages.at(-1)), 'Fine');
});

test('a stock client sees the end of a turn that was stopped on the server', async () => {
  const key = scene.key('stopped');
  const chat = await load(key);
  const sent = chat.sendMessage({ text: 'Go on for ever' });
  const turn = await scene.upstream.next(key);
  turn.send(text('For ev'));
  await until('some text', () => textOf(chat.messages[1]) === 'For ev');
  await alice.stop(key);
  await sent;
  assert.equal(chat.error, undefined);
  const stored = await alice.messages(key);
  assert.equal(metadataOf(stored[1])['status'], 'aborted');
  assert.deepEqual(plain(chat.messages), stored);
});

/** As JSON would carry it: the client keeps `undefined` fields that no store has. */
function plain(messages: UIMessage[]): UIMessage[] {
  return JSON.parse(JSON.stringify(messages)) as UIMessage[];
}
