// What a runtime is asked to do with a real worker, through `threadkeep/worker-store`.

import { createWorkerStore } from 'threadkeep/worker-store';

/** Writes a thread, reads it, is refused, and deletes it. Every runtime gives the same. */
export async function useStore({ url, serviceToken, owner }) {
  const store = createWorkerStore({ url, serviceToken });
  const address = { owner, stateKey: 'k' };
  const messages = [{ id: 'u', role: 'user', parts: [{ type: 'text', text: 'wörld 🌍, mail jo@example.org' }] }];
  const { messageCount } = await store.appendMessages({ ...address, messages, expectedMessageCount: 0, idempotencyKey: 'u' });
  const stored = await store.loadThread(address);
  const { threads } = await store.listThreads({ owner });
  let refused;
  try {
    await store.saveThread({ ...address, messages: stored.messages, expectedMessageCount: 7 });
  } catch (error) {
    refused = [error.name, error.code, error.status];
  }
  await store.softDelete(address);
  const left = await store.loadThread(address);
  // A list may lag: that there is one is all that is sure.
  return { messageCount, stored, listed: Array.isArray(threads), refused, left };
}
