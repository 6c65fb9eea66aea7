import type { ChatMessage, RunStatus } from './api.ts';

interface Props {
  status: RunStatus | undefined;
  message: ChatMessage | undefined;
}

/** What the run is doing right now. While text flows, the text itself says it. */
export function RunLine({ status, message }: Props) {
  const part = message?.role === 'assistant' ? message.parts.at(-1) : undefined;
  const text = part?.type === 'text' && part.state === 'streaming' ? 'Writing…' : runText(status);
  return (
    <p className="run-line">
      <span className="pulse" aria-hidden="true" />
      {text}
    </p>
  );
}

/** The label of the run's latest status, or plain words for its phase. */
export function runText(status: RunStatus | undefined): string {
  if (status?.label) return status.label;
  switch (status?.phase) {
    case 'thinking':
      return 'Thinking…';
    case 'tool_use':
      return 'Using a tool…';
    case 'compacting':
      return 'Tidying the history…';
    default:
      return 'Working…';
  }
}
