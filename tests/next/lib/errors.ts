// What a route answers when something went wrong.

import { toErrorResponse } from 'threadkeep';

/** The error's own answer; what is our fault goes to the log. */
export function answerError(error: unknown): Response {
  const response = toErrorResponse(error);
  if (response.status >= 500) console.error(error);
  return response;
}
