// Adapters for assistant-ui: its thread list and its history on the worker. They fit its `RemoteThreadListAdapter` and
// `ThreadHistoryAdapter` by shape, so the package does not depend on it.
//
// The worker is the author of what is stored: messages come to it by chat, so `append` has nothing to do.

import type { UIMessage } from 'ai';
import { ask, type WorkerPage } from './worker-page.ts';

const THREADS = '/api/v1/ai/threads';

/** Longest title, in characters: the worker's. */
const MAX_TITLE_CHARS = 100;

/** Threads per page of the list. */
const PAGE = 50;

interface ListedThread {
  readonly stateKey: string;
  readonly title?: string;
  readonly updatedAt: string;
  readonly metadata?: Record<string, unknown>;
}

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
  initialize(threadId: string): Promise<{ remoteId: string; externalId?: string }>;
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
  /** Metadata is written as a whole, so what a change leaves alone has to be known. */
  const known = new Map<string, ListedThread>();

  async function page(cursor?: string): Promise<{ threads: ListedThread[]; nextCursor?: string }> {
    const query = new URLSearchParams({ limit: String(PAGE), ...(cursor === undefined ? {} : { cursor }) });
    const answer = await ask<{ threads: ListedThread[]; nextCursor?: string }>(worker, 'GET', `${THREADS}?${query}`);
    for (const thread of answer.threads) known.set(thread.stateKey, thread);
    return answer;
  }

  async function find(stateKey: string): Promise<ListedThread | undefined> {
    for (let cursor: string | undefined; ; ) {
      const { threads, nextCursor } = await page(cursor);
      const found = threads.find((thread) => thread.stateKey === stateKey);
      if (found !== undefined || nextCursor === undefined) return found;
      cursor = nextCursor;
    }
  }

  async function patch(stateKey: string, change: { title?: string; metadata?: Record<string, unknown> }): Promise<void> {
    await ask(worker, 'PATCH', `${THREADS}/${stateKey}`, change);
  }

  async function mark(stateKey: string, change: Record<string, unknown>): Promise<void> {
    const { metadata } = known.get(stateKey) ?? (await find(stateKey)) ?? {};
    const next = { ...metadata, ...change };
    await patch(stateKey, { metadata: next });
    const thread = known.get(stateKey);
    if (thread !== undefined) known.set(stateKey, { ...thread, metadata: next });
  }

  return {
    async list(options) {
      const { threads, nextCursor } = await page(options?.after);
      return { threads: threads.map(toMetadata), ...(nextCursor === undefined ? {} : { nextCursor }) };
    },
    async fetch(threadId) {
      const thread = await find(threadId);
      return thread === undefined ? { status: 'regular', remoteId: threadId } : toMetadata(thread);
    },
    // The thread begins with its first message; until then it only needs a name that nobody else has.
    initialize: async () => ({ remoteId: crypto.randomUUID() }),
    rename: (remoteId, title) => patch(remoteId, { title }),
    updateCustom: (remoteId, custom) => mark(remoteId, { custom: custom ?? null }),
    archive: (remoteId) => mark(remoteId, { archived: true }),
    unarchive: (remoteId) => mark(remoteId, { archived: false }),
    async delete(remoteId) {
      await ask(worker, 'DELETE', `${THREADS}/${remoteId}`);
      known.delete(remoteId);
    },
    // As the worker makes it, and before the worker has the message.
    generateTitle: async (_, messages) => titleStream(titleOf(messages)) as ReadableStream<never>,
  };
}

/** The messages of the thread that `remoteId` names; `undefined` for one that has not begun. */
export function createThreadHistoryAdapter(worker: WorkerPage, remoteId: () => string | undefined): ThreadHistory {
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
      append: nothing,
      update: nothing,
      delete: nothing,
    }),
  };
}

function toMetadata({ stateKey, title, updatedAt, metadata }: ListedThread): ThreadMetadata {
  const custom = metadata?.['custom'];
  return {
    status: metadata?.['archived'] === true ? 'archived' : 'regular',
    remoteId: stateKey,
    ...(title === undefined ? {} : { title }),
    lastMessageAt: new Date(updatedAt),
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
