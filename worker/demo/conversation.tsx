import { useEffect, useState } from 'react';
import { loadThread, type ChatMessage } from './api.ts';
import { Chat } from './chat.tsx';
import { humane } from './errors.ts';
import { Notice } from './notice.tsx';
import type { Session } from './session.ts';

interface Props {
  session: Session;
  stateKey: string;
  isNew: boolean;
  onTurnStart: (text: string) => void;
  onTurnEnd: (stored: number) => void;
}

/** One thread: first what the server has of it, then the chat on top of that. */
export function Conversation({ session, stateKey, isNew, onTurnStart, onTurnEnd }: Props) {
  const [stored, setStored] = useState<ChatMessage[] | undefined>(isNew ? [] : undefined);
  const [problem, setProblem] = useState<string>();
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    if (stored) return;
    let left = false;
    loadThread(session, stateKey).then(
      (messages) => !left && setStored(messages),
      (error: unknown) => !left && setProblem(humane(error)),
    );
    return () => {
      left = true;
    };
    // Once per attempt: what happens after the first answer is the chat's own affair.
  }, [attempt]);

  if (stored) {
    return (
      <Chat
        session={session}
        stateKey={stateKey}
        stored={stored}
        isNew={isNew}
        onTurnStart={onTurnStart}
        onTurnEnd={onTurnEnd}
      />
    );
  }
  if (problem !== undefined) {
    return (
      <div className="stage-middle">
        <Notice text={problem}>
          <button
            onClick={() => {
              setProblem(undefined);
              setAttempt(attempt + 1);
            }}
          >
            Try again
          </button>
        </Notice>
      </div>
    );
  }
  return (
    <p className="stage-middle hint" role="status">
      Loading the thread…
    </p>
  );
}
