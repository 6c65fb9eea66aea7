// The page's token for the worker: asked for again before it expires.

import { workerToken } from '@/app/specs/actions';

/** How long a token is used, in milliseconds: half of its life. */
const USE_FOR_MS = 300_000;

let held: { readonly user: string; readonly token: Promise<string>; readonly untilMs: number } | undefined;

/** The user's own: the page of the next one, who signs in without a reload, has this module still. */
export function freshToken(user: string): Promise<string> {
  if (held?.user !== user || Date.now() > held.untilMs) {
    const its = { user, token: workerToken(), untilMs: Date.now() + USE_FOR_MS };
    held = its;
    // One that could not be had is asked for again.
    its.token.catch(() => {
      if (held === its) held = undefined;
    });
  }
  return held.token;
}
