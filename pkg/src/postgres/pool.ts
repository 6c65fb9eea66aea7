// Drizzle sends `begin` before the `try` that hands a connection back to its pool (drizzle-team/drizzle-orm#6241, as of
// 0.45.4 and 1.0.0-rc.5). One that has died since it was last used, or does not answer in time, would keep its place for
// ever: after some crashes of the server no place is left, and every call waits.

import type { Database, Transaction } from './tenant.ts';

/** What is used of a pool of node-postgres; those of Neon and Vercel are made after it. */
interface Pool {
  connect(...parameters: unknown[]): unknown;
}

interface Connection {
  release(destroy: boolean): void;
}

/**
 * `db.transaction(operation, config)`, which hands the connection back whatever happens.
 *
 * @throws What `db.transaction` throws.
 */
export async function transact<Result>(
  db: Database,
  operation: (tx: Transaction) => Promise<Result>,
  config: { isolationLevel: 'read committed' },
): Promise<Result> {
  let begun = false;
  const { result, taken } = noting(db, () =>
    db.transaction((tx: Transaction) => {
      begun = true;
      return operation(tx);
    }, config),
  );
  try {
    return await result;
  } catch (error) {
    if (!begun) await handBack(taken);
    throw error;
  }
}

/** Calls `begin`, and notes the connection that it takes from the pool of `db`, where there is one. */
function noting<Result>(db: object, begin: () => Promise<Result>): { result: Promise<Result>; taken: unknown } {
  const pool = '$client' in db ? db.$client : undefined;
  if (!isPool(pool)) return { result: begin(), taken: undefined };
  let taken: unknown;
  const before = Object.getOwnPropertyDescriptor(pool, 'connect');
  const connect = pool.connect;
  pool.connect = (...parameters) => (taken = connect.apply(pool, parameters));
  try {
    // Drizzle asks for the connection before it first waits: nobody else's call comes between.
    return { result: begin(), taken };
  } finally {
    if (before) Object.defineProperty(pool, 'connect', before);
    else delete (pool as Partial<Pool>).connect;
  }
}

function isPool(client: unknown): client is Pool {
  return typeof client === 'object' && client !== null && 'connect' in client && typeof client.connect === 'function';
}

/** Takes the connection out of its pool, if there is one. */
async function handBack(taken: unknown): Promise<void> {
  try {
    const connection = (await taken) as Connection | undefined;
    connection?.release(true);
  } catch {
    // None was got, or a Drizzle that has mended this was here before.
  }
}
