// A chat-completions server that replays recorded chunks as SSE, cut at random places, and that refuses
// a request as strictly as the real ones do: a thread that makes it answer 400 is a bug of the worker.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { setImmediate as turnOfLoop } from 'node:timers/promises';
import { bodyOf } from './body.ts';
import type { Random } from './random.ts';
import { Loopback } from './loopback.ts';

export type OpenAiMessage = {
  role: 'system' | 'user' | 'assistant' | 'tool';
  content?: string | null;
  tool_calls?: { id: string; type: string; function: { name: string; arguments: string } }[];
  tool_call_id?: string;
};

export type OpenAiRequest = {
  path: string;
  authorization: string | undefined;
  body: { model: string; stream: boolean; stream_options?: { include_usage?: boolean }; messages: OpenAiMessage[] };
  /** Why a real server would have answered 400; undefined when it would not. */
  complaint: string | undefined;
};

/** What is replayed: chunk lines, and whether the stream ends with `[DONE]`, breaks off, or stays open. */
export type Recording = { lines: string[]; isTerminated?: boolean; isBroken?: boolean; isOpen?: boolean };

export class OpenAiUpstream {
  readonly requests: OpenAiRequest[] = [];
  #server: Loopback;
  #random: Random;
  #next: Recording = { lines: [] };

  private constructor(server: Loopback, random: Random) {
    this.#server = server;
    this.#random = random;
  }

  static async start(random: Random): Promise<OpenAiUpstream> {
    const upstream: OpenAiUpstream = new OpenAiUpstream(await Loopback.start((request, response) => void upstream.#answer(request, response)), random);
    return upstream;
  }

  get baseUrl(): string {
    return `${this.#server.origin}/v1`;
  }

  get last(): OpenAiRequest | undefined {
    return this.requests.at(-1);
  }

  /** What the requests from now on are answered with. */
  replay(recording: Recording): void {
    this.#next = recording;
  }

  stop(): void {
    this.#server.stop();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const json = await bodyOf(request);
    if (json === undefined) return;
    const body = JSON.parse(json) as OpenAiRequest['body'];
    const complaint = complaintAbout(body.messages);
    this.requests.push({ path: request.url ?? '', authorization: request.headers.authorization, body, complaint });
    if (complaint !== undefined) {
      response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ error: { message: complaint } }));
      return;
    }
    response.on('error', () => {});
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    await this.#stream(response, this.#next);
  }

  async #stream(response: ServerResponse, { lines, isTerminated = true, isBroken = false, isOpen = false }: Recording): Promise<void> {
    const frames = lines.map((line) => `data: ${line}\n\n`).join('') + (isTerminated ? 'data: [DONE]\n\n' : '');
    response.socket?.setNoDelay(true);
    for (const piece of this.#random.cut(Buffer.from(frames, 'utf8'), 1 + this.#random.below(900))) {
      response.write(piece);
      await turnOfLoop();
    }
    if (isBroken) response.destroy();
    else if (!isOpen) response.end();
  }
}

/** The rules of the real servers that a stored thread is most likely to break. */
export function complaintAbout(messages: OpenAiMessage[]): string | undefined {
  let open = new Set<string>();
  for (const [at, message] of messages.entries()) {
    if (message.role === 'tool') {
      if (!open.delete(message.tool_call_id ?? '')) return `messages[${at}]: a tool message must follow the call that it answers`;
      if (typeof message.content !== 'string') return `messages[${at}]: content must be a string`;
      continue;
    }
    if (open.size > 0) return `messages[${at}]: tool calls without a response: ${[...open].join()}`;
    if (message.role !== 'system' && message.role === messages[at - 1]?.role) return `messages[${at}]: roles must alternate`;
    if (message.role !== 'assistant' && typeof message.content !== 'string') return `messages[${at}]: content must be a string`;
    if (message.tool_calls?.length === 0) return `messages[${at}]: tool_calls must not be empty`;
    if (message.role === 'assistant' && !message.content && !message.tool_calls) return `messages[${at}]: neither content nor tool_calls`;
    for (const call of message.tool_calls ?? []) {
      if (call.type !== 'function' || !call.function.name) return `messages[${at}]: a malformed tool call`;
      if (!isJsonObject(call.function.arguments)) return `messages[${at}]: arguments must be a JSON object`;
    }
    open = new Set((message.tool_calls ?? []).map((call) => call.id));
    if (open.size !== (message.tool_calls ?? []).length) return `messages[${at}]: a tool call id twice`;
  }
  return open.size > 0 ? `tool calls without a response: ${[...open].join()}` : undefined;
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
