// The AI SDK's own stream, for the stock clients: `useChat`, `readUIMessageStream`.

import type { UIMessage, UIMessageChunk } from 'ai';
import type { Events, StreamOptions } from './pump.ts';
import { respond, stream, type ResponseOptions } from './response.ts';

/** What the SDK's own responses carry; headers of the caller come before. */
const UI_MESSAGE_STREAM_HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache',
  connection: 'keep-alive',
  'x-vercel-ai-ui-message-stream': 'v1',
  'x-accel-buffering': 'no',
};

/**
 * An executor's events as the AI SDK's chunks. The run starts at once and goes to its end, whoever reads: a slow reader
 * gets deltas together, and one that cancels stops nothing.
 */
export function toUIMessageStream<MESSAGE extends UIMessage = UIMessage>(
  events: Events,
  options: StreamOptions<MESSAGE> = {},
): ReadableStream<UIMessageChunk> {
  return stream(events, options, {
    write: (chunks, controller) => {
      for (const chunk of chunks) controller.enqueue(chunk);
    },
  });
}

/** The same as a `Response` that `useChat` reads: server-sent events, AIEVENT_NEVER_VERBATIM. */
export function toUIMessageStreamResponse<MESSAGE extends UIMessage = UIMessage>(
  events: Events,
  options: ResponseOptions<MESSAGE> = {},
): Response {
  return respond(events, options, UI_MESSAGE_STREAM_HEADERS, {
    encode: (chunks) => chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join(''),
    end: 'data: [DONE]\n\n',
  });
}
