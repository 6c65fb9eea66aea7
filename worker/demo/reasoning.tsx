import { useState } from 'react';

interface Props {
  text: string;
  /** The reply is being written right now. */
  growing: boolean;
}

/** The thinking before an answer. Who watches it come sees it; who comes later finds it folded. Nothing moves by itself. */
export function Reasoning({ text, growing }: Props) {
  const [open, setOpen] = useState(growing);
  return (
    <details className="fold reasoning" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Reasoning</summary>
      <p className="text">{text}</p>
    </details>
  );
}
