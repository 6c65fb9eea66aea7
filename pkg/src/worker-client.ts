// The worker's thread routes, called with a token: retries, refusals, and how an owner is named in a header.

import { isErrorCode, ThreadkeepError, type ErrorCode } from './error.ts';
import { readAddress, readOwner } from './port-input.ts';
import { errorOfCode, type ThreadAddress } from './port.ts';

export interface WorkerStoreOptions {
  /** Where the worker is, such as `https://threads.example.com`. */
  readonly url: string;
  /** Its `SERVICE_TOKEN`. It acts for any owner: keep it on the server. */
  readonly serviceToken: string;
  /** How long one request may take, in milliseconds; 30,000 by default. */
  readonly timeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 30_000;

/** Pauses before a request is made again, in milliseconds: a worker that is replaced is back within a second. */
const RETRY_AFTER_MS = [100, 500];

export const THREADS = '/api/v1/ai/threads';

interface Call {
  readonly owner: string;
  readonly method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  /** Whether a second time does no harm. */
  readonly repeatable: boolean;
  /** A refusal that says something about this call, beyond those of every call. */
  readonly expects?: ErrorCode;
}

export class WorkerClient {
  readonly #origin: string;
  readonly #authorization: string;
  readonly #timeoutMs: number;
  readonly #expects: readonly ErrorCode[];

  /** `expects`: refusals that say something about every call, beyond the usual ones. */
  constructor({ url, serviceToken, timeoutMs = DEFAULT_TIMEOUT_MS }: WorkerStoreOptions, expects: readonly ErrorCode[] = []) {
    if (!URL.canParse(url) || !/^https?:/.test(url)) throw new TypeError('threadkeep: `url` is no http(s) URL');
    // A token that no header can carry would be shown in the runtime's own error.
    if (!/^[\x21-\x7e]+$/.test(serviceToken)) throw new TypeError('threadkeep: `serviceToken` is no token');
    this.#origin = url.replace(/\/+$/, '');
    this.#authorization = `Bearer ${serviceToken}`;
    this.#timeoutMs = timeoutMs;
    this.#expects = expects;
  }

  async call<Answer>(call: Call): Promise<Answer> {
    readOwner(call.owner);
    const body = call.body === undefined ? null : toJson(call.body);
    for (const pauseMs of call.repeatable ? RETRY_AFTER_MS : []) {
      try {
        return await this.#once<Answer>(call, body);
      } catch (error) {
        if (!(error instanceof Unanswered)) throw error;
        await new Promise((wake) => setTimeout(wake, pauseMs * (0.5 + Math.random())));
      }
    }
    return this.#once<Answer>(call, body);
  }

  async #once<Answer>({ owner, method, path, expects }: Call, body: string | null): Promise<Answer> {
    const headers: Record<string, string> = { authorization: this.#authorization, 'x-threadkeep-owner': ownerHeader(owner) };
    if (body !== null) headers['content-type'] = 'application/json';
    // A history from a cache is a wrong one, and some frameworks cache every fetch they can.
    const init: RequestInit = { method, headers, body, cache: 'no-store', redirect: 'manual', signal: AbortSignal.timeout(this.#timeoutMs) };
    let response: Response;
    let text: string;
    try {
      response = await fetch(this.#origin + path, init);
      text = await response.text();
    } catch (cause) {
      throw new Unanswered({ cause });
    }
    const answer = parse(text);
    // Every answer of the worker is an object; something else stands at the URL when this one is none.
    if (response.ok && typeof answer === 'object' && answer !== null) return answer as Answer;
    throw refusal(response.status, answer, expects === undefined ? this.#expects : [...this.#expects, expects]);
  }
}

/** The worker did not answer, or died over it: what a repetition may mend. */
class Unanswered extends ThreadkeepError {
  constructor(options: ErrorOptions) {
    super('upstream_unavailable', options);
  }
}

/** Refusals that say something about the call; of all others the caller is innocent: the store is set up wrongly. */
const OF_THE_CALLER: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'invalid_request',
  'invalid_state_key',
  'invalid_scope',
  'no_user_message',
  'thread_conflict',
  'thread_diverged',
  'thread_full',
  'thread_busy',
  'idempotency_mismatch',
  'body_too_large',
  'message_too_long',
]);

function refusal(status: number, answer: unknown, expected: readonly ErrorCode[]): ThreadkeepError {
  const code = (answer as { error?: { code?: unknown } } | undefined)?.error?.code;
  if (isErrorCode(code) && (expected.includes(code) || OF_THE_CALLER.has(code))) return errorOfCode(code);
  // Only the code: what else is in an answer may be anybody's words.
  const cause = isErrorCode(code) ? new ThreadkeepError(code) : new Error(`the worker's URL answered with HTTP status ${status}`);
  return status >= 500 || status === 429 ? new Unanswered({ cause }) : new ThreadkeepError('internal', { cause });
}

export function locate(address: ThreadAddress): { owner: string; path: string } {
  const { owner, stateKey } = readAddress(address);
  return { owner, path: `${THREADS}/${stateKey}` };
}

/** As it is where a header can carry it unharmed, else as an extended value of RFC 8187. */
function ownerHeader(owner: string): string {
  const plain = /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(owner) && !/^utf-8''/i.test(owner);
  return plain ? owner : `UTF-8''${encodeURIComponent(owner)}`;
}

function toJson(body: unknown): string {
  try {
    return JSON.stringify(body);
  } catch (cause) {
    throw new ThreadkeepError('invalid_request', { cause });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
