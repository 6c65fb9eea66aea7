'use client';

import { useChat } from '@ai-sdk/react';
import { DefaultChatTransport, type UIMessage } from 'ai';
import { useEffect, useState } from 'react';
import { inWords } from '@/lib/api';
import { Composer } from './composer';
import { Notice } from './notice';
import { Transcript } from './transcript';
import { useLateReply } from './use-late-reply';

interface Props {
  readonly stateKey: string;
  readonly stored: UIMessage[];
  readonly onChange: () => void;
}

// The server reads the last user message and nothing else: no need to send it the rest.
const transport = new DefaultChatTransport({
  api: '/api/v1/ai/chat',
  prepareSendMessagesRequest: ({ id, messages }) => ({ body: { id, messages: messages.slice(-1) } }),
});

/** The chat on one thread. */
export function Chat({ stateKey, stored, onChange }: Props) {
  const chat = useChat({ id: stateKey, messages: stored, transport, onFinish: onChange });
  const { messages, status, error } = chat;
  const running = status === 'submitted' || status === 'streaming';
  const unanswered = !running && messages.at(-1)?.role === 'user';
  const [announcement, setAnnouncement] = useState('');
  // Loaded while a reply is on its way to the store: it comes without us.
  useLateReply(stateKey, unanswered && error === undefined, chat.setMessages);

  useEffect(() => {
    if (running) setAnnouncement('The assistant is answering');
    else if (announcement !== '') setAnnouncement('The reply is complete');
  }, [running]);

  return (
    <>
      <Transcript messages={messages} running={running}>
        {messages.length === 0 && <p className="middle soft">What is on your mind?</p>}
        {status === 'submitted' && <p className="soft">Thinking…</p>}
        {error !== undefined && <Notice text={inWords(error)} action="Ask again" onAction={() => void chat.regenerate()} />}
        {error === undefined && unanswered && (
          <div className="unanswered">
            <p className="soft">The reply may still be on its way.</p>
            <button onClick={() => void chat.regenerate()}>Ask again</button>
          </div>
        )}
      </Transcript>
      <p className="visually-hidden" role="status">
        {announcement}
      </p>
      <Composer running={running} onSend={(text) => void chat.sendMessage({ text })} />
    </>
  );
}
