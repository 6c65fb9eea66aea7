// A turn on a stored thread, for a route: where its user message goes, and what to do when somebody else was faster.

import type { UIMessage } from 'ai';
import { ThreadConflictError } from './port.ts';

/** How often a change is tried: whoever loses this often is not racing a second tab but a loop. */
const TRIES = 5;

/** Where a user message goes. */
export interface UserTurn<MESSAGE extends UIMessage = UIMessage> {
  /** What is to be appended to the thread: the message, or nothing when it repeats the last stored user message. */
  readonly added: MESSAGE[];
  /** What the executor is told: the stored messages, up to and with the user message. */
  readonly prompt: MESSAGE[];
}

/**
 * Places a user message behind the stored messages of its thread, by the rules of the worker's own chat route.
 *
 * A message that repeats the last stored user message (a retry, or the SDK's `regenerate`) is not added again, and the
 * prompt ends with it. A message under the id of another stored one (an edited message) is a new message under an id of
 * its own: MESSAGES_GROW_ONLY. Mask it first: it is compared with what is stored.
 */
export function userTurn<MESSAGE extends UIMessage>(stored: readonly MESSAGE[], message: MESSAGE): UserTurn<MESSAGE> {
  const last = stored.findLastIndex(({ role }) => role === 'user');
  const repeated = stored[last];
  if (repeated?.id === message.id && sameTexts(repeated, message)) return { added: [], prompt: stored.slice(0, last + 1) };
  const taken = stored.some(({ id }) => id === message.id);
  const added = taken ? { ...message, id: globalThis.crypto.randomUUID() } : message;
  return { added: [added], prompt: [...stored, added] };
}

/**
 * Runs a change that loads a thread and writes to it, and runs it anew when it meets a `thread_conflict`: somebody else
 * wrote in between. A thread that is in demand without end gives its last {@link ThreadConflictError} back.
 */
export async function retryConflicts<T>(change: () => Promise<T>): Promise<T> {
  for (let left = TRIES - 1; ; left -= 1) {
    try {
      return await change();
    } catch (error) {
      if (left === 0 || !(error instanceof ThreadConflictError) || error.code !== 'thread_conflict') throw error;
    }
  }
}

function sameTexts(a: UIMessage, b: UIMessage): boolean {
  const [one, other] = [textsOf(a), textsOf(b)];
  return one.length === other.length && one.every((text, at) => text === other[at]);
}

function textsOf(message: UIMessage): string[] {
  return message.parts.flatMap((part) => (part.type === 'text' ? [part.text] : []));
}
