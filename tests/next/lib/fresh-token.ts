// The page's token for the worker: asked for again before it expires.

import { workerToken } from '@/app/specs/actions';

/** How long a token is used, in milliseconds: half of its life. */
const USE_FOR_MS = 300_000;

let held: { readonly token: Promise<string>; readonly untilMs: number } | undefined;

export function freshToken(): Promise<string> {
  if (held === undefined || Date.now() > held.untilMs) {
    const token = workerToken();
    held = { token, untilMs: Date.now() + USE_FOR_MS };
    // One that could not be had is asked for again.
    token.catch(() => (held = undefined));
  }
  return held.token;
}
