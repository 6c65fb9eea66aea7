// What a call checks of its arguments before they cross. TypeScript's word is not enough, and what the glue cannot
// carry ends the instance, with every run that is open in it.

import { ThreadkeepError } from './error.ts';

/** Options that are there. */
export function readOptions<OPTIONS extends object>(options: OPTIONS): OPTIONS {
  if (typeof options !== 'object' || options === null) throw new ThreadkeepError('invalid_request');
  return options;
}

/** A text that may be left out, or `null` as databases have it. */
export function readText(text: string | null | undefined): string | undefined {
  if (text !== undefined && text !== null && typeof text !== 'string') throw new ThreadkeepError('invalid_request');
  return text ?? undefined;
}

/** An id as a text: databases have ids that are numbers, or objects. */
export function readId(id: unknown): string {
  if (id === undefined || id === null) throw new ThreadkeepError('invalid_request');
  try {
    return String(id);
  } catch (cause) {
    throw new ThreadkeepError('invalid_request', { cause });
  }
}
