interface Props {
  onPick: (text: string) => void;
}

const EXAMPLES = [
  'What happens when I reload in the middle of your reply?',
  'Who writes the history of this thread?',
  'Count the words of this sentence, please.',
];

/** What an empty thread shows. */
export function Welcome({ onPick }: Props) {
  return (
    <div className="welcome">
      <h2>What is on your mind?</h2>
      <p>
        The page sends your words; the server keeps the thread. Reload in the middle of a reply, or close the tab: nothing
        is lost.
      </p>
      <ul aria-label="Examples">
        {EXAMPLES.map((text) => (
          <li key={text}>
            <button onClick={() => onPick(text)}>{text}</button>
          </li>
        ))}
      </ul>
    </div>
  );
}
