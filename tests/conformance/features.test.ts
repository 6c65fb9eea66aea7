// docs/conformance.md says which major lacks what: each cell is asked of the SDK itself, and of us.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { featureTable } from '../../pkg/dist/conformance/index.js';
import { judge, ours } from './differential.ts';

test('the documentation has the table of features that the SDK has', async () => {
  const table = await featureTable(judge);
  const docs = readFileSync(new URL('../../docs/conformance.md', import.meta.url), 'utf8');
  assert.ok(docs.includes(table), `docs/conformance.md has to say:\n\n${table}`);
});

test('Threadkeep has the same features for the same major', async () => {
  assert.equal(await featureTable(ours), await featureTable(judge));
});
