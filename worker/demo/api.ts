/** The public routes that the AI SDK's transport does not call itself. All throw a `Refusal` when the worker says no. */
import type { UIMessage } from 'ai';
import { refusalOf } from './errors.ts';
import type { Session } from './session.ts';

/** Base of the chat routes; the stock transport derives `{CHAT_API}/{stateKey}/stream` from it to resume. */
export const CHAT_API = '/api/v1/ai/chat';

const THREADS_API = '/api/v1/ai/threads';

/** One row of the thread list. `updatedAt` is ISO 8601. */
export interface ThreadSummary {
  stateKey: string;
  title?: string;
  updatedAt: string;
  messageCount: number;
}

export interface ThreadPage {
  threads: ThreadSummary[];
  nextCursor?: string;
}

/** What a `status` event of the run says while it lasts; never stored. */
export interface RunStatus {
  phase: string;
  label?: string;
}

/** Messages as this page knows them. `status` is there when the reply did not come to its end. */
export type ChatMessage = UIMessage<{ status?: 'aborted' | 'error' } | undefined, { status: RunStatus }>;

/** The words of a message, without its reasoning and tools. */
export function textOf(message: ChatMessage): string {
  return message.parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
}

/** One page of the caller's threads, newest first. */
export async function listThreads(session: Session, limit: number, cursor?: string): Promise<ThreadPage> {
  const query = new URLSearchParams({ limit: String(limit) });
  if (cursor !== undefined) query.set('cursor', cursor);
  return answer<ThreadPage>(await session.fetch(`${THREADS_API}?${query}`));
}

/** The stored messages; a thread that does not exist is an empty one. While a turn runs they end with its question. */
export async function loadThread(session: Session, stateKey: string): Promise<ChatMessage[]> {
  const thread = await answer<{ messages: ChatMessage[] }>(await session.fetch(threadUrl(stateKey)));
  return thread.messages;
}

export async function deleteThread(session: Session, stateKey: string): Promise<void> {
  await answer(await session.fetch(threadUrl(stateKey), { method: 'DELETE' }));
}

/** Ends the running turn on the server, which keeps what was said so far. `false`: no turn was running. */
export async function stopTurn(session: Session, stateKey: string): Promise<boolean> {
  const url = `${CHAT_API}/${encodeURIComponent(stateKey)}/stop`;
  const { stopped } = await answer<{ stopped: boolean }>(await session.fetch(url, { method: 'POST' }));
  return stopped;
}

function threadUrl(stateKey: string): string {
  return `${THREADS_API}/${encodeURIComponent(stateKey)}`;
}

async function answer<T = unknown>(response: Response): Promise<T> {
  if (!response.ok) throw await refusalOf(response);
  return (await response.json()) as T;
}
