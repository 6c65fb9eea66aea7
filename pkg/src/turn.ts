// A turn on a stored thread, for a route: where its user message goes, and what to do when somebody else was faster.

import type { UIMessage } from 'ai';
import { ThreadConflictError } from './port.ts';

/** How often a change is tried: whoever loses this often is not racing other tabs but a loop. */
const TRIES = 10;

/** Longest pause before the second try, in milliseconds: about one write. It doubles with each, so that rivals spread. */
const FIRST_PAUSE_MS = 10;

/** Longest pause of all: nine of them stay within two seconds, and somebody is waiting. */
const LONGEST_PAUSE_MS = 400;

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
 * wrote in between. Ten times at most, after random pauses that grow; then the last {@link ThreadConflictError} comes out.
 */
export async function retryConflicts<T>(change: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await change();
    } catch (error) {
      if (tried === TRIES || !(error instanceof ThreadConflictError) || error.code !== 'thread_conflict') throw error;
    }
    await pause(Math.min(FIRST_PAUSE_MS * 2 ** (tried - 1), LONGEST_PAUSE_MS));
  }
}

/** Random: rivals that wait equally long meet again. */
function pause(longestMs: number): Promise<void> {
  return new Promise((wake) => setTimeout(wake, Math.random() * longestMs));
}

function sameTexts(a: UIMessage, b: UIMessage): boolean {
  const [one, other] = [textsOf(a), textsOf(b)];
  return one.length === other.length && one.every((text, at) => text === other[at]);
}

function textsOf(message: UIMessage): string[] {
  return message.parts.flatMap((part) => (part.type === 'text' ? [part.text] : []));
}
