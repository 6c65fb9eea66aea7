// Messages for the cases, in the form in which a store gives them back.

import type { UIMessage } from 'ai';

export function userMessage(id: string, text: string): UIMessage {
  return { id, role: 'user', parts: [{ type: 'text', text }] };
}

export function assistantMessage(id: string, text: string): UIMessage {
  return { id, role: 'assistant', parts: [{ type: 'step-start' }, { type: 'text', text, state: 'done' }] };
}

/** A conversation of this length; a longer one begins with the shorter. */
export function conversation(length: number): UIMessage[] {
  return Array.from({ length }, (_, at) => (at % 2 === 0 ? userMessage(`m${at}`, `question ${at}`) : assistantMessage(`m${at}`, `answer ${at}`)));
}

export function idsOf(messages: readonly UIMessage[]): string[] {
  return messages.map((message) => message.id);
}
