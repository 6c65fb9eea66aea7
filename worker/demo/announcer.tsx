import { useEffect, useRef, useState } from 'react';
import { textOf, type ChatMessage, type RunStatus } from './api.ts';
import { runText } from './run-line.tsx';

interface Props {
  messages: ChatMessage[];
  running: boolean;
  status: RunStatus | undefined;
}

/**
 * Says aloud what happens, for those who do not see it: what the run does, then the reply once, as a whole. The
 * transcript itself is not a live region, since it would be read out delta by delta.
 */
export function Announcer({ messages, running, status }: Props) {
  const [text, setText] = useState('');
  const wasRunning = useRef(running);

  useEffect(() => {
    if (running) setText(runText(status));
    else if (wasRunning.current) setText(replyText(messages.at(-1)));
    wasRunning.current = running;
  }, [running, status]);

  return (
    <div className="visually-hidden" role="status" aria-live="polite">
      {text}
    </div>
  );
}

function replyText(message: ChatMessage | undefined): string {
  if (message?.role !== 'assistant') return 'The reply ended.';
  return `Reply: ${textOf(message)}`;
}
