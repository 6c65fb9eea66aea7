import { useEffect, useState } from 'react';
import { humane } from './errors.ts';
import { forgetName, rememberedName, rememberName, Session } from './session.ts';
import { SignIn } from './sign-in.tsx';
import { Workspace } from './workspace.tsx';

/** The whole page: a sign-in form until there is a session, then the threads of that name. */
export function App() {
  const [session, setSession] = useState<Session>();
  const [busy, setBusy] = useState(() => rememberedName() !== undefined);
  const [problem, setProblem] = useState<string>();

  async function signIn(name: string) {
    setBusy(true);
    setProblem(undefined);
    try {
      const next = await Session.signIn(name);
      rememberName(next.name);
      setSession(next);
    } catch (error) {
      setProblem(humane(error));
    } finally {
      setBusy(false);
    }
  }

  function signOut() {
    forgetName();
    // The address names a thread of the name that leaves.
    history.replaceState(null, '', location.pathname);
    setSession(undefined);
  }

  useEffect(() => {
    const name = rememberedName();
    if (name !== undefined) void signIn(name);
  }, []);

  if (session) return <Workspace key={session.name} session={session} onSignOut={signOut} />;
  return <SignIn initialName={rememberedName() ?? ''} busy={busy} problem={problem} onSubmit={signIn} />;
}
