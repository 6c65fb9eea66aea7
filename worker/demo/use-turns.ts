import { useChat } from '@ai-sdk/react';
import { DefaultChatTransport } from 'ai';
import { useEffect, useMemo, useRef, useState } from 'react';
import { CHAT_API, loadThread, stopTurn, textOf, type ChatMessage, type RunStatus } from './api.ts';
import { humane } from './errors.ts';
import type { Session } from './session.ts';

/** Deltas arrive every few milliseconds; the page is drawn at most this often. */
const DRAW_EVERY_MS = 40;

interface Options {
  session: Session;
  stateKey: string;
  stored: ChatMessage[];
  isNew: boolean;
  onTurnStart: (text: string) => void;
  /** Told how many messages the server has. */
  onTurnEnd: (stored: number) => void;
}

export interface Turns {
  messages: ChatMessage[];
  running: boolean;
  /** What the run says it is doing, while it runs. */
  status: RunStatus | undefined;
  problem: string | undefined;
  /** The server has the question, but no reply and no run that would bring one. */
  unanswered: boolean;
  /** Not before it is known whether a run is under way. */
  canSend: boolean;
  stopping: boolean;
  /** Text of a message that the server refused, to be edited and sent again. */
  returned: string | undefined;
  send: (text: string) => void;
  askAgain: () => void;
  stop: () => Promise<void>;
  /** Reads the thread again and joins the run when there is one. */
  reopen: () => Promise<void>;
}

/**
 * Stock `useChat` with the stock transport, and the three things an app with a server-owned thread adds to it: stop by
 * asking the server, reading the thread again when a turn is over, and a way back after a failure.
 */
export function useTurns({ session, stateKey, stored, isNew, onTurnStart, onTurnEnd }: Options): Turns {
  const [status, setStatus] = useState<RunStatus>();
  const [problem, setProblem] = useState<string>();
  /** The connection broke, so what this page shows may be behind. */
  const [lost, setLost] = useState(false);
  const [stopping, setStopping] = useState(false);
  const [returned, setReturned] = useState<string>();
  const [runKnown, setRunKnown] = useState(isNew);
  const [resume, setResume] = useState(!isNew);
  /** Counts what this page sends, so that an answer about the time before is told apart. */
  const sent = useRef(0);
  const left = useRef(false);

  const transport = useMemo(
    () =>
      new DefaultChatTransport<ChatMessage>({
        api: CHAT_API,
        fetch: async (input, init) => {
          try {
            const response = await session.fetch(input, init);
            // 204: no run to resume. It may have ended after the thread was read, so the reply may be there by now.
            if (response.status === 204 && newestMessages.current.at(-1)?.role === 'user') void sync();
            return response;
          } finally {
            setRunKnown(true);
          }
        },
      }),
    [session],
  );

  const chat = useChat<ChatMessage>({
    id: stateKey,
    messages: stored,
    transport,
    resume,
    throttle: DRAW_EVERY_MS,
    onData: (part) => setStatus(part.data),
    onError: (error) => setProblem(humane(error)),
    onFinish: ({ isAbort, isDisconnect }) => {
      // The run may go on without this page; what arrived of it stays in view.
      if (isDisconnect) {
        setLost(true);
        setProblem('The connection was lost. Load the thread again to see what the server has.');
      }
      // Aborted: this page went to another thread.
      else if (!isAbort) void sync();
    },
  });
  const running = chat.status === 'submitted' || chat.status === 'streaming';
  // A new thread has no run to ask for; once it has, a phone that sleeps and wakes joins it again.
  if (!resume && chat.status === 'streaming') setResume(true);
  const last = chat.messages.at(-1);
  const newestMessages = useRef(chat.messages);
  newestMessages.current = chat.messages;

  useEffect(() => {
    left.current = false;
    return () => {
      left.current = true;
    };
  }, []);

  /** Takes over what the server holds: its ids, its masking, the state of a stopped reply. */
  async function sync() {
    const before = sent.current;
    try {
      const messages = await loadThread(session, stateKey);
      if (left.current || before !== sent.current) return;
      setLost(false);
      onTurnEnd(messages.length);
      setReturned(textOfMissing(newestMessages.current, messages));
      chat.setMessages(messages);
    } catch (error) {
      if (!left.current) setProblem(humane(error));
    }
  }

  function begin(text: string) {
    sent.current += 1;
    setStatus(undefined);
    setProblem(undefined);
    setReturned(undefined);
    onTurnStart(text);
  }

  async function reopen() {
    setProblem(undefined);
    setStatus(undefined);
    setRunKnown(false);
    await chat.stop();
    await sync();
    await chat.resumeStream();
  }

  return {
    messages: chat.messages,
    running,
    status: running ? status : undefined,
    problem,
    unanswered: runKnown && !running && !lost && last?.role === 'user',
    canSend: runKnown && !running,
    stopping,
    returned,
    send(text) {
      begin(text);
      void chat.sendMessage({ text });
    },
    askAgain() {
      begin(last ? textOf(last) : '');
      void chat.regenerate();
    },
    async stop() {
      setStopping(true);
      try {
        // The stream then ends by itself. Nothing to stop: the run is over or waits for another one, so look again.
        if (!(await stopTurn(session, stateKey))) await reopen();
      } catch (error) {
        setProblem(humane(error));
      } finally {
        setStopping(false);
      }
    },
    reopen,
  };
}

/** The last message here, when it is the user's and the server does not have it. */
function textOfMissing(here: ChatMessage[], there: ChatMessage[]): string | undefined {
  const lastUser = here.findLast((message) => message.role === 'user');
  if (!lastUser || there.some((message) => message.id === lastUser.id)) return undefined;
  return textOf(lastUser);
}
