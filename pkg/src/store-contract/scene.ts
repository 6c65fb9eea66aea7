// What a case has at hand: a store, owners and threads that no other case knows.

import assert from 'node:assert/strict';
import type { UIMessage } from 'ai';
import { ThreadkeepError, type ErrorCode } from '../error.ts';
import {
  MAX_THREAD_MESSAGES,
  ThreadConflictError,
  ThreadLimitError,
  type ThreadAddress,
  type ThreadPersistencePort,
  type ThreadSummary,
} from '../port.ts';

export interface StoreContractOptions {
  /**
   * A store, on the same data each time. Some cases open several and use them at once, as several servers would; a
   * factory that gives the same object again is fine.
   */
  readonly open: () => ThreadPersistencePort | Promise<ThreadPersistencePort>;
  /** The message limit of these stores, at least 8; 200 by default. */
  readonly maxMessages?: number;
}

/** A case: it rejects when the store breaks its promise. */
export type Fact = (scene: Scene) => Promise<void>;

export interface Scene {
  readonly store: ThreadPersistencePort;
  /** A thread that does not exist yet, of an owner with no threads. */
  readonly address: ThreadAddress;
  readonly maxMessages: number;
  /** One more store on the same data. */
  open(): Promise<ThreadPersistencePort>;
  newOwner(): string;
}

/** Milliseconds. Generous: a list may lag, and machines that run tests are busy. */
const DEADLINE_MS = 60_000;

/** Pause between two looks at the same fact, in milliseconds. */
const POLL_MS = 20;

export async function open(options: StoreContractOptions): Promise<Scene> {
  const newOwner = () => `owner-${globalThis.crypto.randomUUID()}`;
  return {
    store: await options.open(),
    address: { owner: newOwner(), stateKey: 'a-thread' },
    maxMessages: options.maxMessages ?? MAX_THREAD_MESSAGES,
    open: async () => options.open(),
    newOwner,
  };
}

/** The thread's messages. */
export async function messagesOf(store: ThreadPersistencePort, address: ThreadAddress): Promise<UIMessage[]> {
  const { messages, stateKey } = await store.loadThread(address);
  assert.equal(stateKey, address.stateKey);
  return messages;
}

/** The call is refused, with this code and with the class that goes with it. */
export async function refuses(code: ErrorCode, call: Promise<unknown>, what: string = code): Promise<void> {
  const error: unknown = await call.then(
    () => assert.fail(`${what}: not refused`),
    (error: unknown) => error,
  );
  assert.ok(error instanceof ThreadkeepError, `${what}: refused with what is no ThreadkeepError`);
  assert.equal(error.code, code, what);
  const expected = CLASSES[code];
  assert.ok(expected === undefined || error instanceof expected, `${what}: refused with a ${error.name}`);
}

const CLASSES: Partial<Record<ErrorCode, typeof ThreadConflictError | typeof ThreadLimitError>> = {
  thread_conflict: ThreadConflictError,
  thread_diverged: ThreadConflictError,
  thread_full: ThreadLimitError,
};

/** Looks again and again until `probe` gives something, and returns that. */
export async function until<T>(fact: string, probe: () => Promise<T | undefined>): Promise<T> {
  const end = Date.now() + DEADLINE_MS;
  for (;;) {
    const seen = await probe();
    if (seen !== undefined) return seen;
    assert.ok(Date.now() < end, `not within ${DEADLINE_MS} ms: ${fact}`);
    await new Promise((wake) => setTimeout(wake, POLL_MS));
  }
}

/** The thread's row of the list, once it is as `probe` wants it: a list may lag. */
export function listed(
  store: ThreadPersistencePort,
  { owner, stateKey }: ThreadAddress,
  probe: (row: ThreadSummary) => boolean = () => true,
): Promise<ThreadSummary> {
  return until('the row of the thread in the list', async () => {
    const { threads } = await store.listThreads({ owner, limit: 100 });
    return threads.find((row) => row.stateKey === stateKey && probe(row));
  });
}
