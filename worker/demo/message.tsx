import { getToolName, isToolUIPart } from 'ai';
import { memo } from 'react';
import type { ChatMessage } from './api.ts';
import { Reasoning } from './reasoning.tsx';
import { ToolCall } from './tool-call.tsx';

interface Props {
  message: ChatMessage;
  /** The run is still adding to this message. */
  growing: boolean;
}

const ENDINGS = {
  aborted: 'Stopped before the end. What was said so far is kept.',
  error: 'This reply failed before its end. What was said so far is kept.',
};

/** One message with its parts in order. Plain text: no Markdown, line breaks as they came. */
export const Message = memo(function Message({ message, growing }: Props) {
  const ending = growing ? undefined : message.metadata?.status;
  return (
    <article className={`message ${message.role}`} aria-label={message.role === 'user' ? 'You' : 'Reply'} aria-busy={growing}>
      {message.parts.map((part, index) => (
        <Part key={index} part={part} growing={growing} />
      ))}
      {ending && <p className="ending">{ENDINGS[ending]}</p>}
    </article>
  );
});

function Part({ part, growing }: { part: ChatMessage['parts'][number]; growing: boolean }) {
  if (isToolUIPart(part)) return <ToolCall name={getToolName(part)} part={part} growing={growing} />;
  switch (part.type) {
    case 'text':
      return <p className="text">{part.text}</p>;
    case 'reasoning':
      return part.text === '' ? null : <Reasoning text={part.text} growing={growing} />;
    case 'file':
      return <p className="aside">Attachment: {part.filename ?? part.mediaType}</p>;
    case 'source-url':
      return <p className="aside">Source: {part.title ?? part.url}</p>;
    default:
      // step-start has nothing to show; a part that this page does not know stays in the thread all the same.
      return null;
  }
}
