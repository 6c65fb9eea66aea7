// The threads of one user, as assistant-ui's adapters need them.

import { ThreadkeepError } from '../error.ts';
import { ask, type WorkerPage } from './worker-page.ts';

export const THREADS = '/api/v1/ai/threads';

/** Threads per page of the list. */
const PAGE = 50;

export interface ListedThread {
  readonly stateKey: string;
  readonly title?: string;
  readonly updatedAt: string;
  readonly metadata?: Record<string, unknown>;
}

/** What a thread is to have; `marks` are fields of its metadata, of which the others stay. */
export interface Change {
  readonly title?: string;
  readonly marks?: Record<string, unknown>;
}

const ofPages = new WeakMap<WorkerPage, Threads>();

/** The same ones for every adapter of a page. */
export function threadsOf(worker: WorkerPage): Threads {
  const threads = ofPages.get(worker) ?? new Threads(worker);
  ofPages.set(worker, threads);
  return threads;
}

/**
 * A thread begins with its first message. What is changed before is a draft: it is held here, and written by
 * {@link Threads.settle} when the worker has the thread.
 */
export class Threads {
  readonly #worker: WorkerPage;
  readonly #drafts = new Map<string, Change>();
  /** One change after the other: each reads what the one before has written. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(worker: WorkerPage) {
    this.#worker = worker;
  }

  page(cursor?: string): Promise<{ threads: ListedThread[]; nextCursor?: string }> {
    const query = new URLSearchParams({ limit: String(PAGE), ...(cursor === undefined ? {} : { cursor }) });
    return ask(this.#worker, 'GET', `${THREADS}?${query}`);
  }

  async find(stateKey: string): Promise<ListedThread | undefined> {
    for (let cursor: string | undefined; ; ) {
      const { threads, nextCursor } = await this.page(cursor);
      const found = threads.find((thread) => thread.stateKey === stateKey);
      if (found !== undefined || nextCursor === undefined) return found;
      cursor = nextCursor;
    }
  }

  /** A name that no other thread has. */
  begin(draft: Change): string {
    const stateKey = crypto.randomUUID();
    this.#drafts.set(stateKey, draft);
    return stateKey;
  }

  /** What is known of a thread that has not begun. */
  draft(stateKey: string): Pick<ListedThread, 'title' | 'metadata'> {
    const { title, marks } = this.#drafts.get(stateKey) ?? {};
    return { ...(title === undefined ? {} : { title }), ...(marks === undefined ? {} : { metadata: marks }) };
  }

  change(stateKey: string, change: Change): Promise<void> {
    return this.#inTurn(async () => {
      const draft = this.#drafts.get(stateKey);
      if (draft === undefined) return this.#write(stateKey, change);
      this.#drafts.set(stateKey, { ...draft, ...change, marks: { ...draft.marks, ...change.marks } });
      await this.#writeDraft(stateKey);
    });
  }

  /** To be called when the thread may have begun. */
  settle(stateKey: string): Promise<void> {
    return this.#inTurn(() => this.#writeDraft(stateKey));
  }

  async delete(stateKey: string): Promise<void> {
    await ask(this.#worker, 'DELETE', `${THREADS}/${stateKey}`);
    this.#drafts.delete(stateKey);
  }

  async #writeDraft(stateKey: string): Promise<void> {
    const draft = this.#drafts.get(stateKey);
    if (draft === undefined) return;
    try {
      await this.#write(stateKey, draft);
      this.#drafts.delete(stateKey);
    } catch (error) {
      if (!(error instanceof ThreadkeepError && error.code === 'not_found')) throw error;
    }
  }

  async #write(stateKey: string, { title, marks = {} }: Change): Promise<void> {
    const body: { title?: string; metadata?: Record<string, unknown> } = title === undefined ? {} : { title };
    // Metadata is written as a whole, and another page may have written it since the list was shown here.
    if (Object.keys(marks).length > 0) body.metadata = { ...(await this.find(stateKey))?.metadata, ...marks };
    if (Object.keys(body).length > 0) await ask(this.#worker, 'PATCH', `${THREADS}/${stateKey}`, body);
  }

  #inTurn<Result>(run: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(run);
    this.#last = result.catch(() => {});
    return result;
  }
}
