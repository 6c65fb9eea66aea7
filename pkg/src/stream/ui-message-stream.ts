// The AI SDK's own stream, for the stock clients: `useChat`, `readUIMessageStream`.

import type { UIMessage, UIMessageChunk } from 'ai';
import { pump, type Events, type StreamOptions } from './pump.ts';
import { ChunkQueue } from './queue.ts';

/** How a run is answered. */
export interface ResponseOptions<MESSAGE extends UIMessage = UIMessage> extends StreamOptions<MESSAGE> {
  readonly headers?: HeadersInit;
  /** 200 by default. */
  readonly status?: number;
}

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
  return stream(events, options, (chunks, controller) => {
    for (const chunk of chunks) controller.enqueue(chunk);
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

/** How chunks are written. */
export interface Format {
  readonly encode: (chunks: readonly UIMessageChunk[]) => string;
  /** What stands after the last chunk. */
  readonly end: string;
}

/** A run's chunks as a response. */
export function respond<MESSAGE extends UIMessage>(
  events: Events,
  options: ResponseOptions<MESSAGE>,
  defaults: Record<string, string>,
  format: Format,
): Response {
  const headers = new Headers(options.headers);
  for (const [name, value] of Object.entries(defaults)) if (!headers.has(name)) headers.set(name, value);
  const encoder = new TextEncoder();
  const body = stream<Uint8Array, MESSAGE>(
    events,
    options,
    (chunks, controller) => controller.enqueue(encoder.encode(format.encode(chunks))),
    (controller) => controller.enqueue(encoder.encode(format.end)),
  );
  return new Response(body, { status: options.status ?? 200, headers });
}

function stream<T, MESSAGE extends UIMessage>(
  events: Events,
  options: StreamOptions<MESSAGE>,
  write: (chunks: UIMessageChunk[], controller: ReadableStreamDefaultController<T>) => void,
  end?: (controller: ReadableStreamDefaultController<T>) => void,
): ReadableStream<T> {
  const queue = new ChunkQueue();
  pump(events, options, queue);
  return new ReadableStream<T>(
    {
      async pull(controller) {
        const chunks = await queue.take();
        if (chunks !== undefined) return write(chunks, controller);
        end?.(controller);
        controller.close();
      },
      cancel: () => queue.leave(),
    },
    // What waits, waits in the queue, where it is bounded.
    { highWaterMark: 0 },
  );
}
