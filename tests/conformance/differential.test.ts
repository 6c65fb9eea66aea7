// The reducer, the mapper and the validation beside `readUIMessageStream`, `convertToModelMessages` and
// `validateUIMessages` of each major.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TARGETS, properties } from '../../pkg/dist/conformance/index.js';
import { cases, judge, ours, seed } from './differential.ts';

for (const { name, weight, input, run } of properties(fc)) {
  test(`${name} as the SDK does it`, { timeout: 600_000 }, async () => {
    const property = fc.asyncProperty(input, async (input) => {
      for (const target of TARGETS) {
        assert.deepEqual(await run(ours, input, target), await run(judge, input, target), target);
      }
    });
    await fc.assert(property, { seed, numRuns: cases(250 * weight) });
  });
}
