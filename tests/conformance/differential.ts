// Both sides: Threadkeep and the AI SDK. A difference is printed in its smallest form with the seed:
// CONFORMANCE_SEED=... runs the same cases again, CONFORMANCE_FACTOR=10 ten times as many.

import { sdkImplementation } from '../../pkg/dist/conformance/index.js';
import { sdks } from './sdks.ts';

export { ours } from './ours.ts';

// The SDK warns of fields that are on their way out; cases are full of them.
(globalThis as { AI_SDK_LOG_WARNINGS?: boolean }).AI_SDK_LOG_WARNINGS = false;

export const judge = sdkImplementation(sdks);

export const seed = Number(process.env['CONFORMANCE_SEED'] ?? Date.now() % 2 ** 31);
console.log(`CONFORMANCE_SEED=${seed}`);

export function cases(count: number): number {
  return Math.ceil(count * Number(process.env['CONFORMANCE_FACTOR'] ?? 1));
}
