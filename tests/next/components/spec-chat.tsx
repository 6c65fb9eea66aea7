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
  const worker = useMemo(() => ({ url: workerUrl, token: () => freshToken(user) }), [user, workerUrl]);
  const thread = useThread({ worker, scope, initialMessages: stored });
  const { messages, isRunning, isLive, error, loadError } = thread;
  const [text, setText] = useState('');
  const [isNoteLost, setNoteLost] = useState(false);
  const end = useRef<HTMLDivElement>(null);
  const said = text.trim();

  useEffect(() => {
    // Newer browsers give a promise for it, which is no clean-up.
    void end.current?.scrollIntoView({ block: 'nearest' });
  }, [messages]);

  /** What was not taken goes back to where it was written, unless something else stands there by now. */
  const giveBack = () => setText((now) => (now === '' ? said : now));

  async function send(event: FormEvent) {
    event.preventDefault();
    if (said === '' || isRunning) return;
    setText('');
    const id = crypto.randomUUID();
    await thread.sendMessage({ id, role: 'user', parts: [{ type: 'text', text: said }] });
    // It never rejects; but a question behind which no reply began was refused.
    thread.setMessages((now) => {
      if (now.at(-1)?.id !== id) return now;
      giveBack();
      return now.slice(0, -1);
    });
  }

  async function note() {
    setText('');
    setNoteLost(false);
    try {
      await appendMessage(threadId, 'user', [{ type: 'text', text: said }]);
    } catch {
      // Next.js hides from a page what went wrong in an action.
      setNoteLost(true);
      giveBack();
    }
  }

  return (
    <aside className="spec-chat" aria-label="Chat" data-live={isLive} data-loaded={thread.isLoaded}>
      <div role="log" aria-label="Messages" tabIndex={0}>
        {messages.map((message, at) => (
          <SpecMessage key={message.id} message={message} user={user} growing={isRunning && at === messages.length - 1} />
        ))}
        {(error ?? loadError) && <p role="alert">{(error ?? loadError)?.message}</p>}
        {isNoteLost && <p role="alert">The note could not be stored.</p>}
        <div ref={end} />
      </div>
      <form onSubmit={(event) => void send(event)}>
        <label className="visually-hidden" htmlFor="spec-message">
          Message
        </label>
        <textarea id="spec-message" rows={2} value={text} onChange={(event) => setText(event.target.value)} />
        <button className="primary" disabled={said === '' || isRunning}>
          Ask
        </button>
        <button type="button" disabled={said === ''} onClick={() => void note()}>
          Note
        </button>
        {/* Not in the place of Ask, where the second click of a double click would hit it. */}
        {isRunning && (
          <button type="button" onClick={() => void thread.stop()}>
            Stop
          </button>
        )}
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
