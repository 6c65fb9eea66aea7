// `threadkeep/scoped-threads`: the threads of a project's entities, in a deployed worker, with its service token.

import type { UIMessage } from 'ai';
import type { ContextDocument } from './context-document.ts';
import { ThreadkeepError, type ErrorCode } from './error.ts';
import { projectPath, threadPath, type Scope } from './scope.ts';
import { WorkerClient, type WorkerStoreOptions } from './worker-client.ts';

export { fromThreadId, toThreadId, type Scope } from './scope.ts';

/** What is known of a thread beside its messages. */
export interface ScopedThread {
  readonly stateKey: string;
  readonly scope: Scope;
  readonly title?: string;
  readonly metadata?: Record<string, unknown>;
  readonly messageCount: number;
  /** ISO 8601, UTC. */
  readonly updatedAt: string;
  /** Counts every change. */
  readonly revision: number;
}

/** A thread as the list of its project shows it. */
export interface ListedThread {
  readonly stateKey: string;
  readonly scope: { readonly scopeType: string; readonly scopeId: string };
  readonly title?: string;
  readonly metadata?: Record<string, unknown>;
  readonly messageCount: number;
  readonly updatedAt: string;
}

/** `visible`: page and prompt. `hidden`: prompt only. `archived`: neither. */
export type Visibility = 'visible' | 'hidden' | 'archived';

/** Who wrote a user message; it stands in `metadata.author`. */
export interface Author {
  readonly id: string;
  readonly name?: string;
}

/** A message of the thread, with what is known beside its content. */
export type Item<Message extends UIMessage = UIMessage> = Message & {
  /** Its number in the thread, from 0. */
  readonly position: number;
  readonly visibility: Visibility;
  readonly runId?: string;
  readonly requestId?: string;
};

/** An item to be appended. */
export interface NewItem {
  readonly role: UIMessage['role'];
  readonly parts: UIMessage['parts'];
  readonly visibility?: Visibility;
  /** The same one twice stores once. */
  readonly requestId?: string;
  readonly runId?: string;
  /** Of a user message; the user of the call when it is left out. */
  readonly author?: Author;
}

/** What a thread is to have instead; what is left out stays. */
export interface ThreadChange {
  readonly title?: string | null;
  readonly metadata?: Record<string, unknown> | null;
}

/** Which items, and how many of them. */
export interface ListItems {
  /** The `position` of the last item of the page before. */
  readonly after?: number;
  /** 1 to 100; 50 when left out. */
  readonly limit?: number;
  readonly visibility?: Visibility;
  readonly runId?: string;
}

/** Which threads of a project. */
export interface ListScopedThreads {
  readonly projectId: string;
  readonly scopeType?: string;
  readonly limit?: number;
  readonly cursor?: string;
}

/** The threads of a project's entities. Every call names the user for whom the server acts. */
export interface ScopedThreads {
  /** Gets the thread of a scope, or creates it; title and metadata count only then. */
  getOrCreate(user: string, scope: Scope, init?: { readonly title?: string; readonly metadata?: Record<string, unknown> }): Promise<ScopedThread>;
  /** The thread of a scope; `undefined` when there is none yet. */
  find(user: string, scope: Scope): Promise<ScopedThread | undefined>;
  /** Gives the thread another title or other metadata, each as a whole; `null` takes it away. `not_found` when there is no thread. */
  update(user: string, scope: Scope, change: ThreadChange): Promise<{ readonly revision: number }>;
  /** The threads of a project, newest first. */
  list(user: string, list: ListScopedThreads): Promise<{ readonly threads: readonly ListedThread[]; readonly nextCursor?: string }>;
  /** Appends one item, masked, and gives it as it is stored. */
  append(user: string, scope: Scope, item: NewItem): Promise<Item>;
  /** The items in the order of the thread. */
  items(user: string, scope: Scope, list?: ListItems): Promise<{ readonly items: readonly Item[]; readonly nextAfter?: number }>;
  /** Shows or hides an item; its message stays as it is. `not_found` when there is no such item. */
  setVisibility(user: string, scope: Scope, itemId: string, visibility: Visibility): Promise<Item>;
  /** Stores the documents for the head of every prompt; the same ones once more keep their revision. */
  setContext(user: string, scope: Scope, documents: readonly ContextDocument[], expectedRevision?: number): Promise<{ readonly revision: number }>;
}

/** Where the worker is, and as whom it is called. */
export type ScopedThreadsOptions =
  /** The app's own server: it acts on every project, and for any user. */
  | WorkerStoreOptions
  /** A user's own token: the worker judges what that user may do; `user` is then whom the token names. */
  | (Omit<WorkerStoreOptions, 'serviceToken'> & { readonly userToken: string });

/**
 * The threads of a project's entities. For the server, because of the token.
 *
 * What may be repeated without harm is tried three times when the worker does not answer; an append only with a
 * `requestId`.
 *
 * @throws {TypeError} when `url` or the token is none.
 */
export function createScopedThreads(options: ScopedThreadsOptions): ScopedThreads {
  const worker = 'userToken' in options ? new WorkerClient({ ...options, serviceToken: options.userToken }, OF_THE_USER) : new WorkerClient(options);
  // All are async: what is wrong with an argument rejects, as everything else does.
  return {
    async getOrCreate(owner, scope, init = {}) {
      return worker.call({ owner, method: 'PUT', path: threadPath(scope), body: init, repeatable: true });
    },

    async find(owner, scope) {
      try {
        return await worker.call<ScopedThread>({ owner, method: 'GET', path: threadPath(scope), repeatable: true, expects: 'not_found' });
      } catch (error) {
        if (error instanceof ThreadkeepError && error.code === 'not_found') return undefined;
        throw error;
      }
    },

    async update(owner, scope, change) {
      return worker.call({ owner, method: 'PATCH', path: threadPath(scope), body: change, repeatable: true, expects: 'not_found' });
    },

    async list(owner, { projectId, ...list }) {
      return worker.call({ owner, method: 'GET', path: `${projectPath(projectId)}${query(list)}`, repeatable: true });
    },

    async append(owner, scope, item) {
      return worker.call({ owner, method: 'POST', path: `${threadPath(scope)}/items`, body: item, repeatable: item.requestId !== undefined });
    },

    async items(owner, scope, list = {}) {
      return worker.call({ owner, method: 'GET', path: `${threadPath(scope)}/items${query(list)}`, repeatable: true });
    },

    async setVisibility(owner, scope, itemId, visibility) {
      return worker.call({ owner, method: 'PATCH', path: `${threadPath(scope)}/items/${encodeItem(itemId)}`, body: { visibility }, repeatable: true, expects: 'not_found' });
    },

    async setContext(owner, scope, documents, expectedRevision) {
      const repeatable = expectedRevision === undefined;
      return worker.call({ owner, method: 'PUT', path: `${threadPath(scope)}/context`, body: { documents, expectedRevision }, repeatable });
    },
  };
}

/** Refusals of a user's own token. The service token may everything: for it they are a mistake in the set-up. */
const OF_THE_USER: readonly ErrorCode[] = ['forbidden', 'not_found', 'invalid_token'];

function query(parameters: object): string {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined);
  return given.length === 0 ? '' : `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`;
}

function encodeItem(itemId: string): string {
  // Steps of a path, which `fetch` takes before it asks.
  if (itemId === '' || itemId === '.' || itemId === '..') throw new ThreadkeepError('invalid_request');
  try {
    return encodeURIComponent(itemId);
  } catch {
    throw new ThreadkeepError('invalid_request');
  }
}
