// `threadkeep/worker-store`: the port over a deployed worker, with its service token.

import { readCount, readIdempotencyKey, readList } from './port-input.ts';
import type { Thread, ThreadPage, ThreadPersistencePort, WrittenThread } from './port.ts';
import { locate, THREADS, WorkerClient, type WorkerStoreOptions } from './worker-client.ts';

export type { WorkerStoreOptions } from './worker-client.ts';

/**
 * A store that keeps its threads in a deployed worker. Node 20 and newer, edge runtimes and Workers; no browser, because
 * of the token.
 *
 * What may be repeated without harm (loads, lists, deletions, and appends with an idempotency key) is tried three times
 * when the worker does not answer; other writes once, and then `upstream_unavailable` means that they may have happened.
 *
 * @throws {TypeError} when `url` or `serviceToken` is none.
 */
export function createWorkerStore(options: WorkerStoreOptions): ThreadPersistencePort {
  const worker = new WorkerClient(options);
  return {
    async loadThread(address) {
      const { owner, path } = locate(address);
      const { stateKey, messages } = await worker.call<Thread>({ owner, method: 'GET', path, repeatable: true });
      return { stateKey, messages };
    },

    async saveThread({ messages, expectedMessageCount, metadata, ...address }) {
      const { owner, path } = locate(address);
      const body = { messages, expectedMessageCount: readCount(expectedMessageCount), metadata };
      return written(await worker.call<WrittenThread>({ owner, method: 'PUT', path, body, repeatable: false }));
    },

    async appendMessages({ messages, expectedMessageCount, reserve, idempotencyKey, metadata, ...address }) {
      const { owner, path } = locate(address);
      const body = {
        messages,
        expectedMessageCount: expectedMessageCount === undefined ? undefined : readCount(expectedMessageCount),
        reserve: reserve === undefined ? undefined : readCount(reserve),
        idempotencyKey: idempotencyKey === undefined ? undefined : readIdempotencyKey(idempotencyKey),
        metadata,
      };
      const repeatable = idempotencyKey !== undefined;
      return written(await worker.call<WrittenThread>({ owner, method: 'POST', path: `${path}/messages`, body, repeatable }));
    },

    async softDelete(address) {
      await worker.call({ ...locate(address), method: 'DELETE', repeatable: true });
    },

    async listThreads(list) {
      const { owner, limit, cursor } = readList(list);
      const query = new URLSearchParams({ limit: String(limit), ...(cursor === undefined ? {} : { cursor }) });
      return worker.call<ThreadPage>({ owner, method: 'GET', path: `${THREADS}?${query}`, repeatable: true });
    },
  };
}

function written({ stateKey, messageCount }: WrittenThread): WrittenThread {
  return { stateKey, messageCount };
}
