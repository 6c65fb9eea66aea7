import { useState } from 'react';

interface Props {
  text: string;
  growing: boolean;
}

/** The thinking before an answer: in view while it grows, folded away after, unless the reader chose otherwise. */
export function Reasoning({ text, growing }: Props) {
  const [chosen, setChosen] = useState<boolean>();
  const open = chosen ?? growing;
  return (
    <details className="fold reasoning" open={open}>
      <summary
        onClick={(event) => {
          event.preventDefault();
          setChosen(!open);
        }}
      >
        Reasoning
      </summary>
      <p className="text">{text}</p>
    </details>
  );
}
