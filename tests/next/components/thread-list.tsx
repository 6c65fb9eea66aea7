'use client';

import Link from 'next/link';
import { useRef, useState } from 'react';
import type { ThreadSummary } from 'threadkeep';
import { Notice } from './notice';
import type { Threads } from './use-threads';

interface Props {
  readonly threads: Threads;
  readonly current: string;
  readonly onDelete: (stateKey: string) => void;
}

/** The threads by recency: loading, empty, broken, or rows. */
export function ThreadList({ threads: { rows, problem, hasMore, refresh, more }, current, onDelete }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [doomed, setDoomed] = useState<ThreadSummary>();

  function ask(row: ThreadSummary) {
    setDoomed(row);
    dialog.current?.showModal();
  }

  return (
    <nav className="threads" aria-label="Threads">
      {problem !== undefined && <Notice text={problem} action="Load again" onAction={refresh} />}
      {rows === undefined && problem === undefined && <p className="soft">Loading the threads…</p>}
      {rows?.length === 0 && <p className="soft">No threads yet.</p>}
      <ul>
        {rows?.map((row) => (
          <li key={row.stateKey}>
            <Link href={`/chat/${row.stateKey}`} prefetch={false} aria-current={row.stateKey === current ? 'page' : undefined}>
              <span className="cut">{row.title ?? 'Untitled'}</span>
              <span className="soft">{row.messageCount === 1 ? '1 message' : `${row.messageCount} messages`}</span>
            </Link>
            <button className="quiet" aria-label={`Delete thread ${row.title ?? 'Untitled'}`} onClick={() => ask(row)}>
              ×
            </button>
          </li>
        ))}
      </ul>
      {hasMore && (
        <button className="quiet" onClick={more}>
          More threads
        </button>
      )}
      <dialog ref={dialog} aria-labelledby="delete-title">
        <form method="dialog">
          <h2 id="delete-title">Delete this thread?</h2>
          <p className="soft cut">{doomed?.title ?? 'Untitled'}</p>
          <div className="actions">
            <button>Keep it</button>
            <button className="danger" onClick={() => doomed && onDelete(doomed.stateKey)}>
              Delete
            </button>
          </div>
        </form>
      </dialog>
    </nav>
  );
}
