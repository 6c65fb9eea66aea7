// A run as a stream that a client reads.

import type { UIMessage, UIMessageChunk } from 'ai';
import { readOptions } from '../input.ts';
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

/** How chunks get into a stream. */
export interface Writer<T> {
  readonly write: (chunks: UIMessageChunk[], controller: ReadableStreamDefaultController<T>) => void;
  /** Writes what stands behind the last chunk. */
  readonly end?: (controller: ReadableStreamDefaultController<T>) => void;
}

/** A run's chunks as a response. */
export function respond<MESSAGE extends UIMessage>(
  events: Events,
  options: ResponseOptions<MESSAGE>,
  defaults: Record<string, string>,
  format: Format,
): Response {
  const { status = 200, headers: given } = readOptions(options);
  const headers = new Headers(given);
  for (const [name, value] of Object.entries(defaults)) if (!headers.has(name)) headers.set(name, value);
  const encoder = new TextEncoder();
  const queue = new ChunkQueue();
  const body = read<Uint8Array>(queue, {
    write: (chunks, controller) => controller.enqueue(encoder.encode(format.encode(chunks))),
    end: (controller) => controller.enqueue(encoder.encode(format.end)),
  });
  // Before the run starts: a status or a header that makes no response must not cost one.
  const response = new Response(body, { status, headers });
  pump(events, options, queue);
  return response;
}

/** A run's chunks as a stream. */
export function stream<T, MESSAGE extends UIMessage>(events: Events, options: StreamOptions<MESSAGE>, writer: Writer<T>): ReadableStream<T> {
  const queue = new ChunkQueue();
  pump(events, options, queue);
  return read(queue, writer);
}

function read<T>(queue: ChunkQueue, { write, end }: Writer<T>): ReadableStream<T> {
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
