import { useId, useState, type FormEvent } from 'react';
import { Mark } from './mark.tsx';
import { Notice } from './notice.tsx';

interface Props {
  initialName: string;
  busy: boolean;
  problem: string | undefined;
  onSubmit: (name: string) => void;
}

/** Asks for a name. There is no password: the local worker signs a token for any name. */
export function SignIn({ initialName, busy, problem, onSubmit }: Props) {
  const [name, setName] = useState(initialName);
  const hint = useId();

  function submit(event: FormEvent) {
    event.preventDefault();
    const chosen = name.trim();
    if (chosen !== '') onSubmit(chosen);
  }

  return (
    <main className="sign-in">
      <form className="sign-in-card" onSubmit={submit}>
        <Mark />
        <h1>Threadkeep</h1>
        <p className="lead">Chat threads that the server owns. Pick a name to try it; each name has its own threads.</p>
        <label htmlFor="name">Your name</label>
        <input
          id="name"
          value={name}
          onChange={(event) => setName(event.target.value)}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={64}
          aria-describedby={hint}
          autoFocus
          required
        />
        <button className="primary" disabled={busy}>
          {busy ? 'Signing in…' : 'Start chatting'}
        </button>
        {problem !== undefined && <Notice text={problem} />}
        <p className="hint" id={hint}>
          For demonstration only: no password, and a token that lasts an hour.
        </p>
      </form>
    </main>
  );
}
