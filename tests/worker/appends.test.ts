// The thread as a store behind someone else's route: saves and appends by a service, each whole or not at all.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { UIMessage } from 'ai';
import { done, text } from './support/ai-event.ts';
import { userMessage } from './support/client.ts';
import { Scene } from './support/scene.ts';
import { dumpStorage } from './support/storage.ts';
import { talkOf } from './support/ui.ts';
import { until } from './support/until.ts';

const scene = await Scene.open();
const alice = await scene.user('alice');
const backend = scene.service('alice');

test('SERIALIZED_APPENDS: 50 callers append to one thread at once, none is lost, none reordered within a caller', async () => {
  const key = scene.key('concurrent');
  const callers = Array.from({ length: 50 }, (_, caller) => caller);
  const counts = await Promise.all(
    callers.map(async (caller) => {
      const seen: number[] = [];
      for (let turn = 0; turn < 3; turn += 1) {
        const answer = await backend.append(key, [userMessage(`${caller}-${turn}`, `caller ${caller}, message ${turn}`)]);
        assert.equal(answer.status, 200, answer.text);
        seen.push(answer.body.messageCount);
      }
      return seen;
    }),
  );
  const ids = (await alice.messages(key)).map((message) => message.id);
  assert.equal(ids.length, 150);
  for (const caller of callers) {
    assert.deepEqual(ids.filter((id) => id.startsWith(`${caller}-`)), [0, 1, 2].map((turn) => `${caller}-${turn}`));
  }
  // Each append was told its own count: they happened one after the other.
  assert.deepEqual(counts.flat().sort((a, b) => a - b), Array.from({ length: 150 }, (_, count) => count + 1));
});

test('SERIALIZED_APPENDS: 50 appends fired in one moment are all there, the messages of each together and in order', async () => {
  const key = scene.key('burst');
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, caller) => backend.append(key, [0, 1, 2].map((part) => userMessage(`b${caller}-${part}`, `burst ${caller} ${part}`)))),
  );
  assert.deepEqual(answers.map((answer) => answer.status), answers.map(() => 200));
  const ids = (await alice.messages(key)).map((message) => message.id);
  assert.equal(new Set(ids).size, 150);
  for (let at = 0; at < ids.length; at += 3) {
    const caller = ids[at]?.split('-')[0];
    assert.deepEqual(ids.slice(at, at + 3), [0, 1, 2].map((part) => `${caller}-${part}`));
  }
});

test('SERIALIZED_APPENDS: appends beside a running turn are all kept, and so is the reply', async () => {
  const key = scene.key('beside');
  const { stream, turn } = await scene.begin(alice, key, 'Question');
  turn.send(text('Partial '));
  await stream.reads('Partial');
  const beside = await Promise.all([0, 1, 2].map((n) => backend.append(key, [userMessage(`beside-${n}`, `beside ${n}`)])));
  turn.end(text('answer'), done());
  await stream.whole();
  const talk = talkOf(await alice.messages(key));
  for (const [n, answer] of beside.entries()) assert.equal(talk.includes(`user: beside ${n}`), answer.status === 200);
  assert.equal(talk[0], 'user: Question');
  assert.equal(talk.filter((line) => line === 'assistant: Partial answer').length, 1);
});

test('MAX_THREAD_MESSAGES: the 201st message is refused with thread_full and nothing is written', async () => {
  const key = scene.key('full');
  const saved = await backend.save(key, conversation(200), 0);
  assert.equal(saved.status, 200, saved.text);
  assert.equal(saved.body.messageCount, 200);
  await alice.listed(key, (entry) => entry.messageCount === 200);
  const before = await settledRows();

  const appended = await backend.append(key, [userMessage('one-too-many', 'the 201st message')]);
  assert.deepEqual([appended.status, appended.body.error.code], [409, 'thread_full']);
  const resaved = await backend.save(key, conversation(201), 200);
  assert.deepEqual([resaved.status, resaved.body.error.code], [409, 'thread_full']);
  const chat = await alice.ask<{ error: { code: string } }>('POST', '/api/v1/ai/chat', { id: key, message: 'the 201st message' });
  assert.deepEqual([chat.status, chat.body.error.code], [409, 'thread_full']);

  assert.equal(scene.upstream.of(key).length, 0, 'the executor was not asked');
  assert.equal((await alice.messages(key)).length, 200);
  assert.deepEqual(threadRows(), before);
});

test('MAX_THREAD_MESSAGES: an append that would pass the limit half-way is refused whole', async () => {
  const key = scene.key('nearly-full');
  await backend.save(key, conversation(199), 0);
  const both = await backend.append(key, [userMessage('n200', 'fits'), userMessage('n201', 'does not')]);
  assert.deepEqual([both.status, both.body.error.code], [409, 'thread_full']);
  assert.equal((await alice.messages(key)).length, 199);
  const one = await backend.append(key, [userMessage('n200', 'fits')]);
  assert.deepEqual([one.status, one.body.messageCount], [200, 200]);
});

test('MAX_THREAD_MESSAGES: a turn that would have no room for its reply is refused before it starts', async () => {
  const key = scene.key('no-room');
  await backend.save(key, conversation(199), 0);
  const chat = await alice.ask<{ error: { code: string } }>('POST', '/api/v1/ai/chat', { id: key, message: 'One more' });
  assert.deepEqual([chat.status, chat.body.error.code], [409, 'thread_full']);
  assert.equal(scene.upstream.of(key).length, 0);
  assert.equal((await alice.messages(key)).length, 199);
});

test('EXPECTED_COUNT: a save built on another count is a typed conflict and writes nothing', async () => {
  const key = scene.key('expected');
  await backend.save(key, conversation(2), 0);
  for (const expected of [0, 1, 3]) {
    const answer = await backend.save(key, conversation(4), expected);
    assert.deepEqual([answer.status, answer.body.error.code], [409, 'thread_conflict'], `expected ${expected}`);
  }
  assert.equal((await alice.messages(key)).length, 2);
  const right = await backend.save(key, conversation(4), 2);
  assert.deepEqual([right.status, right.body.messageCount], [200, 4]);
});

test('EXPECTED_COUNT: of two saves built on one count, exactly one wins', async () => {
  const key = scene.key('race');
  await backend.save(key, conversation(1), 0);
  const racing = ['left', 'right'].map((side) => backend.save(key, [...conversation(1), userMessage(side, side)], 1));
  const statuses = (await Promise.all(racing)).map((answer) => answer.status);
  assert.deepEqual(statuses.sort(), [200, 409]);
  assert.equal((await alice.messages(key)).length, 2);
});

test('MESSAGES_GROW_ONLY: a save that is shorter or rewrites a message is refused and writes nothing', async () => {
  const key = scene.key('grow-only');
  await backend.save(key, conversation(4), 0);
  const before = await alice.messages(key);
  const rewritten = conversation(5);
  rewritten[1] = { ...rewritten[1]!, parts: [{ type: 'text', text: 'another past' }] };
  const reordered = [conversation(4)[1]!, conversation(4)[0]!, ...conversation(5).slice(2)];
  const renamed = conversation(5).map((message, at) => (at === 0 ? { ...message, id: 'renamed' } : message));
  for (const [what, messages] of Object.entries({ shorter: conversation(3), rewritten, reordered, renamed, empty: [] })) {
    const answer = await backend.save(key, messages, 4);
    assert.deepEqual([answer.status, answer.body.error?.code], [409, 'thread_diverged'], what);
  }
  assert.deepEqual(await alice.messages(key), before);
});

test('MESSAGES_GROW_ONLY: a save that repeats what is stored and adds to it is taken, one that adds nothing too', async () => {
  const key = scene.key('grows');
  await backend.save(key, conversation(2), 0, { topic: 'geography' });
  const same = await backend.save(key, conversation(2), 2);
  assert.deepEqual([same.status, same.body.messageCount], [200, 2]);
  const grown = await backend.save(key, conversation(6), 2);
  assert.deepEqual([grown.status, grown.body.messageCount], [200, 6]);
  assert.deepEqual(await alice.messages(key), conversation(6));
});

test('UIMESSAGE_IS_CONTRACT: what a service saves comes back as it was, unknown parts and fields included', async () => {
  const key = scene.key('verbatim');
  const messages = [
    userMessage('u1', 'Hello'),
    {
      id: 'a1',
      role: 'assistant',
      metadata: { model: 'm', nested: { list: [1, null, 'x', 1.5, true] } },
      parts: [
        { type: 'step-start' },
        { type: 'reasoning', text: 'hm', state: 'done', providerMetadata: { p: { signature: 'c2ln' } } },
        { type: 'text', text: 'Hi', state: 'done' },
        { type: 'source-url', sourceId: 's', url: 'https://example.com/a', title: 'A' },
        { type: 'file', mediaType: 'text/plain', url: 'data:text/plain;base64,aGk=', filename: 'hi.txt' },
        { type: 'tool-weather', toolCallId: 't1', state: 'output-denied', input: { city: 'X' }, approval: { id: 'ap', approved: false, reason: 'no' } },
        { type: 'dynamic-tool', toolName: 'f', toolCallId: 't2', state: 'output-available', input: {}, output: { z: 1, a: [2] }, preliminary: false },
        { type: 'data-chart', id: 'c', data: { points: [1, 2, 3] } },
        { type: 'part-of-tomorrow', weight: 0.1, inner: { kept: 'as it came' } },
      ],
      fieldOfTomorrow: { kept: true },
    },
  ] as unknown as UIMessage[];
  assert.equal((await backend.save(key, messages, 0)).status, 200);
  const stored = await alice.thread(key);
  assert.deepEqual(stored.body.messages, messages);
  assert.equal(stored.text.includes(JSON.stringify((messages[1]!.parts as unknown[])[8])), true, 'in order, field by field');
});

test('SERIALIZED_APPENDS: an append repeated under its idempotency key is stored once', async () => {
  const key = scene.key('idempotent');
  const messages = [userMessage('i1', 'once'), userMessage('i2', 'twice')];
  const first = await backend.append(key, messages, 'key-1');
  const again = await Promise.all([1, 2, 3].map(() => backend.append(key, messages, 'key-1')));
  for (const answer of again) {
    assert.equal(answer.status, 200);
    assert.equal(answer.body.messageCount, first.body.messageCount);
  }
  assert.equal((await alice.messages(key)).length, 2);
  const other = await backend.append(key, [userMessage('i3', 'other')], 'key-1');
  assert.deepEqual([other.status, other.body.error.code], [409, 'idempotency_mismatch']);
  const next = await backend.append(key, [userMessage('i3', 'other')], 'key-2');
  assert.deepEqual([next.status, next.body.messageCount], [200, 3]);
});

test('a service\'s saves and appends are what the next turn\'s executor sees', async () => {
  const key = scene.key('history');
  await backend.save(key, conversation(2), 0);
  const { turn } = await scene.talk(alice, key, 'And now?', text('Now this.'));
  assert.deepEqual(turn.request.messages.map((message) => message.content), ['question 0', 'answer 1', 'And now?']);
});

test('saves and appends are for services: a user\'s token is refused and writes nothing', async () => {
  const key = scene.key('forbidden');
  const saved = await alice.save(key, conversation(2), 0);
  assert.deepEqual([saved.status, saved.body.error.code], [403, 'forbidden']);
  const appended = await alice.append(key, conversation(1));
  assert.deepEqual([appended.status, appended.body.error.code], [403, 'forbidden']);
  assert.deepEqual(await alice.messages(key), []);
});

/** A conversation of this length, the same one each time, in the form that a store gives back. */
function conversation(length: number): UIMessage[] {
  return Array.from({ length }, (_, at) =>
    at % 2 === 0
      ? userMessage(`m${at}`, `question ${at}`)
      : { id: `m${at}`, role: 'assistant', parts: [{ type: 'text', text: `answer ${at}`, state: 'done' }] },
  );
}

/** The rows once nothing is under way any more: the index is told a moment after a change. */
async function settledRows(): Promise<string[]> {
  let last: string[] = [];
  return until('rows that stay', () => {
    const previous = last;
    last = threadRows();
    return previous.length > 0 && previous.join('\n') === last.join('\n') && last;
  });
}

/** Every row of every thread object. */
function threadRows(): string[] {
  return dumpStorage(scene.worker.dataDir)
    .filter(({ file, table }) => file.includes('thread') && !file.includes('directory') && !table.startsWith('_cf_'))
    .map(({ file, table, column, value }) => `${file} ${table}.${column} = ${value}`)
    .sort();
}
