// The drivers of Drizzle that the store is for, each as an app would set it up.

import { PGlite } from '@electric-sql/pglite';
import { drizzle as onNodePostgres } from 'drizzle-orm/node-postgres';
import { drizzle as onPglite } from 'drizzle-orm/pglite';
import { drizzle as onPostgresJs } from 'drizzle-orm/postgres-js';
import pg from 'pg';
import postgres from 'postgres';
import type { Database } from '../../../pkg/dist/postgres/index.js';
import { migrate } from '../../../pkg/dist/postgres/migrate.js';
import { APP_ROLE } from './database.ts';

/** A Drizzle database, and how to let go of it. */
export interface Opened {
  readonly db: Database;
  close(): Promise<void>;
}

/** Connections of one pool. */
const POOL_SIZE = 10;

// `prepare: false`: this driver prepares a statement of its own when it connects, and a pooler may have moved on by then.
export function postgresJs(url: string, max = POOL_SIZE): Opened {
  const client = postgres(url, { max, prepare: false, onnotice: () => {} });
  // In seconds: after a crash of the server this driver may wait for an answer that cannot come.
  return { db: onPostgresJs({ client }), close: () => client.end({ timeout: 5 }) };
}

export function nodePostgres(url: string, max = POOL_SIZE, settings: pg.PoolConfig = {}): Opened {
  const client = new pg.Pool({ connectionString: url, max, ...settings });
  // A connection that dies is replaced; without these listeners its error, idle or in use, would end the process.
  client.on('error', () => {});
  client.on('connect', (connection) => connection.on('error', () => {}));
  return { db: onNodePostgres({ client }), close: () => client.end() };
}

/** PostgreSQL inside this process. Its only user is a superuser: it takes the role of an app. */
export async function pglite(): Promise<Opened & { run(text: string): Promise<unknown> }> {
  const client = await PGlite.create();
  const db = onPglite({ client });
  await migrate(db);
  await client.exec(`CREATE ROLE ${APP_ROLE}; GRANT SELECT, INSERT, UPDATE ON ai_threads TO ${APP_ROLE}; SET ROLE ${APP_ROLE};`);
  /** As its superuser. */
  const run = async (text: string) => client.exec(`RESET ROLE; ${text}; SET ROLE ${APP_ROLE};`);
  return { db, run, close: () => client.close() };
}
