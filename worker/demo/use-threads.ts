import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { listThreads, type ThreadSummary } from './api.ts';
import { humane } from './errors.ts';
import type { Session } from './session.ts';

/** Rows asked for at a time. */
const PAGE_ROWS = 20;

/** The most the route gives at once; a longer list is folded back to this many when it is read again. */
const MAX_ROWS = 100;

/** Titles made here stand in only until the server's own arrives. */
const TITLE_CHARS = 100;

export interface Threads {
  /** Newest first; `undefined` until the first answer. */
  rows: ThreadSummary[] | undefined;
  problem: string | undefined;
  hasMore: boolean;
  loadMore: () => Promise<void>;
  refresh: () => Promise<void>;
  /** A turn begins in this thread: it goes to the top at once. */
  touch: (stateKey: string, text: string) => void;
  /** The thread was deleted, or never came to be. */
  forget: (stateKey: string) => void;
}

interface Listing {
  rows: ThreadSummary[] | undefined;
  nextCursor: string | undefined;
}

/**
 * The thread list of the one who is signed in.
 *
 * The server's list is an index that may lag behind the threads by a moment, so what was done here since (`touched`,
 * `gone`) is laid over it.
 */
export function useThreads(session: Session): Threads {
  const [listing, setListing] = useState<Listing>({ rows: undefined, nextCursor: undefined });
  const [touched, setTouched] = useState<ReadonlyMap<string, ThreadSummary>>(new Map());
  const [gone, setGone] = useState<ReadonlySet<string>>(new Set());
  const [problem, setProblem] = useState<string>();
  const newest = useRef(0);

  /** Only the answer to the newest question counts. */
  const read = useCallback(async (question: () => Promise<Listing>) => {
    const mine = ++newest.current;
    try {
      const answer = await question();
      if (mine !== newest.current) return;
      setListing(answer);
      setProblem(undefined);
    } catch (error) {
      if (mine === newest.current) setProblem(humane(error));
    }
  }, []);

  const loaded = useRef(0);
  loaded.current = listing.rows?.length ?? 0;
  const refresh = useCallback(
    () =>
      read(async () => {
        const page = await listThreads(session, Math.min(Math.max(loaded.current, PAGE_ROWS), MAX_ROWS));
        return { rows: page.threads, nextCursor: page.nextCursor };
      }),
    [read, session],
  );

  const loadMore = useCallback(
    () =>
      read(async () => {
        const page = await listThreads(session, PAGE_ROWS, listing.nextCursor);
        return { rows: [...(listing.rows ?? []), ...page.threads], nextCursor: page.nextCursor };
      }),
    [read, session, listing],
  );

  const touch = useCallback((stateKey: string, text: string) => {
    const row = { stateKey, title: text.slice(0, TITLE_CHARS), updatedAt: new Date().toISOString(), messageCount: 1 };
    setTouched((all) => new Map(all).set(stateKey, row));
    setGone((all) => new Set([...all].filter((key) => key !== stateKey)));
  }, []);

  const forget = useCallback((stateKey: string) => {
    setGone((all) => new Set(all).add(stateKey));
  }, []);

  useEffect(() => {
    void refresh();
  }, [refresh]);

  const rows = useMemo(() => overlay(listing.rows, touched, gone), [listing.rows, touched, gone]);
  return { rows, problem, hasMore: listing.nextCursor !== undefined, loadMore, refresh, touch, forget };
}

/** The server's rows with the later of both times, the new threads it does not list yet, and without the deleted. */
function overlay(
  rows: ThreadSummary[] | undefined,
  touched: ReadonlyMap<string, ThreadSummary>,
  gone: ReadonlySet<string>,
): ThreadSummary[] | undefined {
  if (!rows) return undefined;
  const all = new Map(touched);
  // Two pages may share a row when it moved between the two reads.
  for (const row of rows) {
    const here = touched.get(row.stateKey);
    const updatedAt = here && here.updatedAt > row.updatedAt ? here.updatedAt : row.updatedAt;
    all.set(row.stateKey, { ...row, updatedAt });
  }
  for (const stateKey of gone) all.delete(stateKey);
  return [...all.values()].sort((a, b) => (a.updatedAt < b.updatedAt ? 1 : -1));
}
