import { isToolUIPart, type UIMessage } from 'ai';
import { ToolCall } from './tool-call';

interface Props {
  readonly message: UIMessage;
  /** More of it is to come. */
  readonly growing: boolean;
}

export function Message({ message, growing }: Props) {
  const isReply = message.role === 'assistant';
  const status = (message.metadata as { status?: string } | undefined)?.status;
  return (
    <article className={isReply ? 'reply' : 'question'} aria-label={isReply ? 'Reply' : 'You'} aria-busy={growing && isReply}>
      {message.parts.map((part, at) => {
        if (part.type === 'text') return part.text && <p key={at} className="text">{part.text}</p>;
        if (isToolUIPart(part)) return <ToolCall key={at} part={part} growing={growing} />;
        if (part.type === 'reasoning') return <p key={at} className="text soft">{part.text}</p>;
        return null;
      })}
      {status === 'aborted' && <p className="soft">The reply was cut off.</p>}
      {status === 'error' && <p className="soft">The reply ended with an error.</p>}
    </article>
  );
}
