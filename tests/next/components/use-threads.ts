'use client';

import { useCallback, useEffect, useRef, useState } from 'react';
import type { ThreadSummary } from 'threadkeep';
import { deleteThread, inWords, listThreads } from '@/lib/api';

export interface Threads {
  /** `undefined` until the first page is there. */
  readonly rows: readonly ThreadSummary[] | undefined;
  readonly problem: string | undefined;
  readonly hasMore: boolean;
  readonly refresh: () => void;
  readonly more: () => void;
  /** Gives whether it is gone; when not, `problem` says why. */
  readonly remove: (stateKey: string) => Promise<boolean>;
}

/** When to look, in milliseconds after a change: a list may lag behind it by moments. */
const LOOK_AFTER_MS = [0, 1_000, 5_000];

/** The list of threads. A refresh begins at the first page again. */
export function useThreads(): Threads {
  const [rows, setRows] = useState<readonly ThreadSummary[]>();
  const [cursor, setCursor] = useState<string>();
  const [problem, setProblem] = useState<string>();
  // Answers may overtake each other: only the newest question counts.
  const asked = useRef(0);
  const timers = useRef<ReturnType<typeof setTimeout>[]>([]);

  const load = useCallback(async (from: string | undefined) => {
    const question = (asked.current += 1);
    try {
      const page = await listThreads(from);
      if (question !== asked.current) return;
      setRows((before) => (from === undefined ? page.threads : [...(before ?? []), ...page.threads]));
      setCursor(page.nextCursor);
      setProblem(undefined);
    } catch (error) {
      if (question === asked.current) setProblem(inWords(error));
    }
  }, []);

  const refresh = useCallback(() => {
    for (const timer of timers.current) clearTimeout(timer);
    timers.current = LOOK_AFTER_MS.map((ms) => setTimeout(() => void load(undefined), ms));
  }, [load]);

  useEffect(() => {
    void load(undefined);
    return () => timers.current.forEach(clearTimeout);
  }, [load]);

  async function remove(stateKey: string) {
    try {
      await deleteThread(stateKey);
      setRows((before) => before?.filter((row) => row.stateKey !== stateKey));
      return true;
    } catch (error) {
      setProblem(inWords(error));
      return false;
    }
  }

  return { rows, problem, hasMore: cursor !== undefined, refresh, more: () => void load(cursor), remove };
}
