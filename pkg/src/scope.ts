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
 * @throws {ThreadkeepError} `invalid_scope` when a part breaks its rule.
 */
export function toThreadId(scope: Scope): string {
  return encoded(scope).join('/');
}

/**
 * The scope of {@link toThreadId}.
 *
 * @throws {ThreadkeepError} `invalid_scope` when it is none.
 */
export function fromThreadId(threadId: string): Scope {
  const parts = threadId.split('/').map(decoded);
  const [projectId, scopeType, scopeId] = parts;
  if (parts.length !== 3 || projectId === undefined || scopeType === undefined || scopeId === undefined) throw new ThreadkeepError('invalid_scope');
  const scope = { projectId, scopeType, scopeId };
  encoded(scope);
  return scope;
}

/**
 * Where the worker has the thread of a scope.
 *
 * @throws {ThreadkeepError} `invalid_scope` when a part breaks its rule.
 */
export function threadPath(scope: Scope): string {
  const [projectId, scopeType, scopeId] = encoded(scope);
  return `${PROJECTS}/${projectId}/threads/${scopeType}/${scopeId}`;
}

/**
 * Where the worker has the threads of a project.
 *
 * @throws {ThreadkeepError} `invalid_scope` when it is no project's id.
 */
export function projectPath(projectId: string): string {
  return `${PROJECTS}/${encodeScope(projectId)}/threads`;
}

const PROJECTS = '/api/v1/ai/projects';

/** Longest project id or scope id, in bytes of UTF-8. This and what follows is as the core's scope.rs has it. */
const MAX_SCOPE_ID_BYTES = 512;

const SCOPE_TYPE = /^[a-zA-Z0-9_-]{1,64}$/;

/** Control characters; and half a letter, which has no UTF-8. */
const IN_NO_ID = /[\p{Cc}\p{Cs}]/u;

function encoded({ projectId, scopeType, scopeId }: Scope): [projectId: string, scopeType: string, scopeId: string] {
  if (typeof scopeType !== 'string' || !SCOPE_TYPE.test(scopeType)) throw new ThreadkeepError('invalid_scope');
  return [encodeScope(projectId), scopeType, encodeScope(scopeId)];
}

/**
 * A project id or scope id in a URL. Checked here, since the worker would never see a wrong one: `..` is a step of a
 * path, which `fetch` takes before it asks.
 */
function encodeScope(id: string): string {
  const isId = typeof id === 'string' && id !== '' && id !== '.' && id !== '..' && !IN_NO_ID.test(id);
  if (!isId || new TextEncoder().encode(id).length > MAX_SCOPE_ID_BYTES) throw new ThreadkeepError('invalid_scope');
  return encodeURIComponent(id);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new ThreadkeepError('invalid_scope');
  }
}
