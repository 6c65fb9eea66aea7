// `threadkeep/postgres`: the store on PostgreSQL, by Drizzle.

export { DatabaseError } from './database-error.ts';
export { aiThreads } from './schema.ts';
export { createPostgresStore, type PostgresStoreOptions } from './store.ts';
export { asOwner, type Database, type Transaction } from './tenant.ts';
