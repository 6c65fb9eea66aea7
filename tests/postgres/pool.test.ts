// What the store does to a pool whose `begin` fails, also where Drizzle does it itself one day.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { drizzle } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import { asOwner } from '../../pkg/dist/postgres/index.js';
import { within } from '../worker/support/until.ts';
import { Stand } from './support/stand.ts';

const stand = await Stand.open();
const nothing = () => Promise.resolve();

function poolOfOne(t: { after(done: () => Promise<void>): void }): pg.Pool {
  const pool = new pg.Pool({ connectionString: stand.url(), max: 1 });
  t.after(() => pool.end());
  return pool;
}

/** Drizzle as it would be with `begin` inside of its `try`. */
function mended(pool: pg.Pool) {
  const transaction = async (): Promise<never> => {
    const connection = await pool.connect();
    try {
      throw new Error('begin failed');
    } finally {
      connection.release();
    }
  };
  return { $client: pool, transaction };
}

test('a connection that Drizzle has handed back is left to the next call that has it', async (t) => {
  const pool = poolOfOne(t);
  const refused = assert.rejects(asOwner(mended(pool), 'alice', nothing), { code: 'upstream_unavailable' });
  const next = await within('the next connection', pool.connect());
  await refused;
  assert.equal((await next.query('SELECT 1 AS one')).rows[0].one, 1);
  next.release();
  assert.equal(pool.totalCount, 1);
});

test('a pool is as it was after a call, also one that nobody may change', async (t) => {
  const pool = poolOfOne(t);
  const one = async () => assert.equal(await asOwner(drizzle({ client: pool }), 'alice', async () => 1), 1);
  await one();
  assert.ok(!Object.hasOwn(pool, 'connect'));
  const own = pool.connect.bind(pool) as typeof pool.connect;
  pool.connect = own;
  await one();
  assert.equal(pool.connect, own);
  Object.defineProperty(pool, 'connect', { configurable: false, writable: false });
  await one();
});
