import { marked } from 'marked';
import { notFound, redirect } from 'next/navigation';
import { SpecChat } from '@/components/spec-chat';
import { sessionUser } from '@/lib/session';
import { PROJECT, readSpec } from '@/lib/specs';
import { threadsOfServer, workerUrl } from '@/lib/worker';
import { fromThreadId } from 'threadkeep/scoped-threads';
import { getOrCreateSpecThread, listThreadMessages } from '../actions';
import '../specs.css';

interface Props {
  readonly params: Promise<{ slug: string[] }>;
}

/** A spec from disk, and the project's chat about it. */
export default async function SpecPage({ params }: Props) {
  const user = await sessionUser();
  if (user === undefined) redirect('/sign-in');
  const slug = (await params).slug.map(decodeURIComponent);
  const documents = await readSpec(slug);
  if (documents.length === 0) notFound();
  const threadId = await getOrCreateSpecThread(PROJECT, slug.join('/'));
  const scope = fromThreadId(threadId);
  // What the model is told is what the page shows.
  await threadsOfServer().setContext(user, scope, documents);
  const messages = await listThreadMessages(threadId);
  return (
    <main className="spec-page">
      <article className="spec" aria-label="Spec">
        {documents.map(({ name, text }) => (
          // The app's own files, not what somebody wrote in a browser.
          <section key={name} dangerouslySetInnerHTML={{ __html: marked.parse(text, { async: false }) }} />
        ))}
      </article>
      <SpecChat user={user} threadId={threadId} scope={scope} workerUrl={workerUrl()} stored={messages} />
    </main>
  );
}
