// Messages, and short words for what is stored.

import type { UIMessage } from 'ai';
import type { ThreadAddress, ThreadPersistencePort } from '../../../pkg/dist/index.js';

export function userMessage(id: string, text: string): UIMessage {
  return { id, role: 'user', parts: [{ type: 'text', text }] };
}

/** A conversation of this length; a longer one begins with the shorter. */
export function conversation(length: number): UIMessage[] {
  return Array.from({ length }, (_, at) =>
    at % 2 === 0 ? userMessage(`m${at}`, `question ${at}`) : { id: `m${at}`, role: 'assistant', parts: [{ type: 'text', text: `answer ${at}`, state: 'done' }] },
  );
}

export async function idsOf(store: ThreadPersistencePort, address: ThreadAddress): Promise<string[]> {
  return (await store.loadThread(address)).messages.map((message) => message.id);
}
