// `threadkeep/postgres/migrate`: runs the files of `migrations/`. For scripts and for a server's start on Node; they
// are plain SQL, so that any other tool can run them as well.

import { readdir, readFile } from 'node:fs/promises';
import { sql } from 'drizzle-orm';
import type { Database, Transaction } from './tenant.ts';

const MIGRATIONS = new URL('../../migrations/', import.meta.url);

/** Between two statements, as drizzle-kit writes it: not every driver takes several at once. */
const BREAKPOINT = '--> statement-breakpoint';

/**
 * Brings `ai_threads` up to date, in one transaction. Every file is safe to run a second time, so that nothing keeps
 * book of them; several servers may call this at once.
 *
 * The database's role becomes the owner of the table. Give your app's own role `SELECT`, `INSERT` and `UPDATE` on it.
 */
export async function migrate(db: Database): Promise<void> {
  const files = (await readdir(MIGRATIONS)).filter((name) => name.endsWith('.sql')).sort();
  const texts = await Promise.all(files.map((name) => readFile(new URL(name, MIGRATIONS), 'utf8')));
  await db.transaction(async (tx: Transaction) => {
    for (const statement of texts.flatMap((text) => text.split(BREAKPOINT))) await tx.execute(sql.raw(statement));
  });
}
