// Adapters for assistant-ui: its thread list and its history on the worker. They fit its `RemoteThreadListAdapter` and
// `ThreadHistoryAdapter` by shape, so the package does not depend on it.
//
// The worker is the author of what is stored: messages come to it by chat, so `append` has nothing to do.

import type { UIMessage } from 'ai';
import { threadsOf, THREADS, type ListedThread } from './threads.ts';
import { ask, type WorkerPage } from './worker-page.ts';

/** Longest title, in characters: the worker's. */
const MAX_TITLE_CHARS = 100;

interface ThreadMetadata {
  readonly status: 'regular' | 'archived';
  readonly remoteId: string;
  readonly title?: string;
  readonly lastMessageAt?: Date;
  readonly custom?: Record<string, unknown>;
}

/** What is read of assistant-ui's messages. */
interface SaidMessage {
  readonly role: string;
  readonly content: readonly { readonly type: string; readonly text?: string }[];
}

/** A piece of a title on its way, as assistant-ui streams it. */
type TitleChunk =
  | { readonly path: readonly number[]; readonly type: 'part-start'; readonly part: { readonly type: 'text' } }
  | { readonly path: readonly number[]; readonly type: 'text-delta'; readonly textDelta: string }
  | { readonly path: readonly number[]; readonly type: 'part-finish' };

/** assistant-ui's `RemoteThreadListAdapter`. */
export interface ThreadList {
  list(page?: { after?: string | undefined }): Promise<{ threads: ThreadMetadata[]; nextCursor?: string }>;
  fetch(threadId: string): Promise<ThreadMetadata>;
  initialize(threadId: string, options?: { custom?: Record<string, unknown> | undefined }): Promise<{ remoteId: string; externalId?: string }>;
  rename(remoteId: string, title: string): Promise<void>;
  updateCustom(remoteId: string, custom: Record<string, unknown> | undefined): Promise<void>;
  archive(remoteId: string): Promise<void>;
  unarchive(remoteId: string): Promise<void>;
  delete(remoteId: string): Promise<void>;
  generateTitle(remoteId: string, messages: readonly SaidMessage[]): Promise<ReadableStream<never>>;
}

/** assistant-ui's `ThreadHistoryAdapter`, for its AI SDK runtime. */
export interface ThreadHistory {
  load(): Promise<{ messages: never[] }>;
  append(): Promise<void>;
  withFormat<Message>(format: unknown): {
    load(): Promise<{ headId?: string | null; messages: { parentId: string | null; message: Message }[] }>;
    append(): Promise<void>;
    update(): Promise<void>;
    delete(): Promise<void>;
  };
}

/** The user's threads, as assistant-ui lists them. Archived threads are kept by a mark in their metadata. */
export function createThreadListAdapter(worker: WorkerPage): ThreadList {
  const threads = threadsOf(worker);
  return {
    async list(options) {
      const { threads: listed, nextCursor } = await threads.page(options?.after);
      return { threads: listed.map(toMetadata), ...(nextCursor === undefined ? {} : { nextCursor }) };
    },
    async fetch(threadId) {
      const thread = await threads.find(threadId);
      return thread === undefined ? toMetadata({ stateKey: threadId, ...threads.draft(threadId) }) : toMetadata(thread);
    },
    // The thread begins with its first message; until then it only needs a name.
    initialize: async (_, { custom } = {}) => ({ remoteId: threads.begin(custom === undefined ? {} : { marks: { custom } }) }),
    rename: (remoteId, title) => threads.change(remoteId, { title }),
    updateCustom: (remoteId, custom) => threads.change(remoteId, { marks: { custom: custom ?? null } }),
    archive: (remoteId) => threads.change(remoteId, { marks: { archived: true } }),
    unarchive: (remoteId) => threads.change(remoteId, { marks: { archived: false } }),
    delete: (remoteId) => threads.delete(remoteId),
    // As the worker makes it, and before the worker has the message.
    generateTitle: async (_, messages) => titleStream(titleOf(messages)) as ReadableStream<never>,
  };
}

/**
 * The messages of the thread that `remoteId` names; `undefined` for one that has not begun. With the very `worker` of the
 * list, it also writes what the list was told of a thread before its first message.
 */
export function createThreadHistoryAdapter(worker: WorkerPage, remoteId: () => string | undefined): ThreadHistory {
  const threads = threadsOf(worker);
  const nothing = async () => {};
  return {
    load: async () => ({ messages: [] }),
    append: nothing,
    withFormat: <Message>() => ({
      async load() {
        const stateKey = remoteId();
        if (stateKey === undefined) return { messages: [] };
        const { messages } = await ask<{ messages: UIMessage[] }>(worker, 'GET', `${THREADS}/${stateKey}`);
        const rows = messages.map((message, at) => ({ parentId: messages[at - 1]?.id ?? null, message: message as Message }));
        return { headId: messages.at(-1)?.id ?? null, messages: rows };
      },
      // Called behind a turn: the worker has the messages, and so the thread.
      async append() {
        const stateKey = remoteId();
        if (stateKey !== undefined) await threads.settle(stateKey);
      },
      update: nothing,
      delete: nothing,
    }),
  };
}

function toMetadata({ stateKey, title, updatedAt, metadata }: Partial<ListedThread> & Pick<ListedThread, 'stateKey'>): ThreadMetadata {
  const custom = metadata?.['custom'];
  return {
    status: metadata?.['archived'] === true ? 'archived' : 'regular',
    remoteId: stateKey,
    ...(title === undefined ? {} : { title }),
    ...(updatedAt === undefined ? {} : { lastMessageAt: new Date(updatedAt) }),
    ...(typeof custom === 'object' && custom !== null ? { custom: custom as Record<string, unknown> } : {}),
  };
}

/** The first question on one line, as far as it fits. */
function titleOf(messages: readonly SaidMessage[]): string | undefined {
  const texts = messages.filter(({ role }) => role === 'user').flatMap(({ content }) => content.map(({ text }) => text ?? ''));
  const first = texts.map((text) => text.trim().replace(/\s+/g, ' ')).find((text) => text !== '');
  return first && [...first].slice(0, MAX_TITLE_CHARS).join('').trimEnd();
}

function titleStream(title: string | undefined): ReadableStream<TitleChunk> {
  return new ReadableStream({
    start(controller) {
      if (title !== undefined) {
        controller.enqueue({ path: [], type: 'part-start', part: { type: 'text' } });
        controller.enqueue({ path: [0], type: 'text-delta', textDelta: title });
        controller.enqueue({ path: [0], type: 'part-finish' });
      }
      controller.close();
    },
  });
}
