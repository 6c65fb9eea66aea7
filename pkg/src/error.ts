// `ThreadkeepError`: every error of this package, by a stable code. No error carries user text, a key or a token.

/**
 * Codes with their HTTP status and their one fixed sentence; `docs/errors.md` explains each.
 * The core's table (`crates/threadkeep-core/src/error.rs`) is the source, and a test compares the two.
 */
const ERRORS = {
  invalid_json: [400, 'the body is not JSON'],
  invalid_request: [400, 'a field of the request is missing or has the wrong shape'],
  no_user_message: [400, 'the request has no user message with text'],
  invalid_state_key: [400, 'a state key is 1 to 128 of a-z, A-Z, 0-9, _ and -'],
  invalid_scope: [400, 'a project, scope type or scope id is empty, too long or no such text'],
  unauthenticated: [401, 'a bearer token is required'],
  invalid_token: [401, 'the token is not valid or has expired'],
  forbidden: [403, 'the token does not allow this'],
  not_found: [404, 'there is no such route or thread'],
  method_not_allowed: [405, 'this route has other methods'],
  thread_conflict: [409, 'the thread has another message count than expected'],
  thread_diverged: [409, 'stored messages can be neither changed nor removed'],
  thread_full: [409, 'the thread has reached its limit'],
  thread_busy: [409, 'too many turns are waiting on this thread'],
  idempotency_mismatch: [409, 'this idempotency key came with other messages'],
  body_too_large: [413, 'the body is too large'],
  message_too_long: [413, 'the user message is too long'],
  upstream_unavailable: [502, 'the upstream service did not answer'],
  internal: [500, 'internal error'],
  // Only here: no route of the worker answers so.
  already_finished: [500, 'the run has been finished'],
  invalid_url: [400, 'the url of a file part is no URL'],
  invalid_rule: [500, 'a rule of a masker is unknown, or breaks what rules have to keep'],
} as const satisfies Record<string, readonly [status: number, message: string]>;

/** A stable code of a {@link ThreadkeepError}. Branch on it; the message is for people. */
export type ErrorCode = keyof typeof ERRORS;

/** Whether a value is one of the codes. */
export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(ERRORS, value);
}

/** An error of this package. */
export class ThreadkeepError extends Error {
  override readonly name: string = 'ThreadkeepError';
  /** What went wrong; stable. */
  readonly code: ErrorCode;
  /** The HTTP status that a route answers with. */
  readonly status: number;

  /** `options.cause` is what another library threw: for your log, never for a client. */
  constructor(code: ErrorCode, options?: ErrorOptions) {
    const [status, message] = ERRORS[code];
    super(message, options);
    this.code = code;
    this.status = status;
  }
}

/**
 * The answer of a route to an error: `{"error": {"code", "message"}}` with the right status, as the worker answers.
 * What is no {@link ThreadkeepError} is our fault and says so (500, `internal`), without a word of it: log it yourself.
 */
export function toErrorResponse(error: unknown): Response {
  const { code, message, status } = error instanceof ThreadkeepError ? error : new ThreadkeepError('internal');
  return Response.json({ error: { code, message } }, { status, headers: { 'cache-control': 'no-store' } });
}
