import { useEffect, useRef, useState, type FormEvent, type KeyboardEvent } from 'react';

interface Props {
  running: boolean;
  canSend: boolean;
  stopping: boolean;
  returned: string | undefined;
  onSend: (text: string) => void;
  onStop: () => void;
}

/** The box to write in. Enter sends, Shift+Enter makes a new line; while a reply runs, the button stops it. */
export function Composer({ running, canSend, stopping, returned, onSend, onStop }: Props) {
  const [text, setText] = useState('');
  const box = useRef<HTMLTextAreaElement>(null);

  useEffect(() => {
    // On a touch screen this would only open the keyboard over the page.
    if (matchMedia('(hover: hover)').matches) box.current?.focus();
  }, []);

  useEffect(() => {
    if (returned !== undefined) setText((current) => current || returned);
  }, [returned]);

  function submit(event: FormEvent) {
    event.preventDefault();
    if (!canSend || text.trim() === '') return;
    onSend(text);
    setText('');
    box.current?.focus();
  }

  function onKeyDown(event: KeyboardEvent<HTMLTextAreaElement>) {
    // Enter also ends the composition of a word in an input method.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    event.currentTarget.form?.requestSubmit();
  }

  return (
    <form className="composer" onSubmit={submit}>
      <div className="composer-box">
        <label className="visually-hidden" htmlFor="message">
          Message
        </label>
        <textarea
          id="message"
          ref={box}
          rows={1}
          value={text}
          placeholder="Write a message"
          enterKeyHint="send"
          onChange={(event) => setText(event.target.value)}
          onKeyDown={onKeyDown}
        />
        {running ? (
          <button type="button" className="round stop" aria-label="Stop the reply" disabled={stopping} onClick={onStop}>
            <svg viewBox="0 0 24 24" aria-hidden="true">
              <rect x="5.5" y="5.5" width="13" height="13" rx="2.5" />
            </svg>
          </button>
        ) : (
          <button className="round send" aria-label="Send" disabled={!canSend || text.trim() === ''}>
            <svg viewBox="0 0 24 24" aria-hidden="true">
              <path d="M12 19V6M6 11.5 12 5.5l6 6" />
            </svg>
          </button>
        )}
      </div>
      <p className="hint keys">Enter sends · Shift + Enter for a new line</p>
    </form>
  );
}
