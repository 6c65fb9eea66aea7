interface Props {
  readonly text: string;
  readonly action?: string;
  readonly onAction?: () => void;
}

/** Something went wrong, in words, and the way on. */
export function Notice({ text, action, onAction }: Props) {
  return (
    <div className="notice" role="alert">
      <p>{text}</p>
      {action !== undefined && <button onClick={onAction}>{action}</button>}
    </div>
  );
}
