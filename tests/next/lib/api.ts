// The app's own routes, as the page calls them.

import type { UIMessage } from 'ai';
import type { Thread, ThreadPage } from 'threadkeep';

const THREADS = '/api/v1/ai/threads';

/** The route said no; `code` is its reason. */
export class Refusal extends Error {
  readonly code: string | undefined;

  constructor(code: string | undefined) {
    super(code);
    this.code = code;
  }
}

export async function loadMessages(stateKey: string): Promise<UIMessage[]> {
  return ((await ask(`${THREADS}/${stateKey}`)) as Thread).messages;
}

export async function listThreads(cursor?: string): Promise<ThreadPage> {
  return (await ask(cursor === undefined ? THREADS : `${THREADS}?${new URLSearchParams({ cursor })}`)) as ThreadPage;
}

export async function deleteThread(stateKey: string): Promise<void> {
  await ask(`${THREADS}/${stateKey}`, 'DELETE');
}

async function ask(path: string, method = 'GET'): Promise<unknown> {
  const response = await fetch(path, { method });
  const text = await response.text();
  if (!response.ok) throw new Refusal(codeOf(text));
  return JSON.parse(text);
}

const WORDS: Record<string, string> = {
  unauthenticated: 'You are signed out. Sign in again.',
  thread_full: 'This thread has reached its limit. Start a new one.',
  thread_conflict: 'This thread was written to from elsewhere. Load it again.',
  message_too_long: 'The message is too long.',
  no_user_message: 'The message is empty.',
};

/** An error in words. A refused chat request has the route's answer as its message. */
export function inWords(error: unknown): string {
  const code = error instanceof Refusal ? error.code : error instanceof Error ? codeOf(error.message) : undefined;
  if (code !== undefined && Object.hasOwn(WORDS, code)) return WORDS[code]!;
  if (error instanceof TypeError) return 'The connection was lost.';
  return code === undefined && error instanceof Error && !(error instanceof Refusal) ? error.message : 'Something went wrong.';
}

function codeOf(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { error?: { code?: string } }).error?.code;
  } catch {
    return undefined;
  }
}
