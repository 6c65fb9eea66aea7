// The core, as WebAssembly: which module, when its instance starts, and what happens when it dies.
//
// No call leaves this file's sight: values cross as JSON text and bytes, so no code of a caller runs while Rust does,
// and whatever comes out that is not an error of ours means that the instance has died (a trap, a full stack, memory
// that ran out). Its memory is not to be trusted from then on: the next call finds a new instance, and what was open in
// the old one, every accumulator and every stream, says `internal`. So nothing may reach the glue that it cannot carry,
// a number where it wants a text: see `input.ts`.

import { isErrorCode, ThreadkeepError } from './error.ts';
import { __wbg_reset_state, __wbg_set_module } from './wasm/threadkeep.js';

let bring: (() => WebAssembly.Module) | undefined;
let compiled = false;
let alive = false;
/** Counts instances: what belongs to an earlier one is dead. */
let instance = 0;

/** How this runtime comes by the module. Compiled by the first call that needs it. */
export function setModule(module: () => WebAssembly.Module): void {
  bring ??= module;
}

/** Enters Rust. `enter` does nothing else. */
export function call<T>(enter: () => T): T {
  try {
    if (!alive) start();
    return enter();
  } catch (error) {
    throw ours(error) ?? died(error);
  }
}

/** As {@link call}, for an object that was made in this instance. */
export function callIn<T>(its: number, enter: () => T): T {
  if (!alive || its !== instance) throw new ThreadkeepError('internal');
  return call(enter);
}

/** The instance that the last call was in. */
export function currentInstance(): number {
  return instance;
}

function start(): void {
  if (!compiled) {
    if (bring === undefined) throw new ThreadkeepError('internal');
    __wbg_set_module(bring());
    compiled = true;
  }
  __wbg_reset_state();
  instance += 1;
  alive = true;
}

/** At once, not with the next call: a finalizer may come before that, and it frees in the instance that is there. */
function replace(): void {
  alive = false;
  try {
    start();
  } catch {
    // The next call tries again, and says why it cannot.
  }
}

function ours(error: unknown): ThreadkeepError | undefined {
  if (!(error instanceof Error) || error.name !== 'ThreadkeepError') return undefined;
  const { code } = error as Error & { code?: unknown };
  return isErrorCode(code) ? new ThreadkeepError(code) : undefined;
}

function died(cause: unknown): ThreadkeepError {
  if (alive) replace();
  return new ThreadkeepError('internal', { cause });
}

/** A value as JSON text; empty when it has none (`undefined`, a function, a cycle). */
export function toJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return '';
  }
}
