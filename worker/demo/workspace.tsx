import { useCallback, useEffect, useRef, useState } from 'react';
import { deleteThread, type ThreadSummary } from './api.ts';
import { Conversation } from './conversation.tsx';
import { DeleteDialog } from './delete-dialog.tsx';
import { humane } from './errors.ts';
import type { Session } from './session.ts';
import { Sidebar } from './sidebar.tsx';
import { useAddress } from './use-address.ts';
import { useThreads } from './use-threads.ts';

/** Where the list is a drawer; the same as in app.css. */
const NARROW = '(max-width: 47.9rem)';

interface Props {
  session: Session;
  onSignOut: () => void;
}

/** The signed-in page: the threads at the side, one of them open. */
export function Workspace({ session, onSignOut }: Props) {
  const threads = useThreads(session);
  const { place, open, openNew, keep } = useAddress();
  const [doomed, setDoomed] = useState<ThreadSummary>();
  const [deleteProblem, setDeleteProblem] = useState<string>();
  // On a narrow screen the list is a drawer; on a wide one it is always there and this does nothing.
  const [drawerOpen, setDrawerOpen] = useState(false);
  const menuButton = useRef<HTMLButtonElement>(null);
  const newButton = useRef<HTMLButtonElement>(null);

  const title = threads.rows?.find((row) => row.stateKey === place.stateKey)?.title;
  useEffect(() => {
    document.title = title ? `${title} · Threadkeep` : 'Threadkeep';
  }, [title]);

  useEffect(() => {
    if (!drawerOpen) return;
    newButton.current?.focus();
    const close = () => setDrawerOpen(false);
    // A phone that is turned around may be wide: there is no drawer then, and nothing else would close it.
    const narrow = matchMedia(NARROW);
    narrow.addEventListener('change', close);
    const onKeyDown = (event: KeyboardEvent) => {
      // Escape in the open dialog closes the dialog, not what is under it.
      if (event.key === 'Escape' && !document.querySelector('dialog[open]')) close();
    };
    addEventListener('keydown', onKeyDown);
    return () => {
      removeEventListener('keydown', onKeyDown);
      narrow.removeEventListener('change', close);
      menuButton.current?.focus();
    };
  }, [drawerOpen]);

  const { touch, refresh, forget } = threads;
  const onTurnStart = useCallback(
    (text: string) => {
      touch(place.stateKey, text);
      keep();
    },
    [touch, keep, place.stateKey],
  );
  const onTurnEnd = useCallback(
    (stored: number) => {
      // The server refused the first message: there is no such thread after all.
      if (stored === 0) forget(place.stateKey);
      void refresh();
    },
    [forget, refresh, place.stateKey],
  );

  async function deleteDoomed() {
    if (!doomed) return;
    setDoomed(undefined);
    setDeleteProblem(undefined);
    try {
      await deleteThread(session, doomed.stateKey);
      forget(doomed.stateKey);
      if (doomed.stateKey === place.stateKey) openNew();
      // The row that had the focus is gone.
      newButton.current?.focus();
    } catch (error) {
      setDeleteProblem(humane(error));
    }
  }

  return (
    <div className="workspace" data-drawer={drawerOpen ? 'open' : 'closed'}>
      <Sidebar
        newButton={newButton}
        name={session.name}
        threads={threads}
        current={place.isNew ? undefined : place.stateKey}
        problem={deleteProblem}
        onOpen={(stateKey) => {
          open(stateKey);
          setDrawerOpen(false);
        }}
        onNew={() => {
          openNew();
          setDrawerOpen(false);
        }}
        onDelete={setDoomed}
        onSignOut={onSignOut}
      />
      <button className="scrim" tabIndex={-1} aria-label="Close the thread list" onClick={() => setDrawerOpen(false)} />
      <main className="stage" inert={drawerOpen}>
        <header className="stage-head">
          <button
            ref={menuButton}
            className="icon menu"
            aria-label="Threads"
            aria-expanded={drawerOpen}
            aria-controls="threads"
            onClick={() => setDrawerOpen(true)}
          >
            <svg viewBox="0 0 24 24" aria-hidden="true">
              <path d="M4 7h16M4 12h16M4 17h10" />
            </svg>
          </button>
          <h1>{place.isNew ? 'New thread' : (title ?? 'Thread')}</h1>
        </header>
        <Conversation
          key={place.stateKey}
          session={session}
          stateKey={place.stateKey}
          isNew={place.isNew}
          onTurnStart={onTurnStart}
          onTurnEnd={onTurnEnd}
        />
      </main>
      {doomed && <DeleteDialog thread={doomed} onCancel={() => setDoomed(undefined)} onConfirm={deleteDoomed} />}
    </div>
  );
}
