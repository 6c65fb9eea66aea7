'use server';

// Thin on purpose: an action can be called by any page, so each asks who is signed in, and the worker what they may.

import type { UIMessage } from 'ai';
import { fromThreadId, toThreadId, type Item } from 'threadkeep/scoped-threads';
import { sessionUser } from '@/lib/session';
import { threadsOf, workerTokenOf } from '@/lib/worker';

/** The thread of a spec, by the id that the other actions take. */
export async function getOrCreateSpecThread(projectId: string, specSlug: string): Promise<string> {
  const user = await signedIn();
  const thread = await (await threadsOf(user)).getOrCreate(user, { projectId, scopeType: 'spec', scopeId: specSlug });
  return toThreadId(thread.scope);
}

/** Adds a message without a turn. */
export async function appendMessage(threadId: string, role: UIMessage['role'], parts: UIMessage['parts']): Promise<Item> {
  const user = await signedIn();
  return (await threadsOf(user)).append(user, fromThreadId(threadId), { role, parts });
}

/** What the page shows of a thread. */
export async function listThreadMessages(threadId: string): Promise<UIMessage[]> {
  const user = await signedIn();
  const threads = await threadsOf(user);
  const messages: UIMessage[] = [];
  for (let after: number | undefined; ; ) {
    const page = await threads.items(user, fromThreadId(threadId), { limit: 100, visibility: 'visible', ...(after === undefined ? {} : { after }) });
    messages.push(...page.items);
    if (page.nextAfter === undefined) return messages;
    after = page.nextAfter;
  }
}

/** The token with which the page of the signed-in user talks to the worker. */
export async function workerToken(): Promise<string> {
  return workerTokenOf(await signedIn());
}

async function signedIn(): Promise<string> {
  const user = await sessionUser();
  if (user === undefined) throw new Error('sign in first');
  return user;
}
