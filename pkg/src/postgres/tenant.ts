// One operation on one owner's rows: a transaction in which row-level security knows the owner.

import { sql } from 'drizzle-orm';
import type { PgDatabase, PgTransaction } from 'drizzle-orm/pg-core';
import { toThreadkeepError } from './database-error.ts';

/** A Drizzle database on postgres.js, node-postgres, PGlite or any other of its PostgreSQL drivers with transactions. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- what Drizzle itself writes for "of any driver and schema"
export type Database = PgDatabase<any, any, any>;

export type Transaction = PgTransaction<any, any, any>;

/**
 * Runs `operation` in a transaction with `app.current_user_id` set to `owner`.
 *
 * The setting ends with the transaction, so that a pooled connection carries it to nobody else, and nothing else is
 * kept in the session: a transaction-mode pooler may stand between. `SET LOCAL` takes no parameters; `set_config` with
 * `true` is the same and does.
 */
export async function asOwner<Result>(db: Database, owner: string, operation: (tx: Transaction) => Promise<Result>): Promise<Result> {
  try {
    return await db.transaction(
      async (tx) => {
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
