import { notFound, redirect } from 'next/navigation';
import { isStateKey } from 'threadkeep';
import { Workspace } from '@/components/workspace';
import { sessionUser } from '@/lib/session';

interface Props {
  readonly params: Promise<{ stateKey: string }>;
}

export default async function ChatPage({ params }: Props) {
  const user = await sessionUser();
  if (user === undefined) redirect('/sign-in');
  const { stateKey } = await params;
  if (!isStateKey(stateKey)) notFound();
  return <Workspace user={user} stateKey={stateKey} />;
}
