// `stateKey`: the name of a thread within its owner.

import { call } from './core.ts';
import { ThreadkeepError } from './error.ts';
import * as wasm from './wasm/threadkeep.js';

/** Whether a value is a state key: a string that matches `^[a-zA-Z0-9_-]{1,128}$`. Any value can be asked for. */
export function isStateKey(value: unknown): value is string {
  return typeof value === 'string' && call(() => wasm.isStateKey(value));
}

/**
 * The value, when it is a state key.
 *
 * @throws {ThreadkeepError} `invalid_state_key`
 */
export function parseStateKey(value: unknown): string {
  if (!isStateKey(value)) throw new ThreadkeepError('invalid_state_key');
  return value;
}

/** A new state key: `nanoid(21)`. */
export function createStateKey(): string {
  return call(() => wasm.createStateKey());
}
