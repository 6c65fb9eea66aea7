// Follows a thread live: a WebSocket that comes back by itself.

import { Backoff } from './backoff.ts';
import { at, tokenOf, type WorkerPage } from './worker-page.ts';

/** Where a thread is. */
export interface ThreadState {
  /** Counts every change. */
  readonly revision: number;
  /** A turn runs. */
  readonly running: boolean;
}

/** How often a silent connection is asked whether it is still there, and how long it may take, in milliseconds. */
const PING_EVERY_MS = 25_000;
const PONG_WITHIN_MS = 10_000;

/**
 * Tells `onState` where the thread is, at once and after every change, and after every time that the connection was
 * lost: what was missed is then in the state. Returns what ends it.
 */
export function follow(worker: WorkerPage, path: string, onState: (state: ThreadState) => void, onConnected: (connected: boolean) => void): () => void {
  const url = at(worker, `${path}/live`).replace(/^http/, 'ws');
  let socket: WebSocket | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const retry = new Backoff();
  let ended = false;

  function later(run: () => void, ms: number): void {
    clearTimeout(timer);
    if (!ended) timer = setTimeout(run, ms);
  }

  /** The platform takes long to notice that a connection is dead; a laptop that wakes up cannot wait for it. */
  function listen(its: WebSocket): void {
    later(() => {
      its.send('ping');
      later(() => its.close(), PONG_WITHIN_MS);
    }, PING_EVERY_MS);
  }

  function lost(): void {
    onConnected(false);
    later(connect, retry.next());
  }

  async function connect(): Promise<void> {
    let its: WebSocket;
    try {
      const token = await tokenOf(worker);
      if (ended) return;
      its = new WebSocket(url, ['threadkeep.v1', `bearer.${token}`]);
    } catch {
      return ended ? undefined : lost();
    }
    socket = its;
    let gone = false;
    its.onopen = () => {
      retry.reset();
      onConnected(true);
    };
    its.onmessage = ({ data }) => {
      if (ended || gone) return;
      listen(its);
      if (data !== 'pong') onState(JSON.parse(String(data)) as ThreadState);
    };
    its.onclose = () => {
      if (ended || gone) return;
      gone = true;
      lost();
    };
  }

  void connect();
  return () => {
    ended = true;
    clearTimeout(timer);
    socket?.close();
  };
}
