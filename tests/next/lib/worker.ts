// The worker as this app calls it: for a user with that user's token, and as itself.

import { SignJWT } from 'jose';
import { createScopedThreads, type ScopedThreads } from 'threadkeep/scoped-threads';
import { PROJECT } from './specs';

/** Seconds. Short: what a token says of a project holds until it has expired. */
const TOKEN_LIFETIME = 600;

export function workerUrl(): string {
  return process.env.THREADKEEP_URL ?? '';
}

/** A user's token for the worker. Everybody who is signed in may write to the one project that there is. */
export async function workerTokenOf(user: string): Promise<string> {
  const secret = process.env.THREADKEEP_JWT_SECRET ?? '';
  if (secret.length < 32) throw new Error('THREADKEEP_JWT_SECRET must have at least 32 characters');
  return new SignJWT({ name: user, projects: { [PROJECT]: 'write' } })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(user)
    .setExpirationTime(`${TOKEN_LIFETIME}s`)
    .sign(new TextEncoder().encode(secret));
}

/** The threads as a user may use them: the worker judges. */
export async function threadsOf(user: string): Promise<ScopedThreads> {
  return createScopedThreads({ url: workerUrl(), userToken: await workerTokenOf(user) });
}

/** The threads as this server uses them. */
export function threadsOfServer(): ScopedThreads {
  return createScopedThreads({ url: workerUrl(), serviceToken: process.env.THREADKEEP_SERVICE_TOKEN ?? '' });
}
