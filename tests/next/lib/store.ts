// Where this app keeps its threads.

import type { ThreadPersistencePort } from 'threadkeep';
import { createWorkerStore } from 'threadkeep/worker-store';

let store: ThreadPersistencePort | undefined;

/** The store. Made at the first request: a build knows no secrets. */
export function threadStore(): ThreadPersistencePort {
  store ??= createWorkerStore({ url: process.env.THREADKEEP_URL ?? '', serviceToken: process.env.THREADKEEP_SERVICE_TOKEN ?? '' });
  return store;
}
