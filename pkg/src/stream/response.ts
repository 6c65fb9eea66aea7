// A run as a stream that a client reads.

import type { UIMessage, UIMessageChunk } from 'ai';
import { pump, type Events, type StreamOptions } from './pump.ts';
import { ChunkQueue } from './queue.ts';

export type { Events } from './pump.ts';

/** How a run is answered. */
export interface ResponseOptions<MESSAGE extends UIMessage = UIMessage> extends StreamOptions<MESSAGE> {
  /** Come before those of the format. */
  readonly headers?: HeadersInit;
  /** 200 by default. */
  readonly status?: number;
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

/** A run's chunks, written by `write`, with `end` behind the last one. */
export function stream<T, MESSAGE extends UIMessage>(
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
