// The scope of a thread, as a text and as a path.

import { ThreadkeepError } from './error.ts';

/** The entity that a thread hangs on. There is one thread per scope, for ever. */
export interface Scope {
  /** 1 to 512 bytes of text, the tenant. */
  readonly projectId: string;
  /** `^[a-zA-Z0-9_-]{1,64}$`, such as `spec`. */
  readonly scopeType: string;
  /** 1 to 512 bytes of text, compared byte by byte. */
  readonly scopeId: string;
}

/**
 * A scope as one text, safe in a URL: what an app passes around as the id of a thread.
 *
 * @throws {ThreadkeepError} `invalid_scope` when half a letter is in it.
 */
export function toThreadId({ projectId, scopeType, scopeId }: Scope): string {
  return [projectId, scopeType, scopeId].map(encodeScope).join('/');
}

/**
 * The scope of {@link toThreadId}.
 *
 * @throws {ThreadkeepError} `invalid_scope` when it is none.
 */
export function fromThreadId(threadId: string): Scope {
  const parts = threadId.split('/').map(decoded);
  const [projectId, scopeType, scopeId] = parts;
  if (parts.length !== 3 || !projectId || !scopeType || !scopeId) throw new ThreadkeepError('invalid_scope');
  return { projectId, scopeType, scopeId };
}

/**
 * Where the worker has the thread of a scope.
 *
 * @throws {ThreadkeepError} `invalid_scope` when half a letter is in it.
 */
export function threadPath({ projectId, scopeType, scopeId }: Scope): string {
  return `/api/v1/ai/projects/${encodeScope(projectId)}/threads/${encodeScope(scopeType)}/${encodeScope(scopeId)}`;
}

/**
 * A part of a scope in a URL.
 *
 * @throws {ThreadkeepError} `invalid_scope` when half a letter is in it.
 */
export function encodeScope(part: string): string {
  try {
    return encodeURIComponent(part);
  } catch {
    throw new ThreadkeepError('invalid_scope');
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new ThreadkeepError('invalid_scope');
  }
}
