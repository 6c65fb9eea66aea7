import type { ReactNode } from 'react';

interface Props {
  text: string;
  /** What one can do about it, as buttons. */
  children?: ReactNode;
}

/** Something went wrong: read out at once, in words. */
export function Notice({ text, children }: Props) {
  return (
    <div className="notice" role="alert">
      <p>{text}</p>
      {children}
    </div>
  );
}
