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
      <Value label="Input" text={JSON.stringify(part.input, null, 2)} />
      {part.state === 'output-available' && <Value label="Output" text={JSON.stringify(part.output, null, 2)} />}
      {part.state === 'output-error' && <Value label="Error" text={part.errorText} />}
    </details>
  );
}

function Value({ label, text }: { label: string; text: string }) {
  return (
    <>
      <p className="soft">{label}</p>
      <pre tabIndex={0}>{text}</pre>
    </>
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
