// An error as a person at the terminal reads it: our own words and codes. Another library's words may be anybody's, or
// hold a password.

import { ThreadkeepError } from '../error.ts';
import { DatabaseError } from '../postgres/database-error.ts';
import { Complaint } from './complaint.ts';

export function sayingOf(error: unknown): string {
  if (error instanceof Complaint) return error.message;
  if (error instanceof ThreadkeepError) return `${error.code} (${causeOf(error.cause)})`;
  return codeOf(error) ?? 'internal';
}

function causeOf(cause: unknown): string {
  if (cause instanceof DatabaseError || cause instanceof ThreadkeepError) return cause.message;
  // What `worker-client.ts` says of an answer that is none of a worker.
  if (cause instanceof Error && OF_AN_ANSWER.test(cause.message)) return cause.message;
  return codeOf(cause) ?? 'no cause';
}

const OF_AN_ANSWER = /^the worker's URL answered with HTTP status \d{3}$/;

/** That of Node's `fetch` is in the error's own cause. */
function codeOf(error: unknown): string | undefined {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: { code?: unknown } };
  return [code, cause?.code].find((each) => typeof each === 'string' && /^\w{1,64}$/.test(each)) as string | undefined;
}
