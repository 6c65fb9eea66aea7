'use client';

import type { UIMessage } from 'ai';
import { useEffect, useMemo, useRef, useState, type FormEvent } from 'react';
import { useThread, type Author, type Scope } from 'threadkeep/react';
import { appendMessage } from '@/app/specs/actions';
import { freshToken } from '@/lib/fresh-token';

interface Props {
  readonly user: string;
  readonly threadId: string;
  readonly scope: Scope;
  readonly workerUrl: string;
  readonly stored: UIMessage[];
}

/** The project's chat about a spec: everybody's messages, as they are written. */
export function SpecChat({ user, threadId, scope, workerUrl, stored }: Props) {
  const worker = useMemo(() => ({ url: workerUrl, token: freshToken }), [workerUrl]);
  const thread = useThread({ worker, scope, initialMessages: stored });
  const { messages, isRunning, isLive, error, loadError } = thread;
  const [text, setText] = useState('');
  const end = useRef<HTMLDivElement>(null);
  const said = text.trim();

  useEffect(() => {
    // Newer browsers give a promise for it, which is no clean-up.
    void end.current?.scrollIntoView({ block: 'nearest' });
  }, [messages]);

  function send(event: FormEvent) {
    event.preventDefault();
    if (said === '' || isRunning) return;
    setText('');
    void thread.sendMessage({ text: said });
  }

  async function note() {
    setText('');
    await appendMessage(threadId, 'user', [{ type: 'text', text: said }]);
  }

  return (
    <aside className="spec-chat" aria-label="Chat" data-live={isLive} data-loaded={thread.isLoaded}>
      <div role="log" aria-label="Messages" tabIndex={0}>
        {messages.map((message, at) => (
          <SpecMessage key={message.id} message={message} user={user} growing={isRunning && at === messages.length - 1} />
        ))}
        {(error ?? loadError) && <p role="alert">{(error ?? loadError)?.message}</p>}
        <div ref={end} />
      </div>
      <form onSubmit={send}>
        <label className="visually-hidden" htmlFor="spec-message">
          Message
        </label>
        <textarea id="spec-message" rows={2} value={text} onChange={(event) => setText(event.target.value)} />
        {isRunning ? (
          <button type="button" onClick={() => void thread.stop()}>
            Stop
          </button>
        ) : (
          <button className="primary" disabled={said === ''}>
            Ask
          </button>
        )}
        <button type="button" disabled={said === ''} onClick={() => void note()}>
          Note
        </button>
      </form>
    </aside>
  );
}

function SpecMessage({ message, user, growing }: { readonly message: UIMessage; readonly user: string; readonly growing: boolean }) {
  const { author, status } = (message.metadata ?? {}) as { author?: Author; status?: string };
  // One's own message has no author until the worker has it.
  const name = message.role === 'assistant' ? 'Assistant' : author === undefined || author.id === user ? 'You' : (author.name ?? author.id);
  return (
    <article aria-label={name} aria-busy={growing && message.role === 'assistant'}>
      <p className="author">{name}</p>
      {message.parts.map((part, at) => part.type === 'text' && part.text !== '' && <p key={at} className="text">{part.text}</p>)}
      {status === 'aborted' && <p className="soft">The reply was cut off.</p>}
    </article>
  );
}
