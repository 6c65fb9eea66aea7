// How a page chats with the worker, and whether a turn of its own is on its way.

import { DefaultChatTransport, type ChatTransport, type UIMessage } from 'ai';
import { threadPath, type Scope } from '../scope.ts';
import { at, headersOf, type WorkerPage } from './worker-page.ts';

/**
 * The transport of a scope's thread. It counts its own turns: what the page has rendered of them is a moment old, and
 * whoever follows them in that moment shows them twice.
 */
export class ThreadTransport<Message extends UIMessage> extends DefaultChatTransport<Message> {
  readonly #onEnd: () => void;
  #turns = 0;

  /** `worker` is asked for each request: a token does not live as long as a page. `onEnd` is told of the end of each own turn. */
  constructor(worker: () => WorkerPage, scope: Scope, onEnd: () => void) {
    super({
      api: at(worker(), '/api/v1/ai/chat'),
      headers: () => headersOf(worker()),
      prepareSendMessagesRequest: ({ messages, trigger, messageId, headers, body }) => ({
        headers: headers as Record<string, string>,
        body: { ...body, messages: messages.slice(-1), trigger, messageId, scope },
      }),
      prepareReconnectToStreamRequest: ({ headers }) => ({
        headers: headers as Record<string, string>,
        api: at(worker(), `${threadPath(scope)}/stream`),
      }),
    });
    this.#onEnd = onEnd;
  }

  /** From the call on, to the last byte of the reply. */
  get isSending(): boolean {
    return this.#turns > 0;
  }

  override async sendMessages(options: Parameters<ChatTransport<Message>['sendMessages']>[0]) {
    this.#turns += 1;
    const ended = once(() => {
      this.#turns -= 1;
      this.#onEnd();
    });
    try {
      return toTheEnd(await super.sendMessages(options), ended);
    } catch (error) {
      ended();
      throw error;
    }
  }
}

/** The stream, which says when it is over, however it ends. */
function toTheEnd<Chunk>(stream: ReadableStream<Chunk>, ended: () => void): ReadableStream<Chunk> {
  const reader = stream.getReader();
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (!done) return controller.enqueue(value);
        controller.close();
      } catch (error) {
        controller.error(error);
      }
      ended();
    },
    cancel(reason) {
      ended();
      return reader.cancel(reason);
    },
  });
}

function once(run: () => void): () => void {
  let ran = false;
  return () => {
    if (!ran) run();
    ran = true;
  };
}
