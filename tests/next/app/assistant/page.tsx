import { redirect } from 'next/navigation';
import { Assistant } from '@/components/assistant';
import { sessionUser } from '@/lib/session';
import { workerUrl } from '@/lib/worker';

/** assistant-ui's own components on the worker. */
export default async function AssistantPage() {
  const user = await sessionUser();
  if (user === undefined) redirect('/sign-in');
  return <Assistant user={user} workerUrl={workerUrl()} />;
}
