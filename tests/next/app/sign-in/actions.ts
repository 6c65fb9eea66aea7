'use server';

import { redirect } from 'next/navigation';
import { endSession, startSession } from '@/lib/session';

/** Longest name, in characters. */
const MAX_NAME_CHARS = 64;

export async function signIn(_state: string | undefined, form: FormData): Promise<string | undefined> {
  const name = form.get('name');
  const user = typeof name === 'string' ? name.trim() : '';
  if (user === '' || user.length > MAX_NAME_CHARS || /\p{C}/u.test(user)) return 'A name has 1 to 64 letters.';
  await startSession(user);
  redirect('/');
}

export async function signOut(): Promise<void> {
  await endSession();
  redirect('/sign-in');
}
