import { redirect } from 'next/navigation';
import { createStateKey } from 'threadkeep';
import { sessionUser } from '@/lib/session';

/** The way in: a new thread, or the sign-in. */
export default async function Home() {
  redirect((await sessionUser()) === undefined ? '/sign-in' : `/chat/${createStateKey()}`);
}
