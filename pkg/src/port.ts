// `ThreadPersistencePort`: what a route needs of a place where threads are kept. `threadkeep/worker-store` and
// `threadkeep/postgres` are two such places; `threadkeep/store-contract` tells whether yours is a third.

import type { UIMessage } from 'ai';
import { ThreadkeepError, type ErrorCode } from './error.ts';

/** MAX_THREAD_MESSAGES: the message limit of a thread where a store is told no other. */
export const MAX_THREAD_MESSAGES = 200;

/** Threads on a page of the list when the caller does not say, and at most. */
export const DEFAULT_LIST_LIMIT = 50;
export const MAX_LIST_LIMIT = 100;

/**
 * Which thread. Every call names the owner: take it from a verified session or token, never from a request's body.
 *
 * The rules, for every store:
 * - `owner` is 1 to 256 bytes of UTF-8 without control characters; compared byte by byte.
 * - `stateKey` matches `^[a-zA-Z0-9_-]{1,128}$`.
 *
 * What breaks them is refused with `invalid_request` and `invalid_state_key`.
 */
export interface ThreadAddress {
  readonly owner: string;
  readonly stateKey: string;
}

/** A thread as it is stored: masked, in order. */
export interface Thread {
  readonly stateKey: string;
  readonly messages: UIMessage[];
}

/** What a write left behind. */
export interface WrittenThread {
  readonly stateKey: string;
  /** Messages in the thread after the write. */
  readonly messageCount: number;
}

/** One row of a thread list. */
export interface ThreadSummary {
  readonly stateKey: string;
  /** The first 100 characters of the first user text, on one line and masked; or the title the thread was given. */
  readonly title?: string;
  /** The last change, ISO 8601 in UTC. */
  readonly updatedAt: string;
  readonly messageCount: number;
  readonly metadata?: ThreadMetadata;
}

/** One page of a thread list. */
export interface ThreadPage {
  /** Newest first. */
  readonly threads: ThreadSummary[];
  /** Where the next page begins; absent on the last one. */
  readonly nextCursor?: string;
}

/** A thread's own data: a JSON object of at most 16 KiB. */
export type ThreadMetadata = Record<string, unknown>;

/** {@link ThreadPersistencePort.saveThread}: the whole thread as the caller has it. */
export interface SaveThread extends ThreadAddress {
  /** What was loaded, followed by what is new. */
  readonly messages: readonly UIMessage[];
  /** EXPECTED_COUNT: how many messages the thread had when it was loaded; 0 for a new one. */
  readonly expectedMessageCount: number;
  /** Taken when this save creates the thread, ignored later. */
  readonly metadata?: ThreadMetadata;
}

/** {@link ThreadPersistencePort.appendMessages}: what is new, alone. */
export interface AppendMessages extends ThreadAddress {
  /** In order; all are written or none. May be empty: then only the conditions below are checked. */
  readonly messages: readonly UIMessage[];
  /** EXPECTED_COUNT: when given, the append is refused if the thread has another message count. */
  readonly expectedMessageCount?: number;
  /**
   * Messages that must still fit behind these; 0 by default. A turn appends its user message with `reserve: 1`, and so
   * is refused before it starts when its reply would have no room.
   */
  readonly reserve?: number;
  /**
   * 1 to 256 bytes; a message's own id is a good one. The same key with the same messages writes once and answers again,
   * whatever the other conditions say by then; with other messages it is refused with `idempotency_mismatch`.
   * A deleted thread's keys do not bind the thread that follows it.
   */
  readonly idempotencyKey?: string;
  /** Taken when this append creates the thread, ignored later. */
  readonly metadata?: ThreadMetadata;
}

/** {@link ThreadPersistencePort.listThreads}: whose threads, and which page. */
export interface ListThreads {
  readonly owner: string;
  /** 1 to {@link MAX_LIST_LIMIT}; {@link DEFAULT_LIST_LIMIT} by default. */
  readonly limit?: number;
  /** The `nextCursor` of the page before. */
  readonly cursor?: string;
}

/**
 * A place where threads are kept.
 *
 * Every store keeps these promises, and `threadkeep/store-contract` has a test for each:
 * - TENANT_SCOPED: a call sees and changes threads of its `owner` only.
 * - SERIALIZED_APPENDS: writes to one thread are atomic and happen one after the other, whoever makes them.
 * - MESSAGES_GROW_ONLY: a stored message is never changed or removed by a write.
 * - EXPECTED_COUNT, MAX_THREAD_MESSAGES: a write that breaks one is refused whole, and nothing is written.
 * - REDACT_BEFORE_PERSIST: messages, metadata and titles are masked before they are stored; callers need not do it.
 * - UIMESSAGE_IS_CONTRACT: a message comes back as it was given, unknown parts and fields included. Two things JSON
 *   databases cannot keep may differ: the order of object keys, and U+0000 in a text, which may become U+FFFD.
 * - SOFT_DELETE_DEFAULT: a deleted thread is gone from every read, and its `stateKey` is free for a new thread.
 *
 * Every method rejects with a {@link ThreadkeepError}: `invalid_request` and `invalid_state_key` for arguments that make
 * no sense, {@link ThreadConflictError}, {@link ThreadLimitError}, `body_too_large`, `upstream_unavailable` when the
 * place does not answer, `internal` for anything else, with its cause.
 */
export interface ThreadPersistencePort {
  /** The thread; one that is not there is empty. */
  loadThread(address: ThreadAddress): Promise<Thread>;

  /**
   * Saves the thread: what follows the stored messages is appended, and a thread that is not there is created.
   *
   * @throws {ThreadConflictError} `thread_conflict` when the count is another one than `expectedMessageCount`;
   * `thread_diverged` when `messages` is shorter than what is stored, or changes it.
   * @throws {ThreadLimitError} when the thread would pass its message limit.
   */
  saveThread(save: SaveThread): Promise<WrittenThread>;

  /**
   * Appends messages without sending those before them, and creates a thread that is not there.
   *
   * @throws {ThreadConflictError} `thread_conflict` when `expectedMessageCount` is given and the count is another one.
   * @throws {ThreadLimitError} when the thread would pass its message limit, `reserve` included.
   */
  appendMessages(append: AppendMessages): Promise<WrittenThread>;

  /** Deletes the thread; one that is not there is deleted already. */
  softDelete(address: ThreadAddress): Promise<void>;

  /** The owner's threads by recency. A list may lag behind a write by moments, never for good. */
  listThreads(list: ListThreads): Promise<ThreadPage>;
}

/** Somebody else has written to the thread, or the write would rewrite it. Load, look again, and save anew. */
export class ThreadConflictError extends ThreadkeepError {
  override readonly name = 'ThreadConflictError';
  declare readonly code: 'thread_conflict' | 'thread_diverged';

  constructor(code: 'thread_conflict' | 'thread_diverged', options?: ErrorOptions) {
    super(code, options);
  }
}

/** MAX_THREAD_MESSAGES: the thread is full. It can be read and deleted; a conversation goes on in a new one. */
export class ThreadLimitError extends ThreadkeepError {
  override readonly name = 'ThreadLimitError';
  declare readonly code: 'thread_full';

  constructor(options?: ErrorOptions) {
    super('thread_full', options);
  }
}

/** The error of a code, in the class that goes with it. */
export function errorOfCode(code: ErrorCode, options?: ErrorOptions): ThreadkeepError {
  switch (code) {
    case 'thread_conflict':
    case 'thread_diverged':
      return new ThreadConflictError(code, options);
    case 'thread_full':
      return new ThreadLimitError(options);
    default:
      return new ThreadkeepError(code, options);
  }
}
