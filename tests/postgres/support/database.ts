// Databases with the roles that an app has: one that owns the table, one that serves requests. Neither is a superuser.

import { randomUUID } from 'node:crypto';
import { drizzle } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import { migrate } from '../../../pkg/dist/postgres/migrate.js';
import type { Server } from './server.ts';

/** Owns the table; FORCE holds it to the policy, too. */
export const OWNER_ROLE = 'threadkeep_owner';

/** Reads and writes rows. */
export const APP_ROLE = 'threadkeep_app';

/** A database of its own with the table in it; gives its name. */
export async function makeDatabase(server: Server): Promise<string> {
  const name = await makeEmptyDatabase(server);
  await migrateDatabase(server, name);
  await grant(server, name);
  return name;
}

export async function makeEmptyDatabase(server: Server): Promise<string> {
  const name = `db_${randomUUID().replaceAll('-', '')}`;
  for (const role of [OWNER_ROLE, APP_ROLE]) {
    const [known] = await server.sql('postgres', 'SELECT FROM pg_roles WHERE rolname = $1', [role]);
    if (!known) await server.sql('postgres', `CREATE ROLE ${role} LOGIN PASSWORD '${server.password}'`);
  }
  await server.sql('postgres', `CREATE DATABASE ${name} OWNER ${OWNER_ROLE}`);
  return name;
}

/** Runs this package's migrations as the role that owns the database. */
export async function migrateDatabase(server: Server, name: string): Promise<void> {
  const pool = new pg.Pool({ connectionString: server.url(name, OWNER_ROLE), max: 1 });
  try {
    await migrate(drizzle({ client: pool }));
  } finally {
    await pool.end();
  }
}

export async function grant(server: Server, name: string): Promise<void> {
  await server.sql(name, `GRANT SELECT, INSERT, UPDATE ON ai_threads TO ${APP_ROLE}`);
}
