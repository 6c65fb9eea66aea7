// What the checks of types are made of.

import type { UIMessage } from 'ai';

/** Fails to compile unless both types are the same. */
export type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
export const is = <T extends true>(): T | undefined => undefined;

export type Mine = UIMessage<{ runId: string; status?: 'aborted' | 'error' }>;
