// Which store the app runs on: chosen by THREAD_STORE, so that the same tests prove each.

import { Worker } from '../../worker/harness.ts';
import { createWorkerStore } from '../../../pkg/src/worker-store.ts';
import type { ThreadPersistencePort } from '../../../pkg/src/port.ts';

export interface TestStore {
  /** The same threads, past the app: for what a test has to put there, or to look at. */
  readonly port: ThreadPersistencePort;
  /** What the app's environment says of it. */
  readonly vars: Record<string, string>;
  discard(): Promise<void>;
}

const SERVICE_TOKEN = 'service-token-of-the-tests-0123456789';

export async function startStore(): Promise<TestStore> {
  const name = process.env['THREAD_STORE'] ?? 'worker';
  switch (name) {
    case 'worker':
      return workerStore();
    case 'postgres':
      return postgresStore();
    default:
      throw new Error(`there is no store called ${name}`);
  }
}

async function workerStore(): Promise<TestStore> {
  const worker = await Worker.start({ SERVICE_TOKEN });
  return {
    port: createWorkerStore({ url: worker.url, serviceToken: SERVICE_TOKEN }),
    vars: { THREAD_STORE: 'worker', THREADKEEP_URL: worker.url, THREADKEEP_SERVICE_TOKEN: SERVICE_TOKEN },
    discard: () => worker.discard(),
  };
}

// Loaded when it is asked for: the other store does without these packages.
async function postgresStore(): Promise<TestStore> {
  const { Server } = await import('../../postgres/support/server.ts');
  const { APP_ROLE, makeDatabase } = await import('../../postgres/support/database.ts');
  const { nodePostgres } = await import('../../postgres/support/drivers.ts');
  const { createPostgresStore } = await import('../../../pkg/dist/postgres/index.js');
  const server = await Server.start();
  const url = server.url(await makeDatabase(server), APP_ROLE);
  const opened = nodePostgres(url);
  return {
    port: createPostgresStore(opened),
    vars: { THREAD_STORE: 'postgres', DATABASE_URL: url },
    discard: async () => {
      await opened.close();
      await server.discard();
    },
  };
}
