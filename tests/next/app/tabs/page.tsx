import { redirect } from 'next/navigation';
import { toThreadId, type Scope } from 'threadkeep/scoped-threads';
import { Tabs } from '@/components/tabs';
import { sessionUser } from '@/lib/session';
import { PROJECT } from '@/lib/specs';
import { workerUrl } from '@/lib/worker';
import '../specs/specs.css';

/** Two threads of the project, one at a time. */
export default async function TabsPage() {
  const user = await sessionUser();
  if (user === undefined) redirect('/sign-in');
  const tabs = ['first', 'second'].map((scopeId) => {
    const scope: Scope = { projectId: PROJECT, scopeType: 'tab', scopeId };
    return { scope, threadId: toThreadId(scope) };
  });
  return <Tabs user={user} workerUrl={workerUrl()} tabs={tabs} />;
}
