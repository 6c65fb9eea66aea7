// Types of stores and of a turn on them, beside those of the SDK. Checked against `ai@5`, `ai@6`, `ai@7`.

import type { UIMessage } from 'ai';
import {
  retryConflicts,
  takeToolAnswers,
  ThreadConflictError,
  ThreadLimitError,
  userTurn,
  type Thread,
  type ThreadPage,
  type ThreadPersistencePort,
  type ThreadSummary,
  type ToolAnswers,
  type UserTurn,
  type WrittenThread,
} from 'threadkeep';
import { storeContract, type StoreCase } from 'threadkeep/store-contract';
import { createWorkerStore, type WorkerStoreOptions } from 'threadkeep/worker-store';
import { is, type Mine, type Same } from './support.ts';

declare const THREADKEEP: { readonly url: string; readonly token: string };

export function workerStore(): void {
  const options: WorkerStoreOptions = { url: THREADKEEP.url, serviceToken: THREADKEEP.token, timeoutMs: 1_000 };
  is<Same<ReturnType<typeof createWorkerStore>, ThreadPersistencePort>>();
  createWorkerStore(options);
  // @ts-expect-error: a token is required
  createWorkerStore({ url: THREADKEEP.url });
  // @ts-expect-error: what may be missing has to be looked at first
  createWorkerStore({ url: undefined as string | undefined, serviceToken: '' });
}

/** A store of one's own, as its author writes it. */
class MyStore implements ThreadPersistencePort {
  readonly #threads = new Map<string, UIMessage[]>();

  async loadThread({ owner, stateKey }: { readonly owner: string; readonly stateKey: string }): Promise<Thread> {
    return { stateKey, messages: this.#threads.get(`${owner} ${stateKey}`) ?? [] };
  }
  async saveThread({ stateKey, messages, expectedMessageCount }: Parameters<ThreadPersistencePort['saveThread']>[0]): Promise<WrittenThread> {
    if (expectedMessageCount > messages.length) throw new ThreadConflictError('thread_conflict');
    return { stateKey, messageCount: messages.length };
  }
  async appendMessages({ stateKey, messages, reserve = 0 }: Parameters<ThreadPersistencePort['appendMessages']>[0]): Promise<WrittenThread> {
    if (messages.length + reserve > 200) throw new ThreadLimitError();
    return { stateKey, messageCount: messages.length };
  }
  async softDelete(): Promise<void> {}
  async listThreads(): Promise<ThreadPage> {
    const row: ThreadSummary = { stateKey: 'k', updatedAt: new Date(0).toISOString(), messageCount: 0 };
    return { threads: [row] };
  }
}

export async function contract(): Promise<void> {
  const cases: StoreCase[] = storeContract({ open: () => new MyStore(), maxMessages: 8 });
  for (const { name, run } of cases) [name satisfies string, (await run()) satisfies void];
  storeContract({ open: async () => new MyStore() });
  // @ts-expect-error: no store
  storeContract({ open: () => ({ loadThread: async () => undefined }) });
}

export async function turn(store: ThreadPersistencePort, stored: Mine[], question: Mine, body: unknown): Promise<void> {
  const { messages } = await store.loadThread({ owner: 'o', stateKey: 'k' });
  is<Same<typeof messages, UIMessage[]>>();
  // The messages of the store go into the SDK as they are.
  const placed: UserTurn = userTurn(messages, question);
  await store.appendMessages({ owner: 'o', stateKey: 'k', messages: placed.added, expectedMessageCount: messages.length, reserve: 1, idempotencyKey: question.id });
  is<Same<ReturnType<typeof userTurn<Mine>>, UserTurn<Mine>>>();
  is<Same<UserTurn<Mine>['prompt'], Mine[]>>();
  const answered: ToolAnswers<Mine> = takeToolAnswers(body, stored);
  is<Same<(typeof answered)['messages'], Mine[]>>();
  answered.taken satisfies number;
  (await retryConflicts(async () => 5)) satisfies number;
  // @ts-expect-error: not a count
  await store.saveThread({ owner: 'o', stateKey: 'k', messages, expectedMessageCount: '0' });
  // @ts-expect-error: whose thread?
  await store.loadThread({ stateKey: 'k' });
  const { code }: ThreadConflictError = new ThreadConflictError('thread_diverged');
  is<Same<typeof code, 'thread_conflict' | 'thread_diverged'>>();
}
