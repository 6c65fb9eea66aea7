// Who is signed in: a signed cookie, as the app's own login would set it.

import { jwtVerify, SignJWT } from 'jose';
import { cookies } from 'next/headers';

const COOKIE = 'session';

/** Seconds. */
const SESSION_LIFETIME = 7 * 24 * 3600;

/** The user of this request; `undefined` when nobody is signed in. */
export async function sessionUser(): Promise<string | undefined> {
  const token = (await cookies()).get(COOKIE)?.value;
  if (token === undefined) return undefined;
  const key = secret();
  // A cookie that was changed, or has expired, is none.
  const session = await jwtVerify(token, key, { algorithms: ['HS256'] }).catch(() => undefined);
  return session?.payload.sub;
}

/** Signs a user in. In an action or a route. */
export async function startSession(user: string): Promise<void> {
  const token = await new SignJWT()
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(user)
    .setIssuedAt()
    .setExpirationTime(`${SESSION_LIFETIME}s`)
    .sign(secret());
  const secure = process.env.NODE_ENV === 'production';
  (await cookies()).set(COOKIE, token, { httpOnly: true, sameSite: 'lax', secure, path: '/', maxAge: SESSION_LIFETIME });
}

export async function endSession(): Promise<void> {
  (await cookies()).delete(COOKIE);
}

/** The answer to a request that nobody is signed in for. */
export function unauthenticated(): Response {
  return Response.json({ error: { code: 'unauthenticated', message: 'sign in first' } }, { status: 401 });
}

function secret(): Uint8Array {
  const text = process.env.SESSION_SECRET ?? '';
  if (text.length < 32) throw new Error('SESSION_SECRET must have at least 32 characters');
  return new TextEncoder().encode(text);
}
