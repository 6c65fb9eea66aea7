// The model behind the app's graph, scripted: a chat-completions server that answers one step at a time, and refuses a
// prompt as strictly as the real ones do. Nothing here runs by the clock.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { bodyOf } from '../../worker/support/body.ts';
import { Loopback } from '../../worker/support/loopback.ts';
import { complaintAbout, type OpenAiMessage } from '../../worker/support/openai-upstream.ts';
import { until } from '../../worker/support/until.ts';

/** Milliseconds. Generous: two busy cores are shared. */
const DEADLINE_MS = 90_000;

/** The tokens that each answer claims: numbers that stand nowhere else. */
export const PROMPT_TOKENS = 4_815_162;
export const COMPLETION_TOKENS = 3_423_108;

export class Model {
  readonly requests: ModelRequest[] = [];
  #server: Loopback;
  #taken = new Set<ModelRequest>();

  private constructor(server: Loopback) {
    this.#server = server;
  }

  static async start(): Promise<Model> {
    const model: Model = new Model(await Loopback.start((request, response) => void model.#receive(request, response)));
    return model;
  }

  get url(): string {
    return `${this.#server.origin}/v1`;
  }

  /** The next request, not taken yet, whose prompt's last user message is this. */
  async next(question: string | RegExp): Promise<ModelRequest> {
    const asks = (text: string) => (typeof question === 'string' ? text === question : question.test(text));
    const request = await until(
      `the question "${question}" at the model`,
      () => this.requests.find((request) => asks(request.question) && !this.#taken.has(request)),
      DEADLINE_MS,
    );
    this.#taken.add(request);
    if (request.complaint !== undefined) throw new Error(`a real model would have answered 400: ${request.complaint}`);
    return request;
  }

  /** All requests whose prompt's last user message is this. */
  of(question: string): ModelRequest[] {
    return this.requests.filter((request) => request.question === question);
  }

  stop(): void {
    this.#server.stop();
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    if (body === undefined) return;
    this.requests.push(new ModelRequest(body, response));
  }
}

/** One request, and the handle that says what is answered. */
export class ModelRequest {
  /** As it came. */
  readonly body: string;
  readonly messages: OpenAiMessage[];
  /** Why a real server would have answered 400. */
  readonly complaint: string | undefined;
  #response: ServerResponse;
  #calls = 0;

  constructor(body: string, response: ServerResponse) {
    this.body = body;
    this.messages = (JSON.parse(body) as { messages: OpenAiMessage[] }).messages;
    this.complaint = complaintAbout(this.messages);
    this.#response = response;
    response.on('error', () => {});
    if (this.complaint !== undefined) this.refuse(400);
  }

  /** The last user message. */
  get question(): string {
    return this.messages.findLast((message) => message.role === 'user')?.content ?? '';
  }

  refuse(status: number): void {
    this.#response.writeHead(status, { 'content-type': 'application/json' }).end('{"error":{"message":"words of the model\'s own"}}');
  }

  say(text: string): this {
    return this.#send({ choices: [{ index: 0, delta: { content: text } }] });
  }

  /** Calls a tool; the arguments come in two pieces, as real ones do. */
  call(id: string, name: string, args: string): this {
    const index = this.#calls;
    this.#calls += 1;
    const half = Math.floor(args.length / 2);
    this.#send({ choices: [{ index: 0, delta: { tool_calls: [{ index, id, type: 'function', function: { name, arguments: args.slice(0, half) } }] } }] });
    return this.#send({ choices: [{ index: 0, delta: { tool_calls: [{ index, function: { arguments: args.slice(half) } }] } }] });
  }

  /** Ends in good order, with the tokens that were used. */
  end(): void {
    this.#send({ choices: [], usage: { prompt_tokens: PROMPT_TOKENS, completion_tokens: COMPLETION_TOKENS } });
    this.#response.end('data: [DONE]\n\n');
  }

  /** The connection breaks. */
  die(): void {
    this.#response.destroy();
  }

  #send(chunk: object): this {
    if (!this.#response.headersSent) this.#response.writeHead(200, { 'content-type': 'text/event-stream' });
    this.#response.write(`data: ${JSON.stringify(chunk)}\n\n`);
    return this;
  }
}
