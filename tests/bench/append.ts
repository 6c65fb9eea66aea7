// What an append costs as a thread grows from 1 to 200 messages: the worker (one row per message), `threadkeep/postgres`
// (`messages || $1`), and what one writes by hand (the whole array, rewritten). Each append of one takes its turn after
// the same append of the others, on fresh threads in every round.

import assert from 'node:assert/strict';
import type { UIMessage } from 'ai';
import type { ThreadPersistencePort } from '../../pkg/dist/index.js';
import { createPostgresStore } from '../../pkg/dist/postgres/index.js';
import { createWorkerStore } from '../../pkg/dist/worker-store.js';
import { APP_ROLE, makeDatabase } from '../postgres/support/database.ts';
import { nodePostgres } from '../postgres/support/drivers.ts';
import { Server } from '../postgres/support/server.ts';
import { Session } from '../postgres/support/session.ts';
import { Worker } from '../worker/harness.ts';
import { SERVICE_TOKEN } from '../worker/support/client.ts';
import { Random } from '../worker/support/random.ts';
import { median } from './measure.ts';

const MESSAGES = 200;
const ROUNDS = 5;
/** How many appends at either end of a thread are its first and its last. */
const END = 20;
/** Letters of a message: a paragraph of an answer, or a small tool output. */
const LETTERS = 4_096;

const server = await Server.start();
const database = await makeDatabase(server);
const opened = nodePostgres(server.url(database, APP_ROLE));
const byHand = await Session.open(server.url(database, 'postgres'));
const worker = await Worker.start({ SERVICE_TOKEN });

type Append = (thread: string, messages: readonly UIMessage[]) => Promise<void>;

/** Gets the thread with the new message at its end, as somebody has it who has loaded it; loading is not measured. */
const contenders: Record<string, Append> = {
  worker: byStore(createWorkerStore({ url: worker.url, serviceToken: SERVICE_TOKEN })),
  'threadkeep/postgres': byStore(createPostgresStore(opened)),
  'rewritten by hand': async (thread, messages) => {
    const text = `INSERT INTO by_hand VALUES ($1, $2) ON CONFLICT (thread) DO UPDATE SET messages = excluded.messages`;
    await byHand.run(text, [thread, JSON.stringify(messages)]);
  },
};

await byHand.run('CREATE TABLE by_hand (thread text PRIMARY KEY, messages jsonb NOT NULL)');
const times = new Map(Object.keys(contenders).map((name) => [name, Array.from({ length: MESSAGES }, (): number[] => [])]));
const written = new Map(Object.keys(contenders).map((name) => [name, Array.from({ length: MESSAGES }, (): number[] => [])]));
const random = new Random(7);

for (let round = 0; round < ROUNDS; round += 1) {
  const messages: UIMessage[] = [];
  for (let n = 0; n < MESSAGES; n += 1) {
    messages.push({ id: `m${n}`, role: n % 2 === 0 ? 'user' : 'assistant', parts: [{ type: 'text', text: words() }] });
    for (const [name, append] of Object.entries(contenders)) {
      const before = await logBytes();
      const start = performance.now();
      await append(`thread-${round}`, messages);
      times.get(name)![n]!.push(performance.now() - start);
      written.get(name)![n]!.push((await logBytes()) - before);
    }
  }
}

console.log(`append of a message of ${LETTERS} letters, medians of ${ROUNDS} rounds`);
console.log('| | ms, first 20 | ms, last 20 | ratio | appends/s, mean | bytes logged, first 20 | last 20 | ratio |\n|---|---|---|---|---|---|---|---|');
const means = new Map<string, number>();
for (const name of times.keys()) {
  const [ms, bytes] = [times.get(name)!.map(median), written.get(name)!.map(median)];
  means.set(name, mean(ms));
  const log = name === 'worker' ? '– | – | –' : `${Math.round(mean(bytes.slice(0, END)))} | ${Math.round(mean(bytes.slice(-END)))} | ${(mean(bytes.slice(-END)) / mean(bytes.slice(0, END))).toFixed(1)}`;
  console.log(`| ${name} | ${mean(ms.slice(0, END)).toFixed(2)} | ${mean(ms.slice(-END)).toFixed(2)} | ${(mean(ms.slice(-END)) / mean(ms.slice(0, END))).toFixed(2)} | ${Math.round(1000 / mean(ms))} | ${log} |`);
}
for (const name of ['worker', 'threadkeep/postgres']) console.log(`${name}: ${(means.get('rewritten by hand')! / means.get(name)!).toFixed(1)} times as many appends a second as rewriting by hand`);

await Promise.all([byHand.close(), opened.close(), worker.discard()]);
await server.discard();

function byStore(store: ThreadPersistencePort): Append {
  return async (thread, messages) => {
    const { messageCount } = await store.appendMessages({ owner: 'bench', stateKey: thread, messages: messages.slice(-1) });
    assert.equal(messageCount, messages.length);
  };
}

/** Where PostgreSQL's write-ahead log ends. */
async function logBytes(): Promise<number> {
  const { rows } = await byHand.run<{ bytes: string }>(`SELECT pg_current_wal_insert_lsn() - '0/0' AS bytes`);
  return Number(rows[0]!.bytes);
}

function words(): string {
  const letters = 'etaoinshrdlu etaoin cmfwyp ';
  return Array.from({ length: LETTERS }, () => letters[random.below(letters.length)]).join('');
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
