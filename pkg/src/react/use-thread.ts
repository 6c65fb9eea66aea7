// `useThread`: the thread of a scope, which many people write to and see.

import { useChat, type UseChatHelpers } from '@ai-sdk/react';
import type { ChatInit, UIMessage } from 'ai';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { ThreadkeepError } from '../error.ts';
import { threadPath, type Scope } from '../scope.ts';
import { CatchUp } from './catch-up.ts';
import { follow } from './follow.ts';
import { ThreadTransport } from './thread-transport.ts';
import { ask, at, tokenOf, type WorkerPage } from './worker-page.ts';

/** What `useThread` needs, beside the options of `useChat`. */
export interface ThreadOptions<Message extends UIMessage = UIMessage> extends Omit<ChatInit<Message>, 'id' | 'messages' | 'transport'> {
  readonly worker: WorkerPage;
  readonly scope: Scope;
  /** The thread as a server has rendered it; the worker's own comes in its place when it is newer. */
  readonly initialMessages?: Message[];
  /** Renders what streams at most once in so many milliseconds. */
  readonly throttle?: number;
}

/** The helpers of `useChat`, and where the thread is. */
export interface ThreadHelpers<Message extends UIMessage = UIMessage> extends UseChatHelpers<Message> {
  /** The thread has been loaded from the worker. */
  readonly isLoaded: boolean;
  /** The page is told of changes as they happen. */
  readonly isLive: boolean;
  /** Somebody's turn runs: one's own or another's. */
  readonly isRunning: boolean;
  /** Why the thread could not be loaded. It is tried again, after a refusal (`forbidden`, `invalid_token`) only when something changes. */
  readonly loadError: ThreadkeepError | undefined;
  /** Ends the running turn on the server, whoever asked; what there is of the reply is kept. */
  readonly stop: () => Promise<void>;
}

/**
 * The thread of a scope: its history on mount, everybody's turns as they stream, a turn that goes on after a reload, and
 * `stop`, on top of the AI SDK's `useChat`.
 *
 * The worker owns the messages: of what the page sends only its last user message is read.
 *
 * For `ai` 7: the `resumeStream` of `ai` 5 doubles the text of a reply that goes on after the network was lost.
 *
 * @throws {ThreadkeepError} `invalid_scope`, while it renders.
 */
export function useThread<Message extends UIMessage = UIMessage>(options: ThreadOptions<Message>): ThreadHelpers<Message> {
  const { worker, scope, initialMessages, ...chatOptions } = options;
  const path = threadPath(scope);
  const url = at(worker, path);
  const newest = useRef(options);
  newest.current = options;
  const catchUp = useRef<CatchUp<Message>>(undefined);
  /** What the last stream ended with: `resumeStream` and its like never reject. */
  const failure = useRef<Error>(undefined);

  const transport = useMemo(() => new ThreadTransport<Message>(() => newest.current.worker, scope, () => void catchUp.current?.look()), [url]);
  const chat = useChat<Message>({
    ...chatOptions,
    id: path,
    transport,
    ...(initialMessages === undefined ? {} : { messages: initialMessages }),
    onError(error) {
      failure.current = error;
      newest.current.onError?.(error);
    },
  });
  const error = useRef<Error>(undefined);
  error.current = chat.error;

  const [progress, setProgress] = useState<Progress>({ url, ...AT_FIRST });
  // That of another thread says nothing of this one, not even until the effect has run.
  const { isLoaded, isLive, isTurnRunning, loadError } = progress.url === url ? progress : AT_FIRST;

  useEffect(() => {
    const report = (change: Partial<Progress>) => setProgress((before) => ({ ...(before.url === url ? before : AT_FIRST), ...change, url }));
    const its = new CatchUp<Message>({
      load: () => ask(newest.current.worker, 'GET', `${path}/messages`),
      show: chat.setMessages,
      async resume() {
        failure.current = undefined;
        await chat.resumeStream();
        return failure.current;
      },
      error: () => error.current,
      clearError: chat.clearError,
      isSending: () => transport.isSending,
      onLoad: (loadError) => report(loadError === undefined ? { isLoaded: true, loadError } : { loadError }),
    });
    catchUp.current = its;
    const unfollow = follow(
      // The newest token, also after a reconnect.
      { url: worker.url, token: () => tokenOf(newest.current.worker) },
      path,
      (state) => {
        report({ isTurnRunning: state.running });
        its.tell(state);
      },
      (isLive) => report({ isLive }),
    );
    // Without a socket there is still a history.
    void its.look();
    return () => {
      unfollow();
      its.end();
      // It begins anew when React mounts the same page twice.
      report(AT_FIRST);
    };
    // The helpers of a chat are the same ones as long as its id is.
  }, [url]);

  const stop = useCallback(async () => {
    await ask(newest.current.worker, 'POST', `${path}/stop`);
  }, [url]);

  const isStreaming = chat.status === 'submitted' || chat.status === 'streaming';
  return { ...chat, stop, isLoaded, isLive, isRunning: isTurnRunning || isStreaming, loadError };
}

/** Where a page is on the thread at `url`. */
interface Progress {
  readonly url: string;
  readonly isLoaded: boolean;
  readonly isLive: boolean;
  readonly isTurnRunning: boolean;
  readonly loadError: ThreadkeepError | undefined;
}

const AT_FIRST = { isLoaded: false, isLive: false, isTurnRunning: false, loadError: undefined };
