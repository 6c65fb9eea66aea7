// Where this app keeps its threads: in a deployed worker, or in a PostgreSQL of its own.

import { drizzle } from 'drizzle-orm/node-postgres';
import { Pool } from 'pg';
import type { ThreadPersistencePort } from 'threadkeep';
import { createPostgresStore } from 'threadkeep/postgres';
import { createWorkerStore } from 'threadkeep/worker-store';

let store: ThreadPersistencePort | undefined;

/** The store. Made at the first request: a build knows no secrets. */
export function threadStore(): ThreadPersistencePort {
  store ??= process.env.THREAD_STORE === 'postgres' ? postgresStore() : workerStore();
  return store;
}

function workerStore(): ThreadPersistencePort {
  return createWorkerStore({ url: process.env.THREADKEEP_URL ?? '', serviceToken: process.env.THREADKEEP_SERVICE_TOKEN ?? '' });
}

function postgresStore(): ThreadPersistencePort {
  const pool = new Pool({ connectionString: process.env.DATABASE_URL });
  // Without these two, the death of a connection ends the process.
  const lost = (error: Error) => console.error(`a connection of PostgreSQL was lost: ${error.name}`);
  pool.on('error', lost);
  pool.on('connect', (connection) => connection.on('error', lost));
  return createPostgresStore({ db: drizzle({ client: pool }) });
}
