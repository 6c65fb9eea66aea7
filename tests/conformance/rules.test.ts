// Each rule once, written by hand: the SDK does what we wrote down, and so do we.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TARGETS, cases, expectedOf } from '../../pkg/dist/conformance/index.js';
import { judge, ours } from './differential.ts';

for (const rule of cases) {
  test(rule.name, async () => {
    for (const target of TARGETS) {
      const options = { target, ...(rule.message === undefined ? {} : { message: rule.message }) };
      const expected = expectedOf(rule, target);
      assert.deepEqual(await judge.foldChunks(rule.chunks, options), expected, `the SDK, ${target}`);
      assert.deepEqual(await ours.foldChunks(rule.chunks, options), expected, `Threadkeep, ${target}`);
    }
  });
}
