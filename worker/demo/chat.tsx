import type { ChatMessage } from './api.ts';
import { Announcer } from './announcer.tsx';
import { Composer } from './composer.tsx';
import { Notice } from './notice.tsx';
import type { Session } from './session.ts';
import { RunLine } from './run-line.tsx';
import { Transcript } from './transcript.tsx';
import { useTurns } from './use-turns.ts';
import { Welcome } from './welcome.tsx';

interface Props {
  session: Session;
  stateKey: string;
  stored: ChatMessage[];
  isNew: boolean;
  onTurnStart: (text: string) => void;
  onTurnEnd: (stored: number) => void;
}

/** The open thread: what was said, what is going on, and the box to write in. */
export function Chat(props: Props) {
  const turns = useTurns(props);
  const { messages, running, problem, unanswered } = turns;
  const isEmpty = messages.length === 0 && !running;

  return (
    <>
      {isEmpty ? (
        <Welcome onPick={turns.send} />
      ) : (
        <Transcript messages={messages} running={running}>
          {running && <RunLine status={turns.status} message={messages.at(-1)} />}
          {problem !== undefined && (
            <Notice text={problem}>
              {unanswered ? null : <button onClick={turns.reopen}>Load again</button>}
            </Notice>
          )}
          {unanswered && (
            <div className="unanswered">
              <span>No reply came.</span>
              <button onClick={turns.askAgain}>Ask again</button>
            </div>
          )}
        </Transcript>
      )}
      {isEmpty && problem !== undefined && (
        <div className="column">
          <Notice text={problem} />
        </div>
      )}
      <Composer
        running={running}
        canSend={turns.canSend}
        stopping={turns.stopping}
        returned={turns.returned}
        onSend={turns.send}
        onStop={turns.stop}
      />
      <Announcer messages={messages} running={running} status={turns.status} />
    </>
  );
}
