// The app's own executor service, scripted: a loopback server that answers each turn with AiEvents, one step at a time.
// A spec takes a turn by its stateKey, then says what happens next; nothing here runs by the clock.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AiEvent, MessageDto } from './ai-event.ts';
import { bodyOf } from './body.ts';
import { until, within } from './until.ts';
import { Loopback } from './loopback.ts';

/** The JSON body that the worker posts for a turn. */
export type TurnRequest = { runId: string; stateKey: string; model?: string; graphName?: string; messages: MessageDto[] };

export type WireFormat = 'ndjson' | 'sse';

export class EventsUpstream {
  /** Every turn that arrived, in order of arrival. */
  readonly turns: EventsTurn[] = [];
  /** How the events are framed; may be changed between turns. */
  format: WireFormat = 'ndjson';
  #server: Loopback;
  #taken = new Set<EventsTurn>();
  #script: ((turn: EventsTurn) => void) | undefined;

  private constructor(server: Loopback) {
    this.#server = server;
  }

  static async start(): Promise<EventsUpstream> {
    const upstream: EventsUpstream = new EventsUpstream(await Loopback.start((request, response) => void upstream.#receive(request, response)));
    return upstream;
  }

  get url(): string {
    return `${this.#server.origin}/run`;
  }

  /** The next turn on this thread that no one has taken yet. Waits for it to arrive. */
  async next(stateKey: string): Promise<EventsTurn> {
    const turn = await until(`a turn of ${stateKey} at the upstream`, () => this.of(stateKey).find((turn) => !this.#taken.has(turn)));
    this.#taken.add(turn);
    return turn;
  }

  /** All turns of one thread so far. */
  of(stateKey: string): EventsTurn[] {
    return this.turns.filter((turn) => turn.request.stateKey === stateKey);
  }

  /** Answers every turn from now on by itself; `undefined` gives the steps back to the specs. */
  script(answer: ((turn: EventsTurn) => void) | undefined): void {
    this.#script = answer;
  }

  stop(): void {
    this.#server.stop();
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    if (body === undefined) return;
    const turn = new EventsTurn(request, body, response, this.format);
    this.turns.push(turn);
    this.#script?.(turn);
  }
}

/** One turn at the upstream: what was asked, and the handle that says what happens next. */
export class EventsTurn {
  readonly method: string;
  readonly headers: IncomingMessage['headers'];
  /** The request's body as it came. */
  readonly body: string;
  readonly request: TurnRequest;
  /** Resolves when the connection is gone, whoever ended it. */
  readonly closed: Promise<void>;
  isClosed = false;
  #response: ServerResponse;
  #format: WireFormat;

  constructor(request: IncomingMessage, body: string, response: ServerResponse, format: WireFormat) {
    this.method = request.method ?? '';
    this.headers = request.headers;
    this.body = body;
    this.request = JSON.parse(body) as TurnRequest;
    this.#response = response;
    this.#format = format;
    this.closed = once(response, 'close').then(() => {
      this.isClosed = true;
    });
    // A worker that stops a turn resets the connection; that is not this server's failure.
    response.on('error', () => {});
  }

  /** Answers 200 and the headers, without any event yet. */
  accept(): this {
    if (this.#response.headersSent) return this;
    const type = this.#format === 'sse' ? 'text/event-stream' : 'application/x-ndjson';
    this.#response.writeHead(200, { 'content-type': type, 'cache-control': 'no-cache' });
    this.#response.flushHeaders();
    return this;
  }

  /** Sends events, one frame each. */
  send(...events: AiEvent[]): this {
    for (const event of events) this.raw(this.frame(event));
    return this;
  }

  /** Sends bytes as they are: half a line, a comment, rubbish. */
  raw(bytes: string | Uint8Array): this {
    this.accept();
    this.#response.write(bytes);
    return this;
  }

  /** The bytes of one event in this turn's format. */
  frame(event: AiEvent): string {
    const json = JSON.stringify(event);
    return this.#format === 'sse' ? `data: ${json}\n\n` : `${json}\n`;
  }

  /** Ends the stream in good order. */
  end(...events: AiEvent[]): void {
    this.send(...events);
    this.accept();
    this.#response.end();
  }

  /** Breaks the connection in the middle. */
  cut(): void {
    this.#response.destroy();
  }

  /** Refuses the turn with a status, before any event. */
  refuse(status: number, body = ''): void {
    this.#response.writeHead(status, { 'content-type': 'text/plain' });
    this.#response.end(body);
  }

  /** Waits until the worker has let go of this request. */
  async released(): Promise<void> {
    await within('the worker closes the upstream request', this.closed);
  }
}
