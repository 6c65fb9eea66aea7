// How fast text is masked, and how much is found: `maskText` beside what an app writes by hand (eight regular
// expressions), beside other npm packages, and beside its own first pass alone. All in one process, in turns.
//
// MASK_CASES may name a file of cases from public test suites (see docs/masking.md): then recall is told on those, too.

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { maskMessages, maskText } from 'threadkeep';
import { messages, toolOutputs, withSecrets } from './mask-inputs.ts';
import { byHand, peers, type Mask } from './mask-peers.ts';
import { measure } from './measure.ts';

const SHARE_MS = 40;
const BENCH = fileURLToPath(new URL('.', import.meta.url));
const ROOT = join(BENCH, '../..');

if (!existsSync(join(BENCH, 'node_modules'))) {
  console.log('installing the other maskers');
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: BENCH, stdio: 'inherit' });
}

/** The glue of the installed package: its first pass is no part of the API. */
const wasm = (await import(new URL('../node_modules/threadkeep/dist/wasm/threadkeep.js', import.meta.url).href)) as {
  Masker: new () => { countPlaces(text: Uint8Array): number };
};
const encoder = new TextEncoder();
const room = new Uint8Array(1 << 16);
const started = performance.now();
maskText('there is an instance');
console.log(`ready and first mask: ${(performance.now() - started).toFixed(1)} ms`);
const places = new wasm.Masker();
const scanOnly: Mask = (text) => {
  places.countPlaces(room.subarray(0, encoder.encodeInto(text, room).written));
  return text;
};

const cases = readFileSync(join(ROOT, 'tests/fixtures/mask/cases.tsv'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => Buffer.from(line.split('\t')[1] ?? '', 'base64').toString());
const clean = readFileSync(join(ROOT, 'tests/fixtures/mask/clean.txt'), 'utf8').split('\n');

const prose = files(ROOT, '.md').filter((text) => !text.startsWith('# Masking'));
const source = files(join(ROOT, 'worker/src'), '.rs').concat(files(join(ROOT, 'pkg/src'), '.ts'));
const inputs: Record<string, string[]> = {
  'prose and tables': cut(prose),
  // One letter beyond Latin-1, and the host's encoder takes thirty times as long for the whole string.
  'prose and tables, ASCII alone': cut(prose.map(ascii)),
  'source code': cut(source),
  'source code, ASCII alone': cut(source.map(ascii)),
  'tool output (JSON)': toolOutputs(400),
  'texts with secrets': withSecrets(cases),
};

const others = await peers();
for (const [name, texts] of Object.entries(inputs)) {
  const speeds = measureMasks({ 'first pass alone': scanOnly, threadkeep: maskText, 'by hand, 8 expressions': byHand, ...others }, texts);
  table(name, speeds, 'by hand, 8 expressions');
  const share = (speeds.get('threadkeep') ?? 0) / (speeds.get('first pass alone') ?? 1);
  console.log(`  threadkeep runs at ${(100 * share).toFixed(0)} % of its first pass (goal ≥ 50 % on clean text)`);
}

const thread = messages(cases, 200);
for (const [title, messages] of Object.entries({
  'UIMessages, a value in one of twenty': thread,
  'UIMessages, clean': thread.filter((message) => maskMessages([message])[0] === message),
})) {
  const taken = measure({
    'maskMessages': () => maskMessages(messages),
    'maskText on each string': () => leaves(messages, maskText),
    'by hand on each string': () => leaves(messages, byHand),
    'JSON.stringify alone': () => JSON.stringify(messages),
  });
  const bytes = JSON.stringify(messages).length;
  const trees = new Map([...taken].map(([name, ms]) => [name, bytes / 1e3 / ms]));
  table(title, trees, 'by hand on each string');
}

recall('made-up values, one per rule of ours', cases, clean);
const suites = process.env['MASK_CASES'];
if (suites) {
  const rows = readFileSync(suites, 'utf8').trim().split('\n').map((row) => JSON.parse(row) as Case);
  const secrets = rows.filter((row) => row.source !== 'presidio' && !row.generated && row.text.length < 4096);
  const positive = secrets.filter((row) => row.positive).map((row) => row.text);
  recall('public suites of secrets', sample(positive), sample(secrets.filter((row) => row.union_negative).map((row) => row.text)));
}

interface Case {
  readonly source: string;
  readonly text: string;
  readonly positive: boolean;
  readonly generated?: boolean;
  readonly union_negative?: boolean;
}

/** Every tenth: the slowest contender takes seconds per hundred. */
function sample(texts: readonly string[]): string[] {
  return texts.filter((_, at) => at % 10 === 0);
}

function recall(title: string, secrets: readonly string[], harmless: readonly string[]): void {
  console.log(`\n${title}: changed of ${secrets.length} texts with a secret, of ${harmless.length} without`);
  const changed = (mask: Mask, texts: readonly string[]) => texts.filter((text) => mask(text) !== text).length / texts.length;
  for (const [name, mask] of Object.entries({ threadkeep: maskText, 'by hand, 8 expressions': byHand, ...others })) {
    const share = (texts: readonly string[]) => `${(100 * changed(mask, texts)).toFixed(1).padStart(8)} %`;
    console.log(`  ${name.padEnd(40)}${share(secrets)}${share(harmless)}`);
  }
}

/** MB/s of each contender. */
function measureMasks(contenders: Record<string, Mask>, texts: readonly string[]): Map<string, number> {
  const shares = new Map(Object.entries(contenders).map(([name, mask]) => [name, share(mask, texts)]));
  const runs = Object.entries(contenders).map(([name, mask]) => [name, () => shares.get(name)?.forEach((text) => mask(text))] as const);
  const bytesOf = (name: string) => (shares.get(name) ?? []).reduce((bytes, text) => bytes + text.length, 0);
  return new Map([...measure(Object.fromEntries(runs))].map(([name, ms]) => [name, bytesOf(name) / 1e3 / ms]));
}

/** As many of the texts as a contender masks in a while: slow ones see fewer. */
function share(mask: Mask, texts: readonly string[]): string[] {
  const start = performance.now();
  const some = [];
  for (const text of texts) {
    mask(text);
    some.push(text);
    if (performance.now() - start > SHARE_MS) break;
  }
  return some;
}

function table(title: string, speeds: Map<string, number>, base: string): void {
  console.log(`\n${title.padEnd(42)}${'MB/s'.padStart(10)}   × ${base}`);
  for (const [name, speed] of speeds) {
    console.log(`  ${name.padEnd(40)}${speed.toFixed(speed < 10 ? 2 : 0).padStart(10)}${(speed / (speeds.get(base) ?? 1)).toFixed(2).padStart(9)}`);
  }
}

function leaves(value: unknown, mask: Mask): unknown {
  if (typeof value === 'string') return mask(value);
  if (Array.isArray(value)) return value.map((item) => leaves(item, mask));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, leaves(item, mask)]));
}

function files(folder: string, ending: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending) && !/node_modules|target|dist/.test(entry.parentPath))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
}

/** As a string that the host keeps in one byte a letter. */
function ascii(text: string): string {
  return Buffer.from(text.replace(/[^\0-\x7f]/g, '-')).toString('latin1');
}

/** As long as messages are. */
function cut(texts: readonly string[]): string[] {
  return texts.flatMap((text) => text.match(/[^]{1,4000}/g) ?? []);
}

