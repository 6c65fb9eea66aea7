// A deployed worker as a place. It does not tell who its owners are, nor when a thread began, and sets its times itself.

import { locate, WorkerClient } from '../worker-client.ts';
import { createWorkerStore } from '../worker-store.ts';
import { Complaint } from './complaint.ts';
import { byChange, type ListedThread, type Place } from './place.ts';

const PAGE = 100;

export function openWorker(url: string, serviceToken: string): Place {
  const store = createWorkerStore({ url, serviceToken });
  const client = new WorkerClient({ url, serviceToken });
  return {
    async owners() {
      throw new Complaint('a worker does not know its owners: name them by --owner or --owners');
    },
    async threads(owner) {
      const threads = new Map<string, ListedThread>();
      let cursor: string | undefined;
      do {
        const page = await store.listThreads({ owner, limit: PAGE, ...(cursor === undefined ? {} : { cursor }) });
        for (const { messageCount: _, ...thread } of page.threads) threads.set(thread.stateKey, thread);
        cursor = page.nextCursor;
      } while (cursor !== undefined);
      return [...threads.values()].sort(byChange);
    },
    async load(address) {
      return (await store.loadThread(address)).messages;
    },
    async append(address, messages, expectedMessageCount, metadata) {
      await store.appendMessages({ ...address, messages, expectedMessageCount, ...(metadata === undefined ? {} : { metadata }) });
    },
    async describe(address, { title, metadata }) {
      await client.call({ ...locate(address), method: 'PATCH', body: { title: title ?? null, metadata: metadata ?? null }, repeatable: true });
    },
    async close() {},
  };
}
