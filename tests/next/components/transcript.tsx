'use client';

import type { UIMessage } from 'ai';
import { useEffect, useLayoutEffect, useRef, type ReactNode } from 'react';
import { Message } from './message';

/** This near to the end counts as being at the end, in pixels. */
const END_SLACK_PX = 48;

interface Props {
  readonly messages: readonly UIMessage[];
  readonly running: boolean;
  /** What stands below the last message. */
  readonly children: ReactNode;
}

/** The messages, oldest first. It follows the growing reply until the reader scrolls away. */
export function Transcript({ messages, running, children }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const following = useRef(true);
  const lastQuestion = messages.findLast((message) => message.role === 'user')?.id;

  function follow() {
    if (box.current !== null && following.current) box.current.scrollTop = box.current.scrollHeight;
  }

  function onScroll() {
    const { scrollHeight, scrollTop, clientHeight } = box.current!;
    following.current = scrollHeight - scrollTop - clientHeight < END_SLACK_PX;
  }

  useLayoutEffect(() => {
    following.current = true;
    follow();
  }, [lastQuestion]);

  useEffect(() => {
    const observer = new ResizeObserver(follow);
    observer.observe(content.current!);
    return () => observer.disconnect();
  }, []);

  return (
    <div className="transcript" ref={box} onScroll={onScroll} tabIndex={0} role="log" aria-live="off" aria-label="Conversation">
      <div className="column" ref={content}>
        {messages.map((message, at) => (
          <Message key={message.id} message={message} growing={running && at === messages.length - 1} />
        ))}
        {children}
      </div>
    </div>
  );
}
