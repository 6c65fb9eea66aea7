import type { UIMessage } from 'ai';
import { createAssistantStreamResponse } from 'assistant-stream';
import { createAccumulator, maskMessages, type AiEvent } from 'threadkeep';

interface Turn {
  readonly messageId: string;
  readonly bill: (fact: unknown) => void;
  readonly save: (messages: UIMessage[]) => Promise<void>;
}

/** What its clients read is as it was; the three lines with `accumulator` are new. */
export function answer(events: AsyncIterable<AiEvent>, { messageId, bill, save }: Turn): Response {
  return createAssistantStreamResponse(async (controller) => {
    const accumulator = createAccumulator({ messageId, onUsage: bill });
    for await (const event of events) {
      accumulator.push(event);
      if (event.type === 'text_delta') controller.appendText(event.delta);
    }
    const message = accumulator.finish();
    if (message !== undefined) await save(maskMessages([message]));
  });
}
