import { getToolName, type DynamicToolUIPart, type ToolUIPart } from 'ai';

interface Props {
  readonly part: ToolUIPart | DynamicToolUIPart;
  readonly growing: boolean;
}

/** One tool call: name and state in one line, what went in and what came out below. */
export function ToolCall({ part, growing }: Props) {
  return (
    <details className="tool">
      <summary>
        <code>{getToolName(part)}</code> <span className="soft">{stateOf(part, growing)}</span>
      </summary>
      <pre>{JSON.stringify(part.input, null, 2)}</pre>
      {part.state === 'output-available' && <pre>{JSON.stringify(part.output, null, 2)}</pre>}
      {part.state === 'output-error' && <pre>{part.errorText}</pre>}
    </details>
  );
}

function stateOf(part: ToolUIPart | DynamicToolUIPart, growing: boolean): string {
  switch (part.state) {
    case 'output-available':
      return 'done';
    case 'output-error':
      return 'failed';
    case 'output-denied':
      return 'denied';
    default:
      return growing ? 'running…' : 'no result';
  }
}
