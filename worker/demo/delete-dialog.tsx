import { useEffect, useRef } from 'react';
import type { ThreadSummary } from './api.ts';

interface Props {
  thread: ThreadSummary;
  onCancel: () => void;
  onConfirm: () => void;
}

/** Asks before a thread goes. The native dialog keeps the focus inside and gives it back. */
export function DeleteDialog({ thread, onCancel, onConfirm }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);

  useEffect(() => {
    dialog.current?.showModal();
  }, []);

  return (
    <dialog ref={dialog} aria-labelledby="delete-title" onClose={onCancel}>
      <h2 id="delete-title">Delete this thread?</h2>
      <p className="doomed">{thread.title ?? 'Untitled'}</p>
      <p>It leaves your list and cannot be opened again.</p>
      <div className="actions">
        <button onClick={() => dialog.current?.close()}>Keep it</button>
        <button className="danger" onClick={onConfirm}>
          Delete
        </button>
      </div>
    </dialog>
  );
}
