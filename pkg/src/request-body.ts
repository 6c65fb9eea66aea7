// A chat request's body on its way into WebAssembly, whose memory never shrinks: what the core does not read stays
// outside, however large a client has made it.

import { toJson } from './core.ts';
import { ThreadkeepError } from './error.ts';

/** The worker's own limit of a chat body, in bytes of UTF-8 (worker/src/body.rs); here of what is left of it. */
const MAX_BODY_BYTES = 24 * 1024 * 1024;

/** Most bytes of UTF-8 that a UTF-16 unit becomes. */
const BYTES_PER_UNIT = 3;

// What `ChatRequest` in crates/threadkeep-core/src/request.rs reads of a user's body, and of an entry of `messages`.
const FIELDS = ['message', 'id', 'stateKey', 'scope', 'model', 'graphName'] as const;
const ENTRY_FIELDS = ['id', 'role', 'parts', 'content'] as const;

type Fields = Readonly<Record<string, unknown>>;

/**
 * The body as JSON text, with no more in it than the core reads; empty when it has none.
 *
 * @throws {ThreadkeepError} `body_too_large`
 */
export function bodyJson(body: unknown): string {
  const json = toJson(reduce(body));
  if (isTooLarge(json)) throw new ThreadkeepError('body_too_large');
  return json;
}

function reduce(body: unknown): unknown {
  // The core says what is wrong with a body that is no object, and need not see all of it to say so.
  if (typeof body === 'string') return '';
  if (Array.isArray(body)) return [];
  if (typeof body !== 'object' || body === null) return body;
  const { messages } = body as Fields;
  return { ...pick(body as Fields, FIELDS), messages: Array.isArray(messages) ? entries(messages) : undefined };
}

/** The last user message, and what stands at the very end: it may answer pending calls. */
function entries(messages: readonly unknown[]): Fields[] {
  const user = messages.findLastIndex((entry) => (entry as Fields | null | undefined)?.['role'] === 'user');
  const read = new Set([user, messages.length - 1].filter((at) => at >= 0));
  return [...read].map((at) => pick(messages[at] as Fields | null | undefined, ENTRY_FIELDS));
}

function pick(from: Fields | null | undefined, names: readonly string[]): Fields {
  return Object.fromEntries(names.map((name) => [name, from?.[name]]));
}

function isTooLarge(json: string): boolean {
  if (json.length * BYTES_PER_UNIT <= MAX_BODY_BYTES) return false;
  return json.length > MAX_BODY_BYTES || new TextEncoder().encode(json).length > MAX_BODY_BYTES;
}
