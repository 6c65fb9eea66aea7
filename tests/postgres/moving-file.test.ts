// Moving house: the file between two places, whoever wrote it, and what the command makes of it.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { writeAll } from '../../pkg/dist/cli/export-file.js';
import { linesOf, type FileLine } from '../../pkg/dist/cli/lines.js';
import { Progress } from '../../pkg/dist/cli/progress.js';
import { readLine, toLine } from '../../pkg/dist/cli/record.js';
import { Command } from './support/command.ts';
import { conversation, idsOf, userMessage } from './support/messages.ts';
import { Stand } from './support/stand.ts';

const LIMIT = { timeout: 300_000 };
const HEAD = '{"format":"threadkeep-threads","version":1}';

const stand = await Stand.open();
const store = stand.store();
const command = new Command();

test('a file is for nobody but the one who exports', LIMIT, async () => {
  await store.appendMessages({ owner: 'una', stateKey: 'private', messages: conversation(1) });
  await command.ok(['export', '--from', stand.url(), '--out', command.file('private'), '--owner', 'una']);
  assert.equal(statSync(command.file('private')).mode & 0o777, 0o600);
});

test('an export goes on with what has changed since, of every owner, and an import of that can be run again', LIMIT, async () => {
  const [alice, bob] = [{ owner: 'alice', stateKey: 'grows' }, { owner: 'bob', stateKey: 'stays' }];
  for (const address of [alice, bob]) await store.appendMessages({ ...address, messages: conversation(2) });
  const owners = ['--owner', 'alice', '--owner', 'bob'];
  const exported = ['export', '--from', stand.url(), '--out', command.file('grows'), ...owners];
  await command.ok(exported);
  await store.appendMessages({ ...alice, messages: [userMessage('late', 'late')] });
  await store.appendMessages({ owner: 'alice', stateKey: 'new', messages: conversation(1) });
  await command.ok([...exported, '--resume']);
  const lines = readFileSync(command.file('grows'), 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as { stateKey?: string });
  assert.deepEqual(lines.map(({ stateKey }) => stateKey), [undefined, 'grows', 'stays', 'grows', 'new', undefined]);
  await stand.sql(`DELETE FROM ai_threads WHERE owner_user_id IN ('alice', 'bob')`);
  for (let times = 0; times < 2; times += 1) await command.ok(['import', '--to', stand.url(), '--in', command.file('grows')]);
  assert.deepEqual(await idsOf(store, alice), ['m0', 'm1', 'late']);
  assert.equal((await store.listThreads({ owner: 'alice' })).threads.length, 2);
});

test('there is nothing to go on with where there is no file', LIMIT, async () => {
  await command.complains(/no such file to go on with/, ['export', '--from', stand.url(), '--out', command.file('nowhere'), '--resume', '--owner', 'alice']);
  writeFileSync(command.file('odd'), `${HEAD}\n{"some": "json"}\n`);
  await command.complains(/line 2 is no thread/, ['export', '--from', stand.url(), '--out', command.file('odd'), '--resume', '--owner', 'alice']);
});

test('owners come from a file, one on each line, as any editor writes it', LIMIT, async () => {
  const owners = ['ona', 'otto', 'oz 漢字'];
  for (const owner of owners) await store.appendMessages({ owner, stateKey: 'listed', messages: conversation(1) });
  writeFileSync(command.file('owners'), `\ufeff${owners.join('\r\n')}\r\n\r\n`);
  await command.ok(['export', '--from', stand.url(), '--out', command.file('listed'), '--owners', command.file('owners'), '--owner', 'una']);
  assert.deepEqual(ownersIn('listed'), [...owners, 'una']);
  writeFileSync(command.file('nobody'), '\n');
  await command.ok(['export', '--from', stand.url('postgres'), '--out', command.file('none'), '--owners', command.file('nobody')]);
  assert.deepEqual(ownersIn('none'), []);
});

test('an import begins with the line that it is told, and with no other word than a number', LIMIT, async () => {
  writeByHand('four', ['one', 'two', 'three', 'four'].map((stateKey) => ({ owner: 'sam', stateKey, updatedAt: '2024-01-01', messages: conversation(1) })));
  await command.ok(['import', '--to', stand.url(), '--in', command.file('four'), '--start-line', '4']);
  assert.deepEqual((await keysOf('sam')).sort(), ['four', 'three']);
  for (const start of ['abc', '0', '-1', '1.5', '', '2x', '1e3']) {
    await command.complains(/--start-line is a whole number from 1 on/, ['import', '--to', stand.url(), '--in', command.file('four'), `--start-line=${start}`]);
  }
});

test('lines that are no threads are refused by their number, and all others are taken', LIMIT, async () => {
  const good = { owner: 'hanna', updatedAt: '2024-05-06T07:08:09+02:00', messages: conversation(1) };
  const bad = [
    { stateKey: 'x', updatedAt: 'yesterday' },
    { stateKey: 'x', updatedAt: 7 },
    { stateKey: 'x', updatedAt: '+275760-09-13T00:00:00Z' },
    { stateKey: 'x', updatedAt: '0000-01-01T00:00:00Z' },
    { stateKey: 'x', createdAt: 'long ago' },
    { stateKey: 'x', title: 7 },
    { stateKey: 'x', metadata: [] },
    { stateKey: 'x', metadata: { k: 'x'.repeat(20_000) } },
    { stateKey: 'x', messages: 'none' },
    { stateKey: 'x', messages: [{ id: 'm' }] },
    { stateKey: 'a key', owner: 'hanna' },
    { stateKey: 'x', owner: '' },
    { stateKey: 7 },
  ];
  writeByHand('by-hand', [{ ...good, stateKey: 'first' }, ...bad.map((fields) => ({ ...good, ...fields })), 'no JSON', { ...good, stateKey: 'empty', messages: [] }, { ...good, stateKey: 'last', title: ' of \n two lines ' }]);
  const { status, stderr } = await command.run(['import', '--to', stand.url(), '--in', command.file('by-hand')]);
  assert.equal(status, 1, stderr);
  assert.deepEqual(stderr.match(/^line \d+/gm), [...bad, ''].map((_, at) => `line ${3 + at}`));
  const { threads } = await store.listThreads({ owner: 'hanna' });
  assert.deepEqual(threads.map(({ stateKey, title }) => [stateKey, title]).sort(), [['first', 'question 0'], ['last', 'of two lines']]);
  assert.ok(threads.every(({ updatedAt }) => updatedAt === '2024-05-06T05:08:09.000Z'));
});

test('a line has no letter in it that some readers take for its end', () => {
  const messages = [userMessage('u', 'a\u2028b\u2029c\nd')];
  const line = toLine({ owner: '\u2028', stateKey: 'k', title: '\u2029', updatedAt: '2024-01-01T00:00:00.000Z', messages });
  assert.doesNotMatch(line, /[\u2028\u2029\n]/);
  const read = readLine(line);
  assert.deepEqual(read.kind === 'thread' && [read.record.owner, read.record.title, read.record.messages], ['\u2028', '\u2029', messages]);
});

test('lines end with byte 10 alone, wherever the pieces of the file are cut', async () => {
  const bytes = Buffer.from('a\u2028b\u0085\r\n\n漢字🦀\nno end');
  for (let size = 1; size <= bytes.length; size += 1) {
    const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) => bytes.subarray(n * size, (n + 1) * size));
    const lines: FileLine[] = [];
    for await (const line of linesOf((async function* () { yield* pieces; })())) lines.push(line);
    assert.deepEqual(lines.map(({ text }) => text), ['a\u2028b\u0085\r', '', '漢字🦀', 'no end']);
    assert.deepEqual(lines.map(({ whole }) => whole), [true, true, true, false]);
    assert.deepEqual(lines.map(({ end }) => bytes.subarray(0, end).filter((byte) => byte === 10).length), [1, 2, 3, 3]);
    assert.equal(lines.at(-1)?.end, bytes.length);
  }
});

test('a line is written whole where the disk takes only a part of it at once', async () => {
  const disk = Buffer.alloc(16);
  const write = async (bytes: Uint8Array, from: number, length: number, position: number) => {
    const bytesWritten = Math.min(length, 3);
    disk.set(bytes.subarray(from, from + bytesWritten), position);
    return { bytesWritten, buffer: bytes };
  };
  assert.equal(await writeAll({ write } as unknown as Parameters<typeof writeAll>[0], Buffer.from('0123456789'), 4), 10);
  assert.equal(disk.toString('utf8', 4, 14), '0123456789');
});

test('progress is said every second while a command runs', ({ mock }) => {
  mock.timers.enable({ apis: ['Date'] });
  const said: string[] = [];
  const progress = new Progress('export', (line) => said.push(line));
  for (let n = 0; n < 5; n += 1) {
    mock.timers.tick(400);
    progress.thread(2);
  }
  assert.deepEqual(said, ['export: 3 threads, 6 messages']);
});

function writeByHand(name: string, lines: readonly unknown[]): void {
  const texts = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)));
  writeFileSync(command.file(name), `${[HEAD, ...texts, '{"end":true}'].join('\n')}\n`);
}

function ownersIn(name: string): string[] {
  const lines = readFileSync(command.file(name), 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as { owner?: string });
  return lines.flatMap(({ owner }) => owner ?? []);
}

async function keysOf(owner: string): Promise<string[]> {
  return (await store.listThreads({ owner })).threads.map(({ stateKey }) => stateKey);
}
