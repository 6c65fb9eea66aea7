import type { DynamicToolUIPart, ToolUIPart } from 'ai';
import { memo } from 'react';

/** A tool may answer with megabytes; this much of it is drawn. */
const SHOWN_CHARS = 20_000;

/** About what fits on one line of the page. */
const ONE_LINE_CHARS = 72;

interface Props {
  name: string;
  part: ToolUIPart | DynamicToolUIPart;
  growing: boolean;
}

/** One tool call: its name and state in one line, what went in and what came out below. */
export function ToolCall({ name, part, growing }: Props) {
  const state = stateOf(part, growing);
  return (
    <details className="fold tool" open>
      <summary>
        <span className="tool-name">{name}</span>
        <span className={`badge ${state.tone}`}>{state.text}</span>
      </summary>
      {part.input !== undefined && <Value label="Input" value={part.input} />}
      {part.state === 'output-available' && <Value label="Output" value={part.output} />}
      {part.state === 'output-error' && <Value label="Error" value={part.errorText} />}
    </details>
  );
}

/** Drawn again only when the value is another one: while the rest of the reply grows, it stays as it is. */
const Value = memo(function Value({ label, value }: { label: string; value: unknown }) {
  const text = typeof value === 'string' ? value : jsonText(value);
  const rest = text.length - SHOWN_CHARS;
  return (
    <div className="value">
      <p className="value-label">{label}</p>
      <pre tabIndex={0} role="group" aria-label={label}>
        {rest > 0 ? text.slice(0, SHOWN_CHARS) : text}
      </pre>
      {rest > 0 && <p className="hint">and {rest.toLocaleString('en')} more characters</p>}
    </div>
  );
});

/** One line when it fits, else indented. Line breaks inside strings are escaped, so all that are found are layout. */
function jsonText(value: unknown): string {
  const line = (JSON.stringify(value, null, 1) ?? '').replace(/\n */g, ' ');
  return line.length <= ONE_LINE_CHARS ? line : JSON.stringify(value, null, 2);
}

type Tone = 'calm' | 'good' | 'bad';

function stateOf(part: ToolUIPart | DynamicToolUIPart, growing: boolean): { text: string; tone: Tone } {
  switch (part.state) {
    case 'input-streaming':
    case 'input-available':
      return growing ? { text: 'Running…', tone: 'calm' } : { text: 'No result', tone: 'calm' };
    case 'approval-requested':
      return { text: 'Waits for approval', tone: 'calm' };
    case 'approval-responded':
      return { text: part.approval.approved ? 'Approved' : 'Denied', tone: 'calm' };
    case 'output-available':
      return { text: 'Done', tone: 'good' };
    case 'output-error':
      return { text: 'Failed', tone: 'bad' };
    case 'output-denied':
      return { text: 'Denied', tone: 'bad' };
  }
}
