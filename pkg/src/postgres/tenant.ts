// One operation on one owner's rows: a transaction in which row-level security knows the owner.

import { sql } from 'drizzle-orm';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import { toThreadkeepError } from './database-error.ts';

/**
 * A Drizzle database on postgres.js, node-postgres, PGlite or any other of its PostgreSQL drivers that has transactions.
 * Named by what is used of it, so that an app with another copy of Drizzle than ours passes its own.
 */
export interface Database {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a transaction of that other copy
  transaction<Result>(operation: (tx: any) => Promise<Result>, config?: { isolationLevel?: 'read committed' }): Promise<Result>;
}

/** What an operation has at hand. */
export type Transaction = Omit<PgDatabase<PgQueryResultHKT, Record<string, never>>, 'transaction'>;

/**
 * Runs `operation` in a transaction with `app.current_user_id` set to `owner`: for your own queries on `aiThreads`.
 *
 * The setting ends with the transaction, so that a pooled connection carries it to nobody else, and nothing else is
 * kept in the session: a transaction-mode pooler may stand between. `SET LOCAL` takes no parameters; `set_config` with
 * `true` is the same and does.
 *
 * @throws {ThreadkeepError} `upstream_unavailable` and `internal`, both with a `DatabaseError` as their cause.
 */
export async function asOwner<Result>(db: Database, owner: string, operation: (tx: Transaction) => Promise<Result>): Promise<Result> {
  try {
    return await db.transaction(
      async (tx: Transaction) => {
        await tx.execute(sql`SELECT set_config('app.current_user_id', ${owner}, true)`);
        return operation(tx);
      },
      // What a lock waited for must be seen once it is held. Stated, because a database may have another default.
      { isolationLevel: 'read committed' },
    );
  } catch (error) {
    throw toThreadkeepError(error);
  }
}
