// A chat turn: load → append the user message → map → execute → stream and accumulate → mask → persist.
// The body of a stock `useChat` in, the AI SDK's stream out; the server is the only author of the thread.

import type { UIMessage } from 'ai';
import { after } from 'next/server';
import {
  createStateKey,
  isStateKey,
  lastUserMessage,
  maskMessages,
  retryConflicts,
  toOpenAiMessages,
  toUIMessageStreamResponse,
  userTurn,
  type ThreadAddress,
} from 'threadkeep';
import { recordUsage } from '@/lib/billing';
import { answerError } from '@/lib/errors';
import { runGraph } from '@/lib/graph';
import { sessionUser, unauthenticated } from '@/lib/session';
import { threadStore } from '@/lib/store';

export async function POST(request: Request): Promise<Response> {
  const owner = await sessionUser();
  if (owner === undefined) return unauthenticated();
  try {
    const body = await request.json().catch(() => undefined);
    const question = lastUserMessage(body); // all that is read of the client's messages
    const stateKey: string = body.stateKey ?? (isStateKey(body.id) ? body.id : createStateKey());
    const thread = { owner, stateKey };
    const prompt = await begin(thread, question);
    return toUIMessageStreamResponse(runGraph(toOpenAiMessages(prompt)), {
      headers: { 'X-State-Key': stateKey },
      onUsage: (fact) => recordUsage({ owner, stateKey, fact }),
      onFinish: ({ message }) => message && finish(thread, prompt, message), // client or no client
      waitUntil: after,
    });
  } catch (error) {
    return answerError(error);
  }
}

/** Load, append the user message: the prompt is what is stored then. */
function begin(thread: ThreadAddress, question: UIMessage): Promise<UIMessage[]> {
  return retryConflicts(async () => {
    const { messages } = await threadStore().loadThread(thread);
    const { added, prompt } = userTurn(messages, maskMessages([question])[0]!);
    // The reply needs room too: without it, the turn is refused before it starts.
    await threadStore().appendMessages({ ...thread, messages: added, expectedMessageCount: messages.length, reserve: 1 });
    return prompt;
  });
}

/** Mask, append the reply. A thread that was deleted meanwhile stays deleted. */
function finish(thread: ThreadAddress, prompt: UIMessage[], reply: UIMessage): Promise<void> {
  return retryConflicts(async () => {
    const { messages } = await threadStore().loadThread(thread);
    if (!messages.some(({ id }) => id === prompt.at(-1)?.id)) return;
    const append = { messages: maskMessages([reply]), expectedMessageCount: messages.length, idempotencyKey: reply.id };
    await threadStore().appendMessages({ ...thread, ...append });
  });
}
