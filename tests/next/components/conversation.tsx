'use client';

import type { UIMessage } from 'ai';
import { useEffect, useState } from 'react';
import { inWords, loadMessages } from '@/lib/api';
import { Chat } from './chat';
import { Notice } from './notice';

interface Props {
  readonly stateKey: string;
  readonly onChange: () => void;
}

/** One thread: first what the server has of it, then the chat on top of that. */
export function Conversation({ stateKey, onChange }: Props) {
  const [stored, setStored] = useState<UIMessage[]>();
  const [problem, setProblem] = useState<string>();
  const [attempt, setAttempt] = useState(1);

  useEffect(() => {
    let gone = false;
    setProblem(undefined);
    loadMessages(stateKey).then(
      (messages) => gone || setStored(messages),
      (error: unknown) => gone || setProblem(inWords(error)),
    );
    return () => {
      gone = true;
    };
  }, [stateKey, attempt]);

  if (stored !== undefined) return <Chat stateKey={stateKey} stored={stored} onChange={onChange} />;
  return (
    <div className="middle">
      {problem === undefined ? (
        <p className="soft" role="status">
          Loading the thread…
        </p>
      ) : (
        <Notice text={problem} action="Try again" onAction={() => setAttempt(attempt + 1)} />
      )}
    </div>
  );
}
