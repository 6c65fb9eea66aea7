import type { MouseEvent } from 'react';
import type { ThreadSummary } from './api.ts';
import { ago } from './time.ts';
import { threadHref } from './use-address.ts';

interface Props {
  thread: ThreadSummary;
  current: boolean;
  onOpen: (stateKey: string) => void;
  onDelete: (thread: ThreadSummary) => void;
}

/** One thread of the list: a real link, so that it also opens in a new tab. */
export function ThreadRow({ thread, current, onOpen, onDelete }: Props) {
  const title = thread.title ?? 'Untitled';

  function open(event: MouseEvent) {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    onOpen(thread.stateKey);
  }

  return (
    <li className="thread">
      <a href={threadHref(thread.stateKey)} aria-current={current ? 'page' : undefined} onClick={open}>
        <span className="thread-title">{title}</span>
        <time dateTime={thread.updatedAt}>{ago(thread.updatedAt)}</time>
      </a>
      <button className="icon" aria-label={`Delete thread: ${title}`} title="Delete" onClick={() => onDelete(thread)}>
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <path d="M5 7h14M10 7V5h4v2M7 7l.8 12h8.4L17 7M10.5 11v4.5M13.5 11v4.5" />
        </svg>
      </button>
    </li>
  );
}
