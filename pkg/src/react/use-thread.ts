// `useThread`: the thread of a scope, which many people write to and see.

import { useChat, type UseChatHelpers } from '@ai-sdk/react';
import { DefaultChatTransport, type ChatInit, type UIMessage } from 'ai';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { ThreadkeepError } from '../error.ts';
import { threadPath, type Scope } from '../scope.ts';
import { follow, type ThreadState } from './follow.ts';
import { ask, at, headersOf, tokenOf, type WorkerPage } from './worker-page.ts';

/** Pause before the history is asked for again after a failure, in milliseconds. */
const RELOAD_AFTER_MS = 2_000;

/** What `useThread` needs, beside the options of `useChat`. */
export interface ThreadOptions<Message extends UIMessage = UIMessage> extends Omit<ChatInit<Message>, 'id' | 'messages' | 'transport'> {
  readonly worker: WorkerPage;
  readonly scope: Scope;
  /** The thread as a server has rendered it; the worker's own comes in its place when it is newer. */
  readonly initialMessages?: Message[];
}

/** The helpers of `useChat`, and where the thread is. */
export interface ThreadHelpers<Message extends UIMessage = UIMessage> extends UseChatHelpers<Message> {
  /** The thread has been loaded from the worker. */
  readonly isLoaded: boolean;
  /** The page is told of changes as they happen. */
  readonly isLive: boolean;
  /** Somebody's turn runs: one's own or another's. */
  readonly isRunning: boolean;
  /** Why the thread could not be loaded; it is tried again. */
  readonly loadError: ThreadkeepError | undefined;
  /** Ends the running turn on the server, whoever asked; what there is of the reply is kept. */
  readonly stop: () => Promise<void>;
}

/**
 * The thread of a scope: its history on mount, everybody's turns as they stream, a turn that goes on after a reload, and
 * `stop`, on top of the AI SDK's `useChat`.
 *
 * The worker owns the messages: of what the page sends only its last user message is read.
 */
export function useThread<Message extends UIMessage = UIMessage>(options: ThreadOptions<Message>): ThreadHelpers<Message> {
  const { worker, scope, initialMessages, ...chatOptions } = options;
  const path = threadPath(scope);
  const newest = useRef(options);
  newest.current = options;

  const transport = useMemo(
    () =>
      new DefaultChatTransport<Message>({
        api: at(newest.current.worker, '/api/v1/ai/chat'),
        // Asked for each request: a token does not live as long as a page.
        headers: () => headersOf(newest.current.worker),
        prepareSendMessagesRequest: ({ messages, trigger, messageId, headers, body }) => ({
          headers: headers as Record<string, string>,
          body: { ...body, messages: messages.slice(-1), trigger, messageId, scope: newest.current.scope },
        }),
        prepareReconnectToStreamRequest: ({ headers }) => ({
          headers: headers as Record<string, string>,
          api: at(newest.current.worker, `${threadPath(newest.current.scope)}/stream`),
        }),
      }),
    [path, worker.url],
  );
  const init = { ...chatOptions, id: path, transport, ...(initialMessages === undefined ? {} : { messages: initialMessages }) };
  const chat = useChat<Message>(init);
  const current = useRef(chat);
  current.current = chat;

  const [isLoaded, setLoaded] = useState(false);
  const [isLive, setLive] = useState(false);
  const [runs, setRuns] = useState(false);
  const [loadError, setLoadError] = useState<ThreadkeepError>();
  /** What the worker said last, and the revision that the page shows. */
  const told = useRef<ThreadState>(undefined);
  const shown = useRef(-1);
  const busy = useRef(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const isStreaming = chat.status === 'submitted' || chat.status === 'streaming';

  // Not while this page streams: the reply on its way is not in the history yet. It looks again at its end.
  const catchUp = useCallback(async () => {
    if (busy.current || streams(current.current)) return;
    if (told.current !== undefined && told.current.revision === shown.current && !told.current.running) return;
    busy.current = true;
    const its = path;
    const isCurrent = () => threadPath(newest.current.scope) === its;
    try {
      const { messages, revision } = await ask<{ messages: Message[]; revision: number }>(newest.current.worker, 'GET', `${its}/messages`);
      if (!isCurrent()) return;
      if (!streams(current.current)) {
        if (revision !== shown.current) current.current.setMessages(messages);
        shown.current = revision;
        setLoaded(true);
        setLoadError(undefined);
        if (told.current?.running === true) await current.current.resumeStream();
      }
    } catch (error) {
      if (!isCurrent()) return;
      setLoadError(error instanceof ThreadkeepError ? error : new ThreadkeepError('internal', { cause: error }));
      clearTimeout(timer.current);
      timer.current = setTimeout(() => void catchUp(), RELOAD_AFTER_MS);
    } finally {
      busy.current = false;
    }
    // Told of more while it was busy.
    const missed = told.current !== undefined && told.current.revision > shown.current;
    if (isCurrent() && missed && !streams(current.current)) void catchUp();
  }, [path]);

  useEffect(() => {
    told.current = undefined;
    shown.current = -1;
    setLoaded(false);
    setRuns(false);
    const end = follow(
      // The newest token, also after a reconnect.
      { url: worker.url, token: () => tokenOf(newest.current.worker) },
      path,
      (state) => {
        told.current = state;
        setRuns(state.running);
        void catchUp();
      },
      setLive,
    );
    // Without a socket (a proxy that lets none through) there is still a history.
    void catchUp();
    return () => {
      end();
      clearTimeout(timer.current);
    };
  }, [path, worker.url, catchUp]);

  useEffect(() => {
    if (!isStreaming) void catchUp();
  }, [isStreaming, catchUp]);

  const stop = useCallback(async () => {
    await ask(newest.current.worker, 'POST', `${path}/stop`);
  }, [path]);

  return { ...chat, stop, isLoaded, isLive, isRunning: runs || isStreaming, loadError };
}

function streams({ status }: { readonly status: string }): boolean {
  return status === 'submitted' || status === 'streaming';
}
