// The long run: cases until the time is up. How many there were and every difference go into docs/conformance.md.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { TARGETS, properties } from '../../pkg/dist/conformance/index.js';
import { judge, ours } from './differential.ts';

const minutes = Number(process.argv[2] ?? 60);
const end = Date.now() + minutes * 60_000;
const docs = new URL('../../docs/conformance.md', import.meta.url);

interface Count {
  name: string;
  cases: number;
  differences: string[];
}

const all = properties(fc);
const counts: Count[] = all.map(({ name }) => ({ name, cases: 0, differences: [] }));

for (let seed = Date.now() % 2 ** 31; Date.now() < end; seed += 1) {
  for (const [at, { input, run, weight }] of all.entries()) {
    const count = counts[at];
    if (count === undefined || Date.now() >= end) break;
    const property = fc.asyncProperty(input, async (input) => {
      count.cases += 1;
      for (const target of TARGETS) {
        assert.deepEqual(await run(ours, input, target), await run(judge, input, target), target);
      }
    });
    // Some hundred at a time: a difference is shrunk, and the search goes on with the next seed.
    const result = await fc.check(property, { seed, numRuns: 100 * weight, interruptAfterTimeLimit: Math.max(end - Date.now(), 1) });
    if (result.failed && result.counterexample !== null) {
      count.differences.push(`seed ${seed}: ${JSON.stringify(result.counterexample[0])}`);
      console.error(count.differences.at(-1), result.errorInstance);
    }
  }
  console.log(counts.map(({ name, cases, differences }) => `${name}: ${cases} cases, ${differences.length} differences`).join('\n'));
}

const day = new Date().toISOString().slice(0, 10);
const rows = counts.map(({ name, cases, differences }) => `| ${name} | ${cases.toLocaleString('en')} | ${differences.length} |`);
const differences = counts.flatMap(({ differences }) => differences.map((difference) => `- ${difference}`));
const result = [
  `${day}, ${minutes} minutes, each case through all three majors:`,
  '',
  '| what | cases | differences |',
  '|---|---|---|',
  ...rows,
  ...(differences.length === 0 ? [] : ['', ...differences]),
].join('\n');
const [before = '', rest = ''] = readFileSync(docs, 'utf8').split('<!-- long run -->\n');
const after = rest.split('<!-- end of long run -->')[1] ?? '\n';
writeFileSync(docs, `${before}<!-- long run -->\n${result}\n<!-- end of long run -->${after}`);
process.exitCode = differences.length === 0 ? 0 : 1;
