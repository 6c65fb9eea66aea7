'use client';

import {
  AssistantRuntimeProvider,
  ComposerPrimitive,
  MessagePrimitive,
  RuntimeAdapterProvider,
  ThreadListItemPrimitive,
  ThreadListPrimitive,
  ThreadPrimitive,
  useAui,
  useRemoteThreadListRuntime,
  type RemoteThreadListAdapter,
} from '@assistant-ui/react';
import { AssistantChatTransport, useChatRuntime } from '@assistant-ui/react-ai-sdk';
import { useMemo, type ReactNode } from 'react';
import { createThreadHistoryAdapter, createThreadListAdapter, type WorkerPage } from 'threadkeep/react';
import { freshToken } from '@/lib/fresh-token';

/** assistant-ui's stock components: the list of threads, and the thread that is open. */
export function Assistant({ user, workerUrl }: { readonly user: string; readonly workerUrl: string }) {
  const worker = useMemo<WorkerPage>(() => ({ url: workerUrl, token: () => freshToken(user) }), [user, workerUrl]);
  const adapter = useMemo<RemoteThreadListAdapter>(() => ({ ...createThreadListAdapter(worker), unstable_Provider: historyOf(worker) }), [worker]);
  const runtime = useRemoteThreadListRuntime({
    adapter,
    runtimeHook: function Runtime() {
      const transport = useMemo(
        () =>
          new AssistantChatTransport({
            api: `${workerUrl}/api/v1/ai/chat`,
            headers: async () => ({ authorization: `Bearer ${await freshToken(user)}` }),
          }),
        [],
      );
      return useChatRuntime({ transport });
    },
  });
  return (
    <AssistantRuntimeProvider runtime={runtime}>
      <main className="workspace">
        <nav className="sidebar" aria-label="Threads">
          <ThreadListPrimitive.Root>
            <ThreadListPrimitive.New>New thread</ThreadListPrimitive.New>
            <ThreadListPrimitive.Items components={{ ThreadListItem }} />
          </ThreadListPrimitive.Root>
        </nav>
        <ThreadPrimitive.Root className="stage">
          <ThreadPrimitive.Viewport role="log" aria-label="Messages">
            <ThreadPrimitive.Messages components={{ UserMessage, AssistantMessage }} />
          </ThreadPrimitive.Viewport>
          <ComposerPrimitive.Root className="composer">
            <ComposerPrimitive.Input aria-label="Message" placeholder="Write a message" />
            <ComposerPrimitive.Send className="primary">Send</ComposerPrimitive.Send>
          </ComposerPrimitive.Root>
        </ThreadPrimitive.Root>
      </main>
    </AssistantRuntimeProvider>
  );
}

/** Gives each thread its history. */
function historyOf(worker: WorkerPage) {
  return function History({ children }: { readonly children?: ReactNode }) {
    const aui = useAui();
    const adapters = useMemo(() => {
      const history = createThreadHistoryAdapter(worker, () => aui.threadListItem().getState().remoteId);
      return { history };
    }, [aui]);
    return <RuntimeAdapterProvider adapters={adapters}>{children}</RuntimeAdapterProvider>;
  };
}

function ThreadListItem() {
  return (
    <ThreadListItemPrimitive.Root>
      <ThreadListItemPrimitive.Trigger>
        <ThreadListItemPrimitive.Title fallback="New thread" />
      </ThreadListItemPrimitive.Trigger>
      <ThreadListItemPrimitive.Archive>Archive</ThreadListItemPrimitive.Archive>
      <ThreadListItemPrimitive.Delete>Delete</ThreadListItemPrimitive.Delete>
    </ThreadListItemPrimitive.Root>
  );
}

function UserMessage() {
  return (
    <MessagePrimitive.Root role="article" aria-label="You" className="question">
      <MessagePrimitive.Parts />
    </MessagePrimitive.Root>
  );
}

function AssistantMessage() {
  return (
    <MessagePrimitive.Root role="article" aria-label="Reply" className="reply">
      <MessagePrimitive.Parts />
    </MessagePrimitive.Root>
  );
}
