// Moving house: the command itself, between a real worker and a real PostgreSQL, in both directions.

import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import type { UIMessage } from 'ai';
import { createWorkerStore } from '../../pkg/dist/worker-store.js';
import type { ThreadPersistencePort, ThreadSummary } from '../../pkg/dist/index.js';
import { Client, JWT_SECRET, SERVICE_TOKEN } from '../worker/support/client.ts';
import { Worker } from '../worker/harness.ts';
import { Command } from './support/command.ts';
import { conversation, idsOf, userMessage } from './support/messages.ts';
import { nodePostgres } from './support/drivers.ts';
import { Stand } from './support/stand.ts';

const LIMIT = { timeout: 300_000 };
const OWNERS = ['alice', 'bob', 'zoë 漢字'];
const BY_NAME = OWNERS.flatMap((owner) => ['--owner', owner]);

const stand = await Stand.open();
const vars = { AUTH_JWT_SECRET: JWT_SECRET, SERVICE_TOKEN };
const [worker, elsewhere] = [await Worker.start(vars), await Worker.start(vars)];
const [onWorker, onElsewhere] = [worker, elsewhere].map(({ url }) => createWorkerStore({ url, serviceToken: SERVICE_TOKEN })) as [ThreadPersistencePort, ThreadPersistencePort];
const onPostgres = stand.store(nodePostgres(stand.url()));

const command = new Command();
const { ok, complains, threadkeep, file } = {
  ok: (...args: string[]) => command.ok(args),
  complains: (said: RegExp, ...args: string[]) => command.complains(said, args),
  threadkeep: (...args: string[]) => command.run(args),
  file: (name: string) => command.file(name),
};
after(async () => {
  await Promise.all([worker.discard(), elsewhere.discard()]);
});

test('from a worker to PostgreSQL and on to another worker, nothing is lost', LIMIT, async () => {
  await furnish(onWorker);
  const [postgres, asSuperuser] = [stand.url(), stand.url('postgres')];

  await ok('export', '--from', worker.url, '--out', file('first'), ...BY_NAME);
  await ok('import', '--to', postgres, '--in', file('first'));
  await ok('verify', '--from', worker.url, '--to', postgres, ...BY_NAME);
  await sameThreads(onWorker, onPostgres);

  // The role that is above row-level security tells the owners itself.
  await ok('export', '--from', asSuperuser, '--out', file('second'));
  await ok('import', '--to', elsewhere.url, '--in', file('second'));
  await ok('verify', '--from', asSuperuser, '--to', elsewhere.url);
  await sameThreads(onPostgres, onElsewhere);
});

test('the same threads give the same bytes, and each is on a line of its own', LIMIT, async () => {
  await ok('export', '--from', worker.url, '--out', file('again'), ...BY_NAME.toReversed().flatMap((_, at, all) => (at % 2 === 0 ? ['--owner', all[at]!] : [])));
  assert.equal(read('again'), read('first'));
  const lines = read('first').trimEnd().split('\n').map((line) => JSON.parse(line) as { owner?: string; end?: boolean });
  assert.equal(lines.length, 2 + 105 + 3);
  assert.deepEqual(lines.at(-1), { end: true, threads: 108 });
});

test('an export that was broken off, in a line or between two, goes on to the same bytes', LIMIT, async () => {
  const whole = readFileSync(file('first'));
  const lineEnds = [...whole.entries()].filter(([, byte]) => byte === 10).map(([at]) => at + 1);
  const last = whole.length;
  for (const cut of [0, lineEnds[0]!, lineEnds[0]! + 5, lineEnds[3]!, lineEnds[3]! - 1, lineEnds[107]! + 3, lineEnds.at(-2)!, last - 2, last]) {
    writeFileSync(file('torn'), whole.subarray(0, cut));
    await ok('export', '--from', worker.url, '--out', file('torn'), '--resume', ...BY_NAME);
    assert.ok(readFileSync(file('torn')).equals(whole), `cut at ${cut} of ${last}`);
  }
});

test('an import again changes nothing, and one that was broken off goes on', LIMIT, async () => {
  const rows = () => stand.sql('SELECT id, updated_at, message_count, title, metadata, md5(messages::text) FROM ai_threads ORDER BY id');
  const before = await rows();
  await ok('import', '--to', stand.url(), '--in', file('first'));
  assert.deepEqual(await rows(), before);
  // A thread that came half, and one that did not come.
  await stand.sql(`UPDATE ai_threads SET messages = jsonb_path_query_array(messages, '$[0 to 3]') WHERE state_key = 'long'`);
  await stand.sql(`DELETE FROM ai_threads WHERE state_key = 'named'`);
  await ok('import', '--to', stand.url(), '--in', file('first'));
  await ok('verify', '--from', worker.url, '--to', stand.url(), ...BY_NAME);
});

test('verify finds every kind of difference, and says where', LIMIT, async () => {
  await onPostgres.appendMessages({ owner: 'alice', stateKey: 'long', messages: [userMessage('more', 'more')] });
  await onPostgres.appendMessages({ owner: 'bob', stateKey: 'only-here', messages: conversation(1) });
  await stand.sql(`UPDATE ai_threads SET title = 'renamed', metadata = '{"other": 1}' WHERE state_key = 'named'`);
  await stand.sql(`UPDATE ai_threads SET deleted_at = now() WHERE state_key = 'page-7'`);
  const { status, stdout } = await threadkeep('verify', '--from', worker.url, '--to', stand.url(), ...BY_NAME);
  assert.equal(status, 1);
  const told = stdout.trimEnd().split('\n').map((line) => JSON.parse(line) as { owner: string; stateKey: string; what: string });
  assert.deepEqual(told.map(({ owner, stateKey, what }) => `${owner} ${stateKey} ${what}`), [
    'alice long messages',
    'bob only-here surplus',
    'bob page-7 missing',
    'zoë 漢字 named title',
    'zoë 漢字 named metadata',
  ]);
});

test('a thread that went another way is refused by its line, and the others are taken', LIMIT, async () => {
  const [head, ...lines] = read('first').trimEnd().split('\n');
  const chosen = lines.filter((line) => /"stateKey":"(page-7|long)"/.test(line)).map((line) => JSON.parse(line) as { messages: UIMessage[]; stateKey: string });
  for (const each of chosen) if (each.stateKey === 'long') each.messages[1] = userMessage('another', 'another past');
  writeFileSync(file('diverged'), `${[head, ...chosen.map((each) => JSON.stringify(each)), lines.at(-1)].join('\n')}\n`);
  const { status, stderr } = await threadkeep('import', '--to', stand.url(), '--in', file('diverged'));
  assert.equal(status, 1);
  assert.match(stderr, /^line \d+: thread_diverged$/m);
  assert.deepEqual((await onPostgres.loadThread({ owner: 'bob', stateKey: 'page-7' })).messages, conversation(1));
});

test('what a person at the terminal can mend is said in one sentence, with status 2', LIMIT, async () => {
  writeFileSync(file('unfinished'), read('first').split('\n').slice(0, 3).join('\n'));
  writeFileSync(file('foreign'), '{"some": "json"}\n');
  const cases: [string[], RegExp][] = [
    [['export', '--from', worker.url, '--out', file('x')], /name them by --owner/],
    [['export', '--from', stand.url(), '--out', file('x')], /BYPASSRLS/],
    [['export', '--from', worker.url, '--out', file('first'), '--owner', 'alice'], /there already/],
    [['export', '--from', 'ftp://x', '--out', file('x')], /a place is/],
    [['import', '--to', stand.url(), '--in', file('unfinished')], /has no end/],
    [['import', '--to', stand.url(), '--in', file('foreign')], /no export of threadkeep/],
    [['import', '--to', 'http://127.0.0.1:9', '--in', file('first')], /upstream_unavailable.*--start-line 2/],
    [['import', '--in', file('first')], /wants --to/],
    [['import', '--to', stand.url(), '--in', file('first'), '--start-line', 'abc'], /whole number from 1/],
    [['sell'], /no such command/],
    [['export', '--form', 'x'], /--form/],
  ];
  for (const [args, said] of cases) await complains(said, ...args);
});

/** Threads with all that can move. */
async function furnish(store: ThreadPersistencePort): Promise<void> {
  for (let n = 0; n < 105; n += 1) await store.appendMessages({ owner: 'bob', stateKey: `page-${n}`, messages: conversation(1) });
  await store.appendMessages({ owner: 'alice', stateKey: 'long', messages: conversation(60), metadata: { pinned: true } });
  const odd = { id: 'odd', role: 'assistant', parts: [{ type: 'data-x', data: { 'k\u0000': ['\u0000', '\u0010', '\u2028 \u2029 \u0085\r', 1e21, 0.1] } }, { type: 'part-of-tomorrow', z: 1, a: 2 }] } as UIMessage;
  await store.appendMessages({ owner: 'alice', stateKey: 'odd', messages: [odd, userMessage('u', 'x'.repeat(300_000))] });
  const named = { owner: 'zoë 漢字', stateKey: 'named' };
  await store.appendMessages({ ...named, messages: conversation(2), metadata: { nested: { list: [1, null] } } });
  const renamed = await (await Client.user(named.owner, () => worker.url)).patch('named', { title: 'A name of its own' });
  assert.equal(renamed.status, 200);
}

/** Both list the same threads in the same order, with the same messages; those of one moment may change places. */
async function sameThreads(a: ThreadPersistencePort, b: ThreadPersistencePort): Promise<void> {
  for (const owner of OWNERS) {
    const [ours, theirs] = [await listOf(a, owner), await listOf(b, owner)];
    assert.deepEqual(byKey(theirs), byKey(ours));
    const moments = new Map(ours.map(({ stateKey, updatedAt }) => [stateKey, updatedAt]));
    const order = theirs.map(({ stateKey }) => moments.get(stateKey));
    assert.deepEqual(order, order.toSorted().reverse());
    for (const { stateKey } of ours.slice(0, 5)) {
      assert.deepEqual((await b.loadThread({ owner, stateKey })).messages, (await a.loadThread({ owner, stateKey })).messages);
    }
  }
  assert.ok((await idsOf(b, { owner: 'alice', stateKey: 'long' })).length === 60);
}

/** All of it: two stores may cut pages of one moment differently. */
async function listOf(store: ThreadPersistencePort, owner: string): Promise<ThreadSummary[]> {
  const first = await store.listThreads({ owner, limit: 100 });
  if (first.nextCursor === undefined) return first.threads;
  return [...first.threads, ...(await store.listThreads({ owner, limit: 100, cursor: first.nextCursor })).threads];
}

function byKey(rows: readonly ThreadSummary[]): Omit<ThreadSummary, 'updatedAt'>[] {
  return rows.map(({ updatedAt: _, ...row }) => row).sort((a, b) => (a.stateKey < b.stateKey ? -1 : 1));
}

function read(name: string): string {
  return readFileSync(file(name), 'utf8');
}
