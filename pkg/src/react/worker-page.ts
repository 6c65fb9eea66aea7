// The worker as a page calls it: with the user's own token, which may be another one each time.

import { isErrorCode, ThreadkeepError } from '../error.ts';

/** The user's token, or what gives it; asked before every request, so give one that is still good. */
export type Token = string | (() => string | Promise<string>);

/** Where the worker is, and who calls. */
export interface WorkerPage {
  /** Such as `https://threads.example.com`; its `CORS_ORIGINS` has the page's origin. */
  readonly url: string;
  readonly token: Token;
}

export async function tokenOf({ token }: WorkerPage): Promise<string> {
  return typeof token === 'string' ? token : token();
}

/** What `path` names at the worker. */
export function at({ url }: WorkerPage, path: string): string {
  return url.replace(/\/+$/, '') + path;
}

export async function headersOf(worker: WorkerPage): Promise<Record<string, string>> {
  return { authorization: `Bearer ${await tokenOf(worker)}` };
}

/**
 * Asks for JSON.
 *
 * @throws {ThreadkeepError} the worker's refusal; `upstream_unavailable` when it does not answer.
 */
export async function ask<Answer>(worker: WorkerPage, method: string, path: string, body?: unknown): Promise<Answer> {
  const headers = await headersOf(worker);
  const init: RequestInit = { method, headers, cache: 'no-store' };
  if (body !== undefined) {
    init.body = JSON.stringify(body);
    headers['content-type'] = 'application/json';
  }
  let response: Response;
  let answer: unknown;
  try {
    response = await fetch(at(worker, path), init);
    answer = await response.json();
  } catch (cause) {
    throw new ThreadkeepError('upstream_unavailable', { cause });
  }
  if (response.ok) return answer as Answer;
  const code = (answer as { error?: { code?: unknown } } | null)?.error?.code;
  throw new ThreadkeepError(isErrorCode(code) ? code : 'internal');
}
