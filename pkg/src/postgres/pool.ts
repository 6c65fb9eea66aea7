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
  const { result, handBack } = lending(db, () =>
    db.transaction((tx: Transaction) => {
      begun = true;
      return operation(tx);
    }, config),
  );
  try {
    return await result;
  } catch (error) {
    if (!begun) handBack();
    throw error;
  }
}

/** Calls `begin`, and tells how to hand back the connection that it takes from the pool of `db`, where there is one. */
function lending<Result>(db: object, begin: () => Promise<Result>): { result: Promise<Result>; handBack: () => void } {
  let release: Promise<Connection['release']> | undefined;
  // It fails where no connection was got, or Drizzle has handed it back.
  const handBack = () => void release?.then((end) => end(true)).catch(() => {});
  const pool = '$client' in db ? db.$client : undefined;
  if (!isPool(pool)) return { result: begin(), handBack };
  const { connect } = pool;
  const before = Object.getOwnPropertyDescriptor(pool, 'connect');
  const value = (...parameters: unknown[]) => {
    const lent = connect.apply(pool, parameters);
    // Its `release` of this time: the next to whom the pool lends the connection has another.
    release = Promise.resolve(lent).then((connection) => (connection as Connection).release.bind(connection));
    release.catch(() => {});
    return lent;
  };
  // A pool that is sealed stays as it is.
  if (!Reflect.defineProperty(pool, 'connect', { value, configurable: true, writable: true })) return { result: begin(), handBack };
  try {
    // Drizzle asks for the connection before it first waits: nobody else's call comes between.
    return { result: begin(), handBack };
  } finally {
    if (before) Object.defineProperty(pool, 'connect', before);
    else Reflect.deleteProperty(pool, 'connect');
  }
}

function isPool(client: unknown): client is Pool {
  return typeof client === 'object' && client !== null && 'connect' in client && typeof client.connect === 'function';
}
