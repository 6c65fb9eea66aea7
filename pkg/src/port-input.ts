// What every store checks of its arguments before it does anything. TypeScript's word is not enough: arguments come
// from requests.

import { ThreadkeepError } from './error.ts';
import { DEFAULT_LIST_LIMIT, MAX_LIST_LIMIT, type ListThreads, type ThreadAddress } from './port.ts';

/** Longest owner and longest idempotency key, in bytes of UTF-8: they are ids. */
const MAX_ID_BYTES = 256;

// As the core's state_key.rs has it; stated here once more so that a store need not load the core for it.
const STATE_KEY = /^[a-zA-Z0-9_-]{1,128}$/;

const CONTROL_CHARACTER = /\p{Cc}/u;

const HALF_LETTER = /\p{Cs}/u;

/**
 * The address, with nothing else that the object may hold.
 *
 * @throws {ThreadkeepError} `invalid_request` for an owner that is none, `invalid_state_key`.
 */
export function readAddress({ owner, stateKey }: ThreadAddress): ThreadAddress {
  if (typeof stateKey !== 'string' || !STATE_KEY.test(stateKey)) throw new ThreadkeepError('invalid_state_key');
  return { owner: readOwner(owner), stateKey };
}

/** @throws {ThreadkeepError} `invalid_request` */
export function readOwner(owner: string): string {
  demand(typeof owner === 'string' && idFits(owner) && !CONTROL_CHARACTER.test(owner));
  return owner;
}

/**
 * A message count.
 *
 * @throws {ThreadkeepError} `invalid_request` for what is no whole number from 0 on.
 */
export function readCount(count: number): number {
  demand(Number.isSafeInteger(count) && count >= 0);
  return count;
}

/** @throws {ThreadkeepError} `invalid_request` */
export function readIdempotencyKey(key: string): string {
  demand(typeof key === 'string' && idFits(key));
  return key;
}

/**
 * The owner, the size of the page and the cursor as it came: whether it is one, the store knows.
 *
 * @throws {ThreadkeepError} `invalid_request`
 */
export function readList({ owner, limit = DEFAULT_LIST_LIMIT, cursor }: ListThreads): { owner: string; limit: number; cursor: string | undefined } {
  demand(Number.isSafeInteger(limit) && limit >= 1 && limit <= MAX_LIST_LIMIT);
  demand(cursor === undefined || (typeof cursor === 'string' && cursor !== ''));
  return { owner: readOwner(owner), limit, cursor };
}

// Half a surrogate pair is no text: encoded, two such ids would become one.
function idFits(id: string): boolean {
  return id !== '' && !HALF_LETTER.test(id) && new TextEncoder().encode(id).length <= MAX_ID_BYTES;
}

function demand(condition: boolean): asserts condition {
  if (!condition) throw new ThreadkeepError('invalid_request');
}
