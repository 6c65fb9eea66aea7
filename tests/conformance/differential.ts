// Runs made-up cases through our core and through the AI SDK. A difference is printed in its smallest form with the
// seed: CONFORMANCE_SEED=... runs the same cases again, CONFORMANCE_RUNS=... more of them.

import assert from 'node:assert/strict';
import fc, { type Arbitrary } from 'fast-check';
import { TARGETS, sdkImplementation, type Implementation, type Outcome, type Target } from '../../pkg/src/conformance/index.ts';
import { ours } from './ours.ts';
import { sdks } from './sdks.ts';

const judge = sdkImplementation(sdks);
const seed = Number(process.env['CONFORMANCE_SEED'] ?? Date.now() % 2 ** 31);
console.log(`CONFORMANCE_SEED=${seed}`);

// The SDK warns of fields that are on their way out; cases are full of them.
(globalThis as { AI_SDK_LOG_WARNINGS?: boolean }).AI_SDK_LOG_WARNINGS = false;

type Run<T> = (implementation: Implementation, input: T, target: Target) => Promise<Outcome>;

/** Both must come out alike, for every major. */
export async function alike<T>(arbitrary: Arbitrary<T>, numRuns: number, run: Run<T>): Promise<void> {
  const property = fc.asyncProperty(arbitrary, async (input) => {
    for (const target of TARGETS) {
      const expected = await run(judge, input, target);
      assert.deepEqual(await run(ours, input, target), expected, target);
    }
  });
  const factor = Number(process.env['CONFORMANCE_FACTOR'] ?? 1);
  await fc.assert(property, { seed, numRuns: numRuns * factor });
}

export { fc, judge, ours, seed };
