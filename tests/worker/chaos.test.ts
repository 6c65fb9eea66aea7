// Machines look where we did not: tabs that send, leave, stop, resume and append at random on a few threads. Whatever
// they do, what each was told must be what the thread holds in the end. `SEED=…` repeats the choices, not the timing.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { setImmediate as turnOfLoop } from 'node:timers/promises';
import type { UIMessage } from 'ai';
import { done, failure, reasoning, text, toolCall, toolFailure, toolResult, type AiEvent } from './support/ai-event.ts';
import { ChatStream } from './support/chat-stream.ts';
import { userMessage, type Client } from './support/client.ts';
import type { EventsTurn } from './support/events-upstream.ts';
import { seededRandom } from './support/random.ts';
import { Scene } from './support/scene.ts';
import { assertWireProfile, foldBySdk } from './support/ui.ts';
import { until } from './support/until.ts';

const THREADS = 4;
/** Tabs of one thread: two below what the queue takes, so that most turns get in and some do not. */
const TABS = 10;
const STEPS_PER_TAB = 8;

const random = seededRandom();
const scene = await Scene.open();
const alice = await scene.user('alice');
const backend = scene.service('alice');

/** What one tab was told on its way. */
type Told = { accepted: string[]; refused: string[]; appended: string[]; read: ChatStream[] };

test('SERIALIZED_APPENDS: whatever tabs do at random, each was told what the thread holds', async () => {
  scene.upstream.script((turn) => void improvise(turn));
  const keys = Array.from({ length: THREADS }, (_, n) => scene.key(`chaos-${n}`));
  const told = await Promise.all(keys.map((key) => Promise.all(Array.from({ length: TABS }, (_, tab) => behave(key, tab)))));
  const all = told.flat();
  assert.ok(all.flatMap((tab) => tab.accepted).length >= 20 && all.flatMap((tab) => tab.read).length >= 10, 'something happened');
  for (const [at, key] of keys.entries()) await assertKept(key, told[at]!);
  scene.upstream.script(undefined);
});

/** A tab on a thread: a few random steps, one after the other. */
async function behave(key: string, tab: number): Promise<Told> {
  const told: Told = { accepted: [], refused: [], appended: [], read: [] };
  for (let step = 0; step < STEPS_PER_TAB; step += 1) await act(key, `t${tab}.${step}`, told);
  return told;
}

async function act(key: string, id: string, told: Told): Promise<void> {
  switch (random.below(8)) {
    case 0:
    case 1:
      return say(key, id, told, (stream) => stream.whole().then(() => void told.read.push(stream)));
    case 2:
    case 3:
      return say(key, id, told, async (stream) => {
        const count = random.below(6);
        await until('some chunks, or the end', () => stream.chunks.length >= count || stream.isEnded);
        stream.leave();
      });
    case 4:
      return void (await alice.stop(key));
    case 5:
      return resume(alice, key, told);
    case 6: {
      const answer = await backend.append(key, [userMessage(id, `appended ${id}`)]);
      (answer.status === 200 ? told.appended : told.refused).push(id);
      return;
    }
    default:
      assert.equal((await alice.thread(key)).status, 200);
  }
}

async function say(key: string, id: string, told: Told, then: (stream: ChatStream) => Promise<void>): Promise<void> {
  const abort = new AbortController();
  const response = await alice.request('POST', '/api/v1/ai/chat', { id: key, messages: [userMessage(id, `said ${id}`)] }, {}, abort.signal);
  if (response.status === 200) {
    told.accepted.push(id);
    return then(new ChatStream(response, abort));
  }
  const { error } = (await response.json()) as { error: { code: string } };
  assert.ok(['thread_busy', 'thread_full'].includes(error.code), error.code);
  told.refused.push(id);
}

async function resume(client: Client, key: string, told: Told): Promise<void> {
  const stream = await client.resume(key);
  if (!stream) return;
  await stream.whole();
  told.read.push(stream);
}

/** An executor in a whimsical mood: any order of events, any pace, any end. */
async function improvise(turn: EventsTurn): Promise<void> {
  const events: AiEvent[] = [];
  for (let n = random.below(12); n > 0; n -= 1) {
    const call = `c${n}`;
    const choices: AiEvent[][] = [
      [text(`word${n} `)],
      [reasoning(`thought${n} `)],
      [toolCall(call, 'look', { n }), toolResult(call, { n })],
      [toolCall(call, 'fail', { n }), toolFailure(call, 'no')],
      [toolCall(call, 'hang', { n })],
    ];
    events.push(...choices[random.below(choices.length)]!);
  }
  for (const event of events) {
    for (let pause = random.below(4); pause > 0; pause -= 1) await turnOfLoop();
    turn.send(event);
  }
  const ends = [() => turn.end(done()), () => turn.end(done()), () => turn.end(failure('rate_limited')), () => turn.end(), () => turn.accept().cut()];
  ends[random.below(ends.length)]!();
}

async function assertKept(key: string, told: Told[]): Promise<void> {
  await until('no turn runs', async () => (await alice.request('GET', `/api/v1/ai/chat/${key}/stream`)).status === 204);
  const messages = await alice.messages(key);
  const ids = messages.map((message) => message.id);
  assert.equal(new Set(ids).size, ids.length, 'no message twice');
  for (const { accepted, refused, appended, read } of told) {
    for (const id of [...accepted, ...appended]) assert.ok(ids.includes(id), `${id} was acknowledged`);
    for (const id of refused) assert.ok(!ids.includes(id), `${id} was refused`);
    const own = [...accepted, ...appended].sort((a, b) => ids.indexOf(a) - ids.indexOf(b));
    assert.deepEqual(own, own.toSorted((a, b) => Number(a.split('.')[1]) - Number(b.split('.')[1])), 'in the order of the caller');
    for (const stream of read) await assertStored(stream, messages);
  }
  for (const message of messages) for (const part of message.parts) assert.ok(!('state' in part) || isSettled(part.state), JSON.stringify(part));
}

/** What a client read to its end is what is stored; a reply without a part is not stored. */
async function assertStored(stream: ChatStream, messages: UIMessage[]): Promise<void> {
  await assertWireProfile(stream.chunks);
  const held = await foldBySdk(stream.chunks);
  const stored = messages.find((message) => message.id === held.id);
  if (held.parts.every((part) => part.type === 'step-start')) assert.equal(stored, undefined);
  else assert.deepEqual(stored, held);
}

function isSettled(state: string | undefined): boolean {
  return state === undefined || ['done', 'output-available', 'output-error'].includes(state);
}
