import { drizzle } from 'drizzle-orm/node-postgres';
import { Pool } from 'pg';

const pool = new Pool();

import { createPostgresStore } from 'threadkeep/postgres';

const store = createPostgresStore({ db: drizzle({ client: pool }) });

export const used = store;
