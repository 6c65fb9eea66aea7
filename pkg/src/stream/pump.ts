// The pump: takes an executor's events to their end, whether or not a client reads.

import type { UIMessage, UIMessageChunk } from 'ai';
import type { Finished } from '../accumulator.ts';
import { call, callIn, currentInstance, toJson } from '../core.ts';
import type { AiEvent, Ending, Problem } from '../event.ts';
import * as wasm from '../wasm/threadkeep.js';
import type { ChunkQueue } from './queue.ts';

/** A run at its end. */
export interface FinishedRun<MESSAGE extends UIMessage = UIMessage> {
  /** The message to store; `undefined` when nothing was said. It is not masked yet: see `maskMessages`. */
  readonly message: MESSAGE | undefined;
  readonly ending: Ending;
  /** What was wrong with events; the first 100. */
  readonly problems: readonly Problem[];
}

/** How a run is streamed. */
export interface StreamOptions<MESSAGE extends UIMessage = UIMessage> {
  /** The id of the message to come; a new one by default. */
  readonly messageId?: string;
  /** Goes into the message's metadata with the first chunk. */
  readonly metadata?: unknown;
  /**
   * PERSIST_AFTER_PUMP: called exactly once, after the events have ended and every usage fact was handed over, client or
   * no client. The last chunks are sent when it has settled: a client that sees the end finds the message stored. When
   * it throws, the client gets an error in their place.
   */
  readonly onFinish?: (run: FinishedRun<MESSAGE>) => unknown;
  /** USAGE_UNCHANGED: gets the fact of every `usage_report`, in order, one after the other. */
  readonly onUsage?: (fact: unknown) => unknown;
  /** Gets what `events`, `onFinish` or `onUsage` threw; `console.error` by default. No client ever sees it. */
  readonly onError?: (error: unknown) => void;
  /**
   * Keeps the platform from stopping the run when the response has ended: `after` of Next.js, `waitUntil` of
   * `@vercel/functions`, `ctx.waitUntil` of a Worker. A server of your own needs none.
   */
  readonly waitUntil?: (run: Promise<void>) => void;
}

/** Events as they come. */
export type Events = AsyncIterable<AiEvent> | Iterable<AiEvent>;

/** Starts a run; its chunks go into the queue. */
export function pump<MESSAGE extends UIMessage>(events: Events, options: StreamOptions<MESSAGE>, queue: ChunkQueue): void {
  const run = new Pump(options as StreamOptions, queue).run(events);
  options.waitUntil?.(run);
}

interface Pushed {
  readonly chunks: UIMessageChunk[];
  readonly usage?: unknown;
}

class Pump {
  readonly #options: StreamOptions;
  readonly #queue: ChunkQueue;
  readonly #inner: wasm.Accumulator;
  readonly #instance: number;
  /** WebAssembly died on the way: the message is lost, the usage facts are not. */
  #broken = false;
  /** The chunks of the event that ended the run: they wait for `onFinish`. */
  #last: UIMessageChunk[] = [];
  #usage: Promise<void> = Promise.resolve();

  constructor(options: StreamOptions, queue: ChunkQueue) {
    this.#options = options;
    this.#queue = queue;
    const metadata = options.metadata === undefined ? undefined : toJson(options.metadata);
    this.#inner = call(() => new wasm.Accumulator(options.messageId ?? wasm.createStateKey(), metadata, false));
    this.#instance = currentInstance();
  }

  /** Never rejects. */
  async run(events: Events): Promise<void> {
    try {
      this.#queue.add(this.#enter((inner) => inner.start()) ?? []);
      for await (const event of events) this.#push(event);
    } catch (error) {
      this.#tell(error);
      this.#push({ type: 'error', error: 'upstream_interrupted' });
    }
    const finished = this.#enter<Finished>((inner) => inner.finish());
    await this.#usage;
    try {
      const { message, ending, problems } = finished ?? { message: undefined, ending: 'failed', problems: [] };
      await this.#options.onFinish?.({ message, ending, problems });
      if (finished === undefined) this.#fail();
      else this.#queue.add([...this.#last, ...(finished.chunks as UIMessageChunk[])]);
    } catch (error) {
      this.#tell(error);
      this.#fail();
    }
    this.#queue.end();
  }

  #push(event: AiEvent): void {
    const json = toJson(event);
    const pushed: Pushed | undefined = this.#enter((inner) => inner.push(json));
    if (pushed !== undefined) {
      const ends = pushed.chunks.some((chunk) => chunk.type === 'finish' || chunk.type === 'error');
      if (ends) this.#last = pushed.chunks;
      else this.#queue.add(pushed.chunks);
      if ('usage' in pushed) this.#report(pushed.usage);
    } else if (event?.type === 'usage_report') {
      this.#report(event.fact);
    }
  }

  #enter<T>(use: (inner: wasm.Accumulator) => T): T | undefined {
    if (this.#broken) return undefined;
    try {
      return callIn(this.#instance, () => use(this.#inner));
    } catch (error) {
      this.#broken = true;
      this.#tell(error);
      return undefined;
    }
  }

  #report(fact: unknown): void {
    this.#usage = this.#usage.then(() => this.#options.onUsage?.(fact)).then(undefined, (error) => this.#tell(error)) as Promise<void>;
  }

  #fail(): void {
    this.#queue.add([{ type: 'error', errorText: call(() => wasm.publicErrorText('internal')) }]);
  }

  #tell(error: unknown): void {
    try {
      (this.#options.onError ?? console.error)(error);
    } catch (second) {
      console.error(second);
    }
  }
}
