// The list, where PostgreSQL has what no worker has.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { Stand } from './support/stand.ts';

const stand = await Stand.open();

test('threads from before 1970 are on pages like all others', async () => {
  const years = [1950, 1965, 1980];
  for (const year of years) await stand.sql(`INSERT INTO ai_threads (owner_user_id, state_key, updated_at) VALUES ('alice', $1, $2)`, [`of-${year}`, `${year}-01-01T00:00:00.5Z`]);
  const store = stand.store();
  const told: string[] = [];
  for (let cursor: string | undefined; told.length < 10; ) {
    const page = await store.listThreads({ owner: 'alice', limit: 1, ...(cursor === undefined ? {} : { cursor }) });
    told.push(...page.threads.map(({ updatedAt }) => updatedAt));
    cursor = page.nextCursor;
    if (cursor === undefined) break;
  }
  assert.deepEqual(told, years.toReversed().map((year) => `${year}-01-01T00:00:00.500Z`));
});
