// `createAccumulator`: folds one run's events into the message to store.

import type { UIMessage } from 'ai';
import { call, callIn, currentInstance, toJson } from './core.ts';
import { ThreadkeepError } from './error.ts';
import type { AiEvent, Ending, Problem } from './event.ts';
import { readId, readOptions } from './input.ts';
import { tell } from './tell.ts';
import { isUsageReport, USAGE_REPORT } from './usage.ts';
import { Waiting } from './waiting.ts';
import { Accumulator as Inner } from './wasm/threadkeep.js';

/** What an accumulator needs to know. */
export interface AccumulatorOptions {
  /** The id of the message to come. */
  readonly messageId: string;
  /** Goes into the message's metadata. */
  readonly metadata?: unknown;
  /** How the bytes for `pushBytes` are framed; lines of JSON by default. */
  readonly framing?: 'ndjson' | 'sse';
  /**
   * USAGE_UNCHANGED: gets the fact of every `usage_report`, in order; of an event that is pushed, the very same value. What
   * it throws comes out of the call it was in, after that call has done all else, further facts included. Nobody waits for
   * a promise that it gives: what that rejects with goes to `onError`.
   */
  readonly onUsage?: (fact: unknown) => unknown;
  /** Gets what an async `onUsage` rejects with; `console.error` by default. */
  readonly onError?: (error: unknown) => unknown;
}

/**
 * Folds one run's events into a message. Its memory is freed by `finish`, by `using`, or with the object itself.
 *
 * After `finish`, or once it is disposed of, it throws `already_finished`. When WebAssembly has died on the way, it throws
 * `internal`, as does every other accumulator that was open then; what is started from then on has a new instance.
 */
export interface Accumulator<MESSAGE extends UIMessage = UIMessage> {
  /** Takes one event. What is no event is a problem, not an error. */
  push(event: AiEvent): void;
  /** Takes bytes of the executor's own stream as they come, cut anywhere. Much quicker than decoding them first. */
  pushBytes(bytes: Uint8Array): void;
  /**
   * Ends the run and gives the message; `undefined` when nothing was said. A run that stopped without `done` or `error`
   * is closed as aborted: open blocks closed, pending tool calls failed, metadata `status: "aborted"`.
   */
  finish(): MESSAGE | undefined;
  /** The message so far. */
  readonly message: MESSAGE;
  /** What was wrong so far; the first 100. */
  readonly problems: readonly Problem[];
  /** How the run ended; `undefined` before `finish`. */
  readonly ending: Ending | undefined;
  /** Frees its memory. Never throws. */
  [Symbol.dispose](): void;
}

/**
 * Starts a run.
 *
 * @throws {ThreadkeepError} `invalid_request` without a `messageId`, or when `metadata` is no JSON.
 */
export function createAccumulator<MESSAGE extends UIMessage = UIMessage>(options: AccumulatorOptions): Accumulator<MESSAGE> {
  return new Run(options) as Run & Accumulator<MESSAGE>;
}

/** What `finish` of the core gives. */
export interface Finished {
  readonly chunks: unknown[];
  readonly message?: UIMessage;
  readonly ending: Ending;
  readonly usage?: unknown[];
  readonly problems: readonly Problem[];
}

type Delta = 'text_delta' | 'reasoning_delta';

/** Most bytes that cross at once: what is copied into WebAssembly's memory makes it grow for good. */
const MAX_CROSSING_BYTES = 1024 * 1024;

class Run {
  readonly #onUsage: AccumulatorOptions['onUsage'];
  readonly #onError: AccumulatorOptions['onError'];
  readonly #instance: number;
  #inner: Inner | undefined;
  #finished: Finished | undefined;
  /** Successive deltas of one kind that have not crossed yet, in UTF-8. */
  readonly #waiting = new Waiting();
  #kind: Delta = 'text_delta';

  constructor(options: AccumulatorOptions) {
    const { messageId, metadata, framing, onUsage, onError } = readOptions(options);
    const id = readId(messageId);
    const json = metadata === undefined ? undefined : toJson(metadata);
    this.#inner = call(() => new Inner(id, json, framing === 'sse'));
    this.#instance = currentInstance();
    this.#onUsage = onUsage;
    this.#onError = onError;
  }

  push(event: AiEvent): void {
    const type = event?.type;
    if ((type === 'text_delta' || type === 'reasoning_delta') && typeof event.delta === 'string') {
      if (type === this.#kind && this.#waiting.add(event.delta)) return;
      // So many bytes can come with no other result than their text: within them, together is the same as one by one.
      this.#waiting.open(this.#enter((inner) => inner.room));
      this.#kind = type;
      if (this.#waiting.add(event.delta)) return;
    }
    if (isUsageReport(event)) return this.#pushUsage(event.fact);
    const json = toJson(event);
    this.#report(this.#enter((inner) => inner.fold(json)) ?? []);
  }

  pushBytes(bytes: Uint8Array): void {
    if (!ArrayBuffer.isView(bytes)) throw new ThreadkeepError('invalid_request');
    const facts: unknown[][] = [];
    try {
      for (let at = 0; at < bytes.byteLength; at += MAX_CROSSING_BYTES) {
        const length = Math.min(MAX_CROSSING_BYTES, bytes.byteLength - at);
        const piece = new Uint8Array(bytes.buffer, bytes.byteOffset + at, length);
        facts.push(this.#enter((inner) => inner.foldBytes(piece)) ?? []);
      }
    } finally {
      this.#report(facts.flat());
    }
  }

  finish(): UIMessage | undefined {
    if (this.#finished === undefined) {
      const finished: Finished = this.#enter((inner) => inner.finish());
      this.#finished = finished;
      this.#inner = undefined;
      this.#report(finished.usage ?? []);
    }
    return this.#finished.message;
  }

  get message(): UIMessage {
    return this.#enter((inner) => inner.message);
  }

  get problems(): readonly Problem[] {
    return this.#finished?.problems ?? this.#enter((inner) => inner.problems);
  }

  get ending(): Ending | undefined {
    return this.#finished?.ending;
  }

  dispose(): void {
    const inner = this.#inner;
    this.#inner = undefined;
    // What waits goes with it, and no delta waits any more.
    this.#waiting.close();
    if (inner === undefined) return;
    try {
      callIn(this.#instance, () => inner.free());
    } catch {
      // The instance has died: its memory has gone with it.
    }
  }

  #enter<T>(use: (inner: Inner) => T): T {
    this.#cross();
    const inner = this.#inner;
    if (inner === undefined) throw new ThreadkeepError('already_finished');
    return callIn(this.#instance, () => use(inner));
  }

  #pushUsage(fact: unknown): void {
    try {
      this.#enter((inner) => inner.fold(USAGE_REPORT));
    } finally {
      // Also when WebAssembly has died: what was used is to be paid.
      if (this.#inner !== undefined) this.#report([fact]);
    }
  }

  #cross(): void {
    const { deltas } = this.#waiting;
    const bytes = this.#waiting.close();
    const inner = this.#inner;
    if (deltas === 0 || inner === undefined) return;
    callIn(this.#instance, () => inner.foldDeltas(this.#kind === 'reasoning_delta', bytes, deltas));
  }

  /** Hands over every fact, and throws the first error then. */
  #report(facts: readonly unknown[]): void {
    const errors: unknown[] = [];
    for (const fact of facts) {
      try {
        const given = this.#onUsage?.(fact);
        if (isPromise(given)) given.then(undefined, (error: unknown) => tell(error, this.#onError));
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}

// Not a method of the class: where there is no `Symbol.dispose`, its name would be "undefined".
if (Symbol.dispose) Object.defineProperty(Run.prototype, Symbol.dispose, { value: Run.prototype.dispose });
