'use client';

import { useRouter } from 'next/navigation';
import { signOut } from '@/app/sign-in/actions';
import { Conversation } from './conversation';
import { ThreadList } from './thread-list';
import { useThreads } from './use-threads';

interface Props {
  readonly user: string;
  readonly stateKey: string;
}

/** The signed-in page: the list of threads beside one conversation. */
export function Workspace({ user, stateKey }: Props) {
  const router = useRouter();
  const threads = useThreads();
  const title = threads.rows?.find((row) => row.stateKey === stateKey)?.title;
  const startThread = () => router.push(`/chat/${crypto.randomUUID()}`);

  async function remove(doomed: string) {
    const gone = await threads.remove(doomed);
    if (gone && doomed === stateKey) startThread();
  }

  return (
    <div className="workspace">
      <aside className="sidebar">
        <button onClick={startThread}>New thread</button>
        <ThreadList threads={threads} current={stateKey} onDelete={remove} />
        <form className="who" action={signOut}>
          <span className="cut">{user}</span>
          <button className="quiet">Sign out</button>
        </form>
      </aside>
      <main className="stage">
        <h1 className="cut">{title ?? 'New thread'}</h1>
        <Conversation key={stateKey} stateKey={stateKey} onChange={threads.refresh} />
      </main>
    </div>
  );
}
