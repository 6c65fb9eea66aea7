// One operation on one owner's rows: a transaction in which row-level security knows the owner.

import { sql } from 'drizzle-orm';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import { readOwner } from '../port-input.ts';
import { isOfDatabase, toThreadkeepError, wasTakenBack } from './database-error.ts';
import { transact } from './pool.ts';

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

type Operation<Result> = (tx: Transaction) => Promise<Result>;

/**
 * Runs `operation` in a transaction with `app.current_user_id` set to `owner`: for your own queries on `aiThreads`.
 *
 * The setting ends with the transaction, so that a pooled connection carries it to nobody else, and nothing else is
 * kept in the session: a transaction-mode pooler may stand between. `SET LOCAL` takes no parameters; `set_config` with
 * `true` is the same and does.
 *
 * @throws What `operation` itself threw, as it is. {@link ThreadkeepError} for what the database threw,
 * `upstream_unavailable` or `internal`, both with a `DatabaseError` as their cause; `invalid_request` for an owner that
 * is none.
 */
export async function asOwner<Result>(db: Database, owner: string, operation: Operation<Result>): Promise<Result> {
  let own: { readonly error: unknown } | undefined;
  const name = readOwner(owner);
  try {
    return await transact(
      db,
      async (tx) => {
        await tx.execute(sql`SELECT set_config('app.current_user_id', ${name}, true)`);
        try {
          return await operation(tx);
        } catch (error) {
          own = isOfDatabase(error) ? undefined : { error };
          throw error;
        }
      },
      // What a lock waited for must be seen once it is held. Stated, because a database may have another default.
      { isolationLevel: 'read committed' },
    );
  } catch (error) {
    // The operation's own before that of the rollback after it.
    throw own ? own.error : toThreadkeepError(error);
  }
}

/** How often the store runs a transaction that PostgreSQL takes back for the sake of another one. */
const MAX_RUNS = 2;

/**
 * {@link asOwner} for the statements of this package, which do nothing outside of their transaction: one that was taken
 * back is run again, and every error is a {@link ThreadkeepError}.
 */
export async function callAsOwner<Result>(db: Database, owner: string, operation: Operation<Result>): Promise<Result> {
  for (let run = 1; ; run += 1) {
    try {
      return await asOwner(db, owner, operation);
    } catch (thrown) {
      const error = toThreadkeepError(thrown);
      if (run === MAX_RUNS || !wasTakenBack(error)) throw error;
    }
  }
}
