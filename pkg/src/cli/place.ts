// A place where threads are: a worker or a PostgreSQL, with what moving house needs beyond the port.

import type { UIMessage } from 'ai';
import type { AppendMessages, ThreadAddress, ThreadMetadata } from '../port.ts';
import { Complaint } from './complaint.ts';
import { installed } from './installed.ts';
import { openWorker } from './worker-place.ts';

/** What a list tells of a thread. */
export interface ListedThread {
  readonly stateKey: string;
  readonly title?: string;
  readonly metadata?: ThreadMetadata;
  /** ISO 8601; a worker does not tell. */
  readonly createdAt?: string;
  /** ISO 8601, to the millisecond. */
  readonly updatedAt: string;
}

export interface Place {
  /** Every owner who has a thread; a {@link Complaint} where nobody can tell. */
  owners(): Promise<string[]>;
  /** An owner's threads, the longest unchanged first. */
  threads(owner: string): Promise<ListedThread[]>;
  load(address: ThreadAddress): Promise<UIMessage[]>;
  append(append: AppendMessages): Promise<void>;
  /** Sets title, metadata and, where it can, the times. */
  describe(address: ThreadAddress, thread: ListedThread): Promise<void>;
  close(): Promise<void>;
}

/** Opens the place of a URL: `postgres://…`, or the `http(s)://…` of a worker, which wants its service token. */
export async function openPlace(url: string, serviceToken: string | undefined): Promise<Place> {
  if (/^postgres(ql)?:\/\//.test(url)) return openDatabase(url);
  if (!/^https?:\/\//.test(url)) throw new Complaint('a place is a postgres:// URL, or the https:// URL of a worker');
  if (!serviceToken) throw new Complaint('a worker wants its service token in THREADKEEP_SERVICE_TOKEN');
  return openWorker(url, serviceToken);
}

// Only here: who moves from one worker to another needs no Drizzle.
async function openDatabase(url: string): Promise<Place> {
  const place = await installed<typeof import('./postgres-place.ts')>(() => import('./postgres-place.ts'));
  if (!place) throw new Complaint('PostgreSQL needs Drizzle and a driver: npm install drizzle-orm pg');
  return place.openPostgres(url);
}

/** The longest unchanged first; of one moment, by name. */
export function byChange(a: { updatedAt: string; stateKey: string }, b: { updatedAt: string; stateKey: string }): number {
  return compare(a.updatedAt, b.updatedAt) || compare(a.stateKey, b.stateKey);
}

/** By code units: the same order on every machine. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
