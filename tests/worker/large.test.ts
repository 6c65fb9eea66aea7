// Values past the 2 MB row limit of the storage are split, never truncated.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { done, text, toolCall, toolResult } from './support/ai-event.ts';
import type { ErrorBody } from './support/client.ts';
import { Scene } from './support/scene.ts';
import { Random } from './support/random.ts';
import { dumpStorage, isStored } from './support/storage.ts';
import { shapeOf, textOf } from './support/ui.ts';
import { until } from './support/until.ts';

const scene = await Scene.open();
const alice = await scene.user('alice');
const FIVE_MB = 5 * 1024 * 1024;

/** https://developers.cloudflare.com/durable-objects/platform/limits: 2 MB for a string, a BLOB or a row. */
const MAX_ROW_BYTES = 2_000_000;

test('UIMESSAGE_IS_CONTRACT: a 5 MB tool output is stored and returned intact, and survives a restart', async () => {
  const key = scene.key('five-mb');
  const output = { rows: pseudoText(FIVE_MB), after: 'the end' };
  const { stream } = await scene.talk(alice, key, 'Dump the table', toolCall('c1', 'dump', {}), toolResult('c1', output), text('There.'));
  const sent = stream.chunks.find((chunk) => chunk.type === 'tool-output-available');
  assert.ok(sent?.type === 'tool-output-available');
  assertSame(sent.output, output);
  assertSame(outputOf(await alice.messages(key)), output);
  await scene.worker.restart();
  assertSame(outputOf(await alice.messages(key)), output);
});

test('SERVER_OWNS_MESSAGES: the next turn\'s executor gets the 5 MB output back', async () => {
  const key = scene.key('next-turn');
  const output = pseudoText(FIVE_MB);
  await scene.talk(alice, key, 'Dump', toolCall('c1', 'dump', {}), toolResult('c1', output), text('There.'));
  const { turn } = await scene.talk(alice, key, 'Thanks', text('Welcome.'));
  const result = turn.request.messages.find((message) => message.role === 'tool');
  assertSame(JSON.parse(result?.content ?? '""'), output);
});

test('UIMESSAGE_IS_CONTRACT: a value of multi-byte letters cut at any row limit comes back intact', async () => {
  const key = scene.key('letters');
  const output = '🗼東é'.repeat(400_000);
  await scene.talk(alice, key, 'Letters', toolCall('c1', 'dump', {}), toolResult('c1', output), text('There.'));
  assertSame(outputOf(await alice.messages(key)), output);
});

test('UIMESSAGE_IS_CONTRACT: a reply of 3 MB of text in many deltas is stored whole', async () => {
  const key = scene.key('long-text');
  const { stream, turn } = await scene.begin(alice, key, 'Write a book');
  const page = pseudoText(30_000);
  for (let n = 0; n < 100; n += 1) turn.send(text(page));
  turn.end(done());
  await stream.whole();
  assertSame(textOf((await alice.messages(key))[1]), page.repeat(100));
});

test('a second tab resumes a turn whose buffer holds a 5 MB output', async () => {
  const key = scene.key('resumed');
  const output = pseudoText(FIVE_MB);
  const { stream, turn } = await scene.begin(alice, key, 'Dump');
  turn.send(toolCall('c1', 'dump', {}), toolResult('c1', output), text('So'));
  await stream.reads('So');
  const second = await alice.resume(key);
  assert.ok(second);
  turn.end(text(' far.'), done());
  await second.whole();
  const replayed = second.chunks.find((chunk) => chunk.type === 'tool-output-available');
  assert.ok(replayed?.type === 'tool-output-available');
  assertSame(replayed.output, output);
  assert.equal(second.text, 'So far.');
});

test('JSON that is small as text and large as values harms nobody: a tool output is left out, a save is refused', async () => {
  const dense = `[${'0,'.repeat(6_000_000)}0]`;
  const key = scene.key('dense');
  const { stream, turn } = await scene.begin(alice, key, 'Dump the matrix');
  turn.send(toolCall('c1', 'dump', {}));
  turn.raw(`{"type":"tool_call_result","toolCallId":"c1","result":${dense}}\n`);
  turn.end(text('There.'), done());
  await stream.whole();
  assert.deepEqual(shapeOf((await alice.messages(key))[1]), ['step-start', 'dynamic-tool:output-error', 'text']);
  const body = `{"messages":[{"id":"m","role":"user","parts":[],"metadata":${dense}}],"expectedMessageCount":0}`;
  const saved = await scene.service('alice').ask<ErrorBody>('PUT', `/api/v1/ai/threads/${scene.key('saved')}`, body);
  assert.deepEqual([saved.status, saved.body.error.code], [413, 'body_too_large']);
});

test('clients that resume a large turn and do not read are refused when they are too many, and harm none that reads', async () => {
  const key = scene.key('crowd');
  const { stream, turn } = await scene.begin(alice, key, 'Dump');
  turn.send(toolCall('c1', 'dump', {}), toolResult('c1', pseudoText(FIVE_MB)), text('So'));
  await stream.reads('So');
  const leave = new AbortController();
  const path = `/api/v1/ai/chat/${key}/stream`;
  const crowd = await Promise.all(Array.from({ length: 40 }, () => alice.request('GET', path, undefined, {}, leave.signal)));
  const refused = crowd.filter((answer) => answer.status === 409);
  assert.ok(refused.length >= 20, `${refused.length} were refused`);
  assert.equal(((await refused[0]!.json()) as ErrorBody).error.code, 'thread_busy');
  turn.send(text(' far,'));
  await stream.reads('So far,');
  leave.abort();
  const late = await until('there is room again', () => alice.resume(key).catch(() => undefined));
  turn.end(text(' so good.'), done());
  await Promise.all([stream.whole(), late.whole()]);
  assert.equal(late.text, 'So far, so good.');
});

test('no row of storage passes the platform\'s limit, also not in the resume buffer of a running turn', async () => {
  const key = scene.key('rows');
  const { stream, turn } = await scene.begin(alice, key, 'Dump');
  turn.send(toolCall('c1', 'dump', { query: pseudoText(FIVE_MB) }), toolResult('c1', { dump: pseudoText(FIVE_MB), marker: `end of ${key}` }), text('So'));
  await stream.reads('So');
  await until('the output in the resume buffer', () => isStored(scene.worker.dataDir, `end of ${key}`));
  assertRowsFit();
  turn.end(text(' far.'), done());
  await stream.whole();
  assertRowsFit();
});

/** Every row, all columns together, is within the 2 MB that a Durable Object's SQLite takes; workerd does not refuse it here. */
function assertRowsFit(): void {
  for (const { table, column, value } of dumpStorage(scene.worker.dataDir)) {
    assert.ok(Buffer.byteLength(value) < MAX_ROW_BYTES, `${table}.${column} has ${Buffer.byteLength(value)} bytes`);
  }
}

function outputOf(messages: { parts: unknown[] }[]): unknown {
  const part = messages[1]?.parts.find((part) => (part as { type: string }).type === 'dynamic-tool');
  return (part as { output?: unknown } | undefined)?.output;
}

// Compared by digest: a difference must not print megabytes.
function assertSame(actual: unknown, expected: unknown): void {
  assert.equal(digest(actual), digest(expected));
}

function digest(value: unknown): string {
  const json = JSON.stringify(value) ?? 'undefined';
  return `${json.length} ${createHash('sha256').update(json).digest('hex').slice(0, 16)}`;
}

/** Plain words of this length that hold nothing a masker could take for a secret. */
function pseudoText(length: number): string {
  const random = new Random(length);
  const words: string[] = [];
  for (let size = 0; size < length;) {
    const word = 'lorem ipsum dolor sit amet consectetur'.split(' ')[random.below(6)]!;
    words.push(word);
    size += word.length + 1;
  }
  return words.join(' ').slice(0, length);
}
