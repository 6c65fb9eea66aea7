// The reducer: a stream of chunks as the message that a client builds of it.

import type { UIMessage, UIMessageChunk } from 'ai';
import { call, toJson } from './core.ts';
import { readOptions, readText } from './input.ts';
import * as wasm from './wasm/threadkeep.js';

export interface FoldOptions {
  /** The major version of the SDK whose client is meant; the newest by default. */
  readonly target?: 'ai@5' | 'ai@6' | 'ai@7';
  /** An assistant message to go on with. */
  readonly message?: UIMessage;
}

/** The message of a stream, as far as a client comes. */
export interface Folded {
  readonly message: UIMessage;
  /** Set when a client stops before the end. */
  readonly refusal?: Refusal;
}

/** Why a client stops, and the index of the chunk where it does. */
export interface Refusal {
  /**
   * `invalid_chunk`: no chunk of that major. `invalid_reference`: it refers to a block, call or approval that is not
   * there. `invalid_metadata`: the metadata so far is no object, so nothing can be merged into it.
   */
  readonly code: 'invalid_chunk' | 'invalid_reference' | 'invalid_metadata';
  readonly at: number;
}

/**
 * Folds chunks into the message that a stock client (`readUIMessageStream`) builds of them.
 *
 * @throws {ThreadkeepError} `invalid_request` when it is no array, `message` no `UIMessage`, or `target` no major.
 */
export function foldChunks(chunks: readonly UIMessageChunk[], options: FoldOptions = {}): Folded {
  const json = toJson(chunks);
  const { message, target } = readOptions(options);
  const onto = message === undefined ? undefined : toJson(message);
  const major = readText(target);
  return call(() => wasm.foldChunks(json, onto, major));
}
