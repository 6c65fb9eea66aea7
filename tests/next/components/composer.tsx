'use client';

import { useState, type FormEvent, type KeyboardEvent } from 'react';

interface Props {
  readonly running: boolean;
  readonly onSend: (text: string) => void;
}

/** The box to write in. Enter sends, Shift+Enter makes a new line. */
export function Composer({ running, onSend }: Props) {
  const [text, setText] = useState('');
  const canSend = !running && text.trim() !== '';

  function submit(event: FormEvent) {
    event.preventDefault();
    if (!canSend) return;
    onSend(text);
    setText('');
  }

  function onKeyDown(event: KeyboardEvent<HTMLTextAreaElement>) {
    // Enter also ends the composition of a word in an input method.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    event.currentTarget.form?.requestSubmit();
  }

  return (
    <form className="composer" onSubmit={submit}>
      <label className="visually-hidden" htmlFor="message">
        Message
      </label>
      <textarea
        id="message"
        rows={1}
        autoFocus
        value={text}
        placeholder="Write a message"
        enterKeyHint="send"
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <button className="primary" disabled={!canSend}>
        Send
      </button>
    </form>
  );
}
