// The pump: takes an executor's events to their end, whether or not a client reads.

import type { UIMessage, UIMessageChunk } from 'ai';
import type { Finished } from '../accumulator.ts';
import { call, callIn, currentInstance, toJson } from '../core.ts';
import type { AiEvent, Ending, Problem } from '../event.ts';
import { readId, readOptions } from '../input.ts';
import { tell } from '../tell.ts';
import { isUsageReport, USAGE_REPORT } from '../usage.ts';
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
  /**
   * USAGE_UNCHANGED: gets the fact of every `usage_report`, the very value, in order, one after the other. A run whose
   * WebAssembly dies hands over all of them, too.
   */
  readonly onUsage?: (fact: unknown) => unknown;
  /**
   * Gets what `events`, `onFinish`, `onUsage` or `waitUntil` threw; `console.error` by default. No client ever sees it.
   * What it throws itself, or rejects with, is told to the console.
   */
  readonly onError?: (error: unknown) => unknown;
  /**
   * Keeps the platform from stopping the run when the response has ended: `after` of Next.js, `waitUntil` of
   * `@vercel/functions`; in a Worker `(run) => ctx.waitUntil(run)`, not the bare method, which needs its `ctx`. A server of
   * your own needs none. When it throws, the run goes on, and is told of.
   *
   * A Worker has 30 seconds from the end of the response, or from the moment its client has left: a longer run belongs into
   * a Durable Object, or behind a queue.
   */
  readonly waitUntil?: (run: Promise<void>) => unknown;
}

/** Events as they come. */
export type Events = AsyncIterable<AiEvent> | Iterable<AiEvent>;

/** Starts a run; its chunks go into the queue. */
export function pump<MESSAGE extends UIMessage>(events: Events, options: StreamOptions<MESSAGE>, queue: ChunkQueue): void {
  const pump = new Pump(readOptions(options) as StreamOptions, queue);
  pump.waitFor(pump.run(events));
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
  /** Errors on their way to `onError`. */
  #told: Promise<unknown> = Promise.resolve();
  /** What a client sees of a run that failed. Asked for while WebAssembly is well. */
  readonly #failure: string;

  constructor(options: StreamOptions, queue: ChunkQueue) {
    this.#options = options;
    this.#queue = queue;
    const metadata = options.metadata === undefined ? undefined : toJson(options.metadata);
    const messageId = readId(options.messageId ?? call(() => wasm.createStateKey()));
    this.#failure = call(() => wasm.publicErrorText('internal'));
    this.#inner = call(() => new wasm.Accumulator(messageId, metadata, false));
    this.#instance = currentInstance();
  }

  /** Never rejects, and always ends the queue. */
  async run(events: Events): Promise<void> {
    try {
      await this.#run(events);
    } catch (error) {
      this.#tell(error);
    } finally {
      this.#queue.end();
      await this.#told;
    }
  }

  /** Gives the run to the platform. It has started: whatever happens here does not stop it. */
  waitFor(run: Promise<void>): void {
    try {
      this.#options.waitUntil?.(run);
    } catch (error) {
      this.#tell(error);
    }
  }

  async #run(events: Events): Promise<void> {
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
  }

  #push(event: AiEvent): void {
    if (isUsageReport(event)) {
      this.#enter((inner) => inner.push(USAGE_REPORT));
      // Also when WebAssembly has died: what was used is to be paid.
      return this.#report(event.fact);
    }
    const json = toJson(event);
    const pushed: Pushed | undefined = this.#enter((inner) => inner.push(json));
    if (pushed === undefined) return;
    const ends = pushed.chunks.some((chunk) => chunk.type === 'finish' || chunk.type === 'error');
    if (ends) this.#last = pushed.chunks;
    else this.#queue.add(pushed.chunks);
    if ('usage' in pushed) this.#report(pushed.usage);
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
    this.#queue.add([{ type: 'error', errorText: this.#failure }]);
  }

  #tell(error: unknown): void {
    const told = tell(error, this.#options.onError);
    this.#told = this.#told.then(() => told);
  }
}
