'use client';

import { useActionState } from 'react';
import { signIn } from './actions';

/** Stands for the app's own login: whoever says a name is that user. */
export default function SignIn() {
  const [problem, action, pending] = useActionState(signIn, undefined);
  return (
    <main className="sign-in">
      <form className="card" action={action}>
        <h1>Threadkeep in Next.js</h1>
        <p className="soft">Threads are kept under your name, on the server.</p>
        <label htmlFor="name">Your name</label>
        <input id="name" name="name" autoComplete="username" required maxLength={64} aria-describedby={problem && 'problem'} />
        {problem !== undefined && (
          <p className="notice" id="problem" role="alert">
            {problem}
          </p>
        )}
        <button className="primary" disabled={pending}>
          Sign in
        </button>
      </form>
    </main>
  );
}
