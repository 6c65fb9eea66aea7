import { useState, type RefObject } from 'react';
import type { ThreadSummary } from './api.ts';
import { Mark } from './mark.tsx';
import { Notice } from './notice.tsx';
import { ThreadRow } from './thread-row.tsx';
import type { Threads } from './use-threads.ts';

interface Props {
  newButton: RefObject<HTMLButtonElement | null>;
  name: string;
  threads: Threads;
  current: string | undefined;
  problem: string | undefined;
  onOpen: (stateKey: string) => void;
  onNew: () => void;
  onDelete: (thread: ThreadSummary) => void;
  onSignOut: () => void;
}

/** The thread list, newest first, with who is signed in. */
export function Sidebar({ newButton, name, threads, current, problem, onOpen, onNew, onDelete, onSignOut }: Props) {
  const { rows, hasMore, loadMore, refresh } = threads;
  const [loadingMore, setLoadingMore] = useState(false);

  async function more() {
    setLoadingMore(true);
    await loadMore();
    setLoadingMore(false);
  }

  return (
    <aside className="sidebar" id="threads">
      <div className="brand">
        <Mark />
        <span>Threadkeep</span>
      </div>
      <button ref={newButton} className="new-thread" onClick={onNew}>
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <path d="M12 5v14M5 12h14" />
        </svg>
        New thread
      </button>
      <nav className="threads" aria-label="Threads">
        {problem !== undefined && <Notice text={problem} />}
        {threads.problem !== undefined && (
          <Notice text={threads.problem}>
            <button onClick={refresh}>Try again</button>
          </Notice>
        )}
        {rows?.length === 0 && <p className="hint">No threads yet. The first message starts one.</p>}
        <ul>
          {rows?.map((row) => (
            <ThreadRow
              key={row.stateKey}
              thread={row}
              current={row.stateKey === current}
              onOpen={onOpen}
              onDelete={onDelete}
            />
          ))}
        </ul>
        {hasMore && (
          <button className="quiet" disabled={loadingMore} onClick={more}>
            {loadingMore ? 'Loading…' : 'Load more'}
          </button>
        )}
      </nav>
      <footer className="who">
        <span className="avatar" aria-hidden="true">
          {[...name][0]?.toUpperCase()}
        </span>
        <span className="who-name">
          <span className="visually-hidden">Signed in as </span>
          {name}
        </span>
        <button className="quiet" onClick={onSignOut}>
          Sign out
        </button>
      </footer>
    </aside>
  );
}
