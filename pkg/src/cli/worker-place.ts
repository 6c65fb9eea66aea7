// A deployed worker as a place. It does not tell who its owners are, nor when a thread began, and sets its times itself.

import type { ThreadPersistencePort } from '../port.ts';
import { locate, WorkerClient } from '../worker-client.ts';
import { createWorkerStore } from '../worker-store.ts';
import { Complaint } from './complaint.ts';
import { byChange, type ListedThread, type Place } from './place.ts';

const PAGE = 100;

export function openWorker(url: string, serviceToken: string): Place {
  if (!URL.canParse(url)) throw new Complaint("a worker's URL looks like https://threads.example.com");
  const { username, password } = new URL(url);
  // No request can carry them, and the errors of requests would show them.
  if (username !== '' || password !== '') throw new Complaint("a worker's URL carries no name and no password");
  const store = createWorkerStore({ url, serviceToken });
  const client = new WorkerClient({ url, serviceToken });
  return {
    async owners() {
      throw new Complaint('a worker does not know its owners: name them by --owner or --owners');
    },
    async threads(owner) {
      const known = new Map<string, ListedThread>();
      while (await meetUnknown(store, owner, known));
      return [...known.values()].sort(byChange);
    },
    async load(address) {
      return (await store.loadThread(address)).messages;
    },
    async append(append) {
      await store.appendMessages(append);
    },
    async describe(address, { title, metadata }) {
      await client.call({ ...locate(address), method: 'PATCH', body: { title: title ?? null, metadata: metadata ?? null }, repeatable: true });
    },
    async close() {},
  };
}

/**
 * Reads the list from its front for as long as it tells something new; whether a thread was met that was not known.
 *
 * A thread that is written to while one pages moves to the front, over the pages that are read already. So the list is
 * read again: what has moved since stands before all that has not, and a page without news is the end of it.
 */
async function meetUnknown(store: Pick<ThreadPersistencePort, 'listThreads'>, owner: string, known: Map<string, ListedThread>): Promise<boolean> {
  let met = false;
  let cursor: string | undefined;
  do {
    const page = await store.listThreads({ owner, limit: PAGE, ...(cursor === undefined ? {} : { cursor }) });
    const news = page.threads.filter(({ stateKey, updatedAt }) => known.get(stateKey)?.updatedAt !== updatedAt);
    for (const { messageCount: _, ...thread } of news) {
      met ||= !known.has(thread.stateKey);
      known.set(thread.stateKey, thread);
    }
    cursor = news.length === 0 ? undefined : page.nextCursor;
  } while (cursor !== undefined);
  return met;
}
