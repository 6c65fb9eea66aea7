import { useEffect, useLayoutEffect, useRef, useState, type ReactNode } from 'react';
import type { ChatMessage } from './api.ts';
import { Message } from './message.tsx';

/** This near to the end counts as being at the end. */
const END_SLACK_PX = 48;

interface Props {
  messages: ChatMessage[];
  running: boolean;
  /** What stands below the last message. */
  children: ReactNode;
}

/** The messages, oldest first. It follows the growing reply until the reader scrolls away. */
export function Transcript({ messages, running, children }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const following = useRef(true);
  const [away, setAway] = useState(false);
  const lastUser = messages.findLast((message) => message.role === 'user')?.id;

  function toEnd() {
    const { current } = box;
    if (current) current.scrollTop = current.scrollHeight;
  }

  function onScroll() {
    const { current } = box;
    if (!current) return;
    const atEnd = current.scrollHeight - current.scrollTop - current.clientHeight < END_SLACK_PX;
    following.current = atEnd;
    setAway(!atEnd);
  }

  // A message just sent is always shown.
  useLayoutEffect(() => {
    following.current = true;
    toEnd();
  }, [lastUser]);

  // Anything may change the height: a delta, a tool's output, a section that is opened.
  useEffect(() => {
    if (!content.current) return;
    const observer = new ResizeObserver(() => following.current && toEnd());
    observer.observe(content.current);
    return () => observer.disconnect();
  }, []);

  return (
    <div className="transcript-frame">
      <div className="transcript" ref={box} onScroll={onScroll} tabIndex={0} role="log" aria-live="off" aria-label="Conversation">
        <div className="column" ref={content}>
          {messages.map((message, index) => (
            <Message key={message.id} message={message} growing={running && index === messages.length - 1} />
          ))}
          {children}
        </div>
      </div>
      {away && (
        <button className="to-end" onClick={toEnd}>
          Latest
        </button>
      )}
    </div>
  );
}
