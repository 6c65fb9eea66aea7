// Moving house: what the places are, how they are reached, and what happens when they cannot be.

import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { ThreadPersistencePort } from '../../pkg/dist/index.js';
import { createWorkerStore } from '../../pkg/dist/worker-store.js';
import { Worker } from '../worker/harness.ts';
import { JWT_SECRET, SERVICE_TOKEN } from '../worker/support/client.ts';
import { until } from '../worker/support/until.ts';
import { Command } from './support/command.ts';
import { conversation, idsOf, userMessage } from './support/messages.ts';
import { refusingServer } from './support/refusing-server.ts';
import { freePort } from './support/server.ts';
import { Session } from './support/session.ts';
import { Stand } from './support/stand.ts';

const LIMIT = { timeout: 300_000 };
const OTHER_TOKEN = 'the-service-token-of-the-other-worker';

const stand = await Stand.open();
const store = stand.store();
const worker = await Worker.start({ AUTH_JWT_SECRET: JWT_SECRET, SERVICE_TOKEN });
const elsewhere = await Worker.start({ AUTH_JWT_SECRET: JWT_SECRET, SERVICE_TOKEN: OTHER_TOKEN });
const onWorker = createWorkerStore({ url: worker.url, serviceToken: SERVICE_TOKEN });
after(() => Promise.all([worker.discard(), elsewhere.discard()]));

const command = new Command();
const byPostgresJs = new Command(['drizzle-orm', 'postgres']);
const bare = new Command([]);

test('without Drizzle there is help, and a sentence that says what PostgreSQL needs', LIMIT, async () => {
  const { status, stdout } = await bare.run(['--help']);
  assert.deepEqual([status, stdout.includes('threadkeep export --from PLACE')], [0, true]);
  await bare.complains(/npm install drizzle-orm pg/, ['export', '--from', stand.url(), '--out', bare.file('x'), '--owner', 'alice']);
  await new Command(['drizzle-orm']).complains(/npm install pg/, ['export', '--from', stand.url(), '--out', bare.file('x'), '--owner', 'alice']);
});

test('without Drizzle threads move from one worker to another, each with a token of its own', LIMIT, async () => {
  await onWorker.appendMessages({ owner: 'tess', stateKey: 'moved', messages: conversation(3) });
  const tokens = { THREADKEEP_TO_SERVICE_TOKEN: OTHER_TOKEN };
  await bare.ok(['export', '--from', worker.url, '--out', bare.file('tess'), '--owner', 'tess'], tokens);
  await bare.ok(['import', '--to', elsewhere.url, '--in', bare.file('tess')], tokens);
  await bare.ok(['verify', '--from', worker.url, '--to', elsewhere.url, '--owner', 'tess'], tokens);
  const moved = createWorkerStore({ url: elsewhere.url, serviceToken: OTHER_TOKEN });
  assert.deepEqual((await moved.loadThread({ owner: 'tess', stateKey: 'moved' })).messages, conversation(3));
});

test('by postgres.js the command does the same, and places may stand in the environment', LIMIT, async () => {
  await store.appendMessages({ owner: 'pia', stateKey: 'js', messages: conversation(3), metadata: { n: 1 } });
  const env = { THREADKEEP_FROM: stand.url('postgres'), THREADKEEP_TO: worker.url };
  await byPostgresJs.ok(['export', '--out', byPostgresJs.file('pia')], env);
  await byPostgresJs.ok(['import', '--in', byPostgresJs.file('pia')], env);
  await byPostgresJs.ok(['verify', '--owner', 'pia'], env);
  await byPostgresJs.ok(['import', '--to', stand.url(), '--in', byPostgresJs.file('pia')]);
  await byPostgresJs.complains(/BYPASSRLS/, ['export', '--from', stand.url(), '--out', byPostgresJs.file('x')]);
  assert.deepEqual((await onWorker.loadThread({ owner: 'pia', stateKey: 'js' })).messages, conversation(3));
});

for (const [driver, by] of Object.entries({ 'node-postgres': command, 'postgres.js': byPostgresJs })) {
  test(`${driver}: a database that refuses every statement is told of, and the command ends`, LIMIT, async () => {
    const from = await refusingServer();
    for (const owners of [['--owner', 'alice'], []]) {
      const said = await by.complains(/upstream_unavailable \(the database failed with 53300\)/, ['export', '--from', from, '--out', by.file(`refused-${owners.length}`), ...owners]);
      assert.doesNotMatch(said, /a-password/);
    }
  });

  test(`${driver}: a database that is not there is told of, without its password`, LIMIT, async () => {
    const nowhere = `postgres://app:a-password@127.0.0.1:${await freePort()}/threads`;
    for (const owners of [['--owner', 'alice'], []]) {
      const said = await by.complains(/upstream_unavailable \(the database failed with ECONNREFUSED\)/, ['export', '--from', nowhere, '--out', by.file('x'), ...owners]);
      assert.doesNotMatch(said, /a-password/);
    }
  });
}

test('a password in the URL of a worker is refused, and not shown', LIMIT, async () => {
  for (const url of ['https://me:a-password@threads.example.com', 'https://:a-password@threads.example.com', 'https://me@threads.example.com']) {
    assert.doesNotMatch(await command.complains(/no name and no password/, ['export', '--from', url, '--out', command.file('x'), '--owner', 'alice']), /a-password/);
  }
  await command.complains(/looks like/, ['export', '--from', 'https://', '--out', command.file('x'), '--owner', 'alice']);
});

test('what stands at a URL and is no worker is told of', LIMIT, async () => {
  const server = createServer((_, response) => response.writeHead(404).end('words of somebody')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const said = await command.complains(/HTTP status 404/, ['export', '--from', url, '--out', command.file('x'), '--owner', 'alice']);
  assert.doesNotMatch(said, /words of somebody/);
  server.close();
});

test('a thread larger than one append carries moves in several', LIMIT, async () => {
  const address = { owner: 'lena', stateKey: 'large' };
  const messages = [1, 2, 3].map((n) => userMessage(`m${n}`, `${n} ${'word '.repeat(1_000_000)}`));
  await store.appendMessages({ ...address, messages });
  await command.ok(['export', '--from', stand.url(), '--out', command.file('large'), '--owner', 'lena']);
  await command.ok(['import', '--to', worker.url, '--in', command.file('large')]);
  await command.ok(['verify', '--from', stand.url(), '--to', worker.url, '--owner', 'lena']);
  assert.deepEqual(await idsOf(onWorker, address), ['m1', 'm2', 'm3']);
});

test('an import that is killed in the middle goes on when it is run again', LIMIT, async () => {
  const keys = Array.from({ length: 9 }, (_, n) => `killed-${n}`);
  for (const stateKey of keys) await onWorker.appendMessages({ owner: 'kim', stateKey, messages: conversation(4) });
  await command.ok(['export', '--from', worker.url, '--out', command.file('kim'), '--owner', 'kim']);
  const other = await Session.begin(stand.url(), 'kim');
  await other.run(`INSERT INTO ai_threads (owner_user_id, state_key) VALUES ('kim', 'killed-5')`);
  const { child, ended } = command.start(['import', '--to', stand.url(), '--in', command.file('kim')]);
  await until('the import waits for another', async () => (await stand.waiting()).length === 1);
  child.kill('SIGKILL');
  await ended;
  await other.close();
  const some = (await store.listThreads({ owner: 'kim' })).threads.length;
  assert.ok(some > 0 && some < keys.length, `${some} threads came`);
  await command.ok(['import', '--to', stand.url(), '--in', command.file('kim')]);
  await command.ok(['verify', '--from', worker.url, '--to', stand.url(), '--owner', 'kim']);
});

test('a thread that is written to while a worker is listed is not lost between two pages', LIMIT, async () => {
  const keys = Array.from({ length: 101 }, (_, n) => `listed-${n}`);
  for (const stateKey of keys) await onWorker.appendMessages({ owner: 'mona', stateKey, messages: conversation(1) });
  // The oldest is alone on the second page, until somebody writes to it.
  const behindAnother = first(({ url }: IncomingMessage) => url!.includes('cursor='));
  const url = await passingOn({
    async before(request) {
      if (behindAnother(request)) await onWorker.appendMessages({ owner: 'mona', stateKey: keys[0]!, messages: [userMessage('late', 'late')] });
    },
  });
  await command.ok(['export', '--from', url, '--out', command.file('mona'), '--owner', 'mona']);
  await command.ok(['import', '--to', stand.url(), '--in', command.file('mona')]);
  await command.ok(['verify', '--from', worker.url, '--to', stand.url(), '--owner', 'mona']);
});

test('an append of an import whose answer was lost is made again, and written once', LIMIT, async () => {
  await store.appendMessages({ owner: 'lost', stateKey: 'answer', messages: conversation(2) });
  await command.ok(['export', '--from', stand.url(), '--out', command.file('lost'), '--owner', 'lost']);
  const url = await passingOn({ loses: first(({ method }: IncomingMessage) => method === 'POST') });
  await command.ok(['import', '--to', url, '--in', command.file('lost')]);
  assert.deepEqual(await idsOf(onWorker, { owner: 'lost', stateKey: 'answer' }), ['m0', 'm1']);
});

test('what was stored before masking is masked on its way, and is no difference', LIMIT, async () => {
  const [raw, title] = [userMessage('u1', `mail ${['grace.hopper', 'navy-example.org'].join('@')}`), `  by hand,\n${'x'.repeat(200)}`];
  const row = [JSON.stringify([raw]), title, { mail: ['grace.hopper', 'navy-example.org'].join('@') }];
  await stand.sql(`INSERT INTO ai_threads (owner_user_id, state_key, messages, title, metadata) VALUES ('rosa', 'raw', $1, $2, $3)`, row);
  await command.ok(['export', '--from', stand.url(), '--out', command.file('rosa'), '--owner', 'rosa']);
  // Into the place where it is already, and into one where it is not.
  for (const to of [stand.url(), worker.url]) {
    await command.ok(['import', '--to', to, '--in', command.file('rosa')]);
    await command.ok(['verify', '--from', stand.url(), '--to', to, '--owner', 'rosa']);
  }
  assert.deepEqual((await store.loadThread({ owner: 'rosa', stateKey: 'raw' })).messages, [raw]);
  assert.doesNotMatch(JSON.stringify(await onWorker.loadThread({ owner: 'rosa', stateKey: 'raw' })), /grace/);
  assert.equal(await titleIn(onWorker, 'rosa'), `by hand, ${'x'.repeat(91)}`);
});

async function titleIn(place: ThreadPersistencePort, owner: string): Promise<string | undefined> {
  return (await place.listThreads({ owner })).threads[0]?.title;
}

interface Meddler {
  /** Before a request is passed on. */
  readonly before?: (request: IncomingMessage) => Promise<void>;
  /** Whether the answer of a request is lost on its way. */
  readonly loses?: (request: IncomingMessage) => boolean;
}

/** A way to the worker. */
async function passingOn({ before, loses }: Meddler): Promise<string> {
  const server = createServer(async (request, response) => {
    await before?.(request);
    const headers = Object.fromEntries(['authorization', 'x-threadkeep-owner', 'content-type'].flatMap((name) => (request.headers[name] ? [[name, String(request.headers[name])]] : [])));
    const body = request.method === 'GET' ? null : await text(request);
    const answer = await fetch(worker.url + request.url, { method: request.method!, headers, body });
    const told = await answer.text();
    if (loses?.(request)) request.socket.destroy();
    else response.writeHead(answer.status, { 'content-type': 'application/json' }).end(told);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  after(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** True for the first that is asked for. */
function first<Value>(wanted: (value: Value) => boolean): (value: Value) => boolean {
  let met = false;
  return (value) => !met && (met = wanted(value));
}
