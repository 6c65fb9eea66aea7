// The contract of stores, the very same as the worker's, on a real PostgreSQL through each driver, directly and behind a
// transaction-mode pooler; and on PGlite.

import { after, suite, test } from 'node:test';
import { storeContract } from '../../pkg/dist/store-contract/index.js';
import { createPostgresStore } from '../../pkg/dist/postgres/index.js';
import { APP_ROLE, makeDatabase } from './support/database.ts';
import { nodePostgres, pglite, postgresJs, type Opened } from './support/drivers.ts';
import { Pooler } from './support/pooler.ts';
import { Server } from './support/server.ts';

const server = await Server.start();
const database = await makeDatabase(server);
const pooler = await Pooler.start(server, database);
const direct = server.url(database, APP_ROLE);
const pooled = server.url(database, APP_ROLE, pooler.port);

// Two pools: a case that opens several stores has them on several.
check('postgres.js', [postgresJs(direct), postgresJs(direct)]);
check('node-postgres', [nodePostgres(direct), nodePostgres(direct)]);
check('PGlite', [await pglite()]);
check('postgres.js behind a transaction-mode pooler', [postgresJs(pooled), postgresJs(pooled)]);
check('node-postgres behind a transaction-mode pooler', [nodePostgres(pooled), nodePostgres(pooled)]);

after(async () => {
  await pooler.stop();
  await server.discard();
});

function check(driver: string, databases: Opened[]): void {
  suite(driver, () => {
    const stores = databases.map(({ db }) => createPostgresStore({ db }));
    let opened = 0;
    const open = () => stores[opened++ % stores.length]!;
    for (const { name, run } of storeContract({ open })) test(name, { timeout: 120_000 }, run);
    after(async () => {
      for (const each of databases) await each.close();
    });
  });
}
