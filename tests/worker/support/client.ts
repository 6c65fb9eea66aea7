// A client of the public routes, with one credential. Nothing here knows what the right answer is.

import { SignJWT } from 'jose';
import type { UIMessage } from 'ai';
import { ChatStream } from './chat-stream.ts';
import { until, within } from './until.ts';

export const JWT_SECRET = 'a-test-secret-of-at-least-32-bytes!!';
export const SERVICE_TOKEN = 'service-token-of-the-tests-0123456789';

/** An answer with its body read: JSON where it is JSON, else the text. */
export type Answer<Body = unknown> = { status: number; headers: Headers; body: Body; text: string };

export type ErrorBody = { error: { code: string; message: string } };
export type ThreadBody = { stateKey: string; messages: UIMessage[]; revision: number };
export type ThreadEntry = { stateKey: string; title?: string; updatedAt: string; messageCount: number; metadata?: unknown };
export type ListBody = { threads: ThreadEntry[]; nextCursor?: string };
export type WrittenBody = { stateKey: string; messageCount: number; revision: number };

/** Signs a user's bearer token, as an app's own login would. */
export async function userToken(owner: string, expiresIn = '1h', secret = JWT_SECRET): Promise<string> {
  return new SignJWT({}).setProtectedHeader({ alg: 'HS256' }).setSubject(owner).setIssuedAt().setExpirationTime(expiresIn).sign(new TextEncoder().encode(secret));
}

/** A user message as a stock client writes it. */
export function userMessage(id: string, text: string): UIMessage {
  return { id, role: 'user', parts: [{ type: 'text', text }] };
}

export class Client {
  readonly owner: string;
  #base: () => string;
  #headers: Record<string, string>;

  /** `base` is asked at each request: a restarted worker has a new port. */
  private constructor(owner: string, base: () => string, headers: Record<string, string>) {
    this.owner = owner;
    this.#base = base;
    this.#headers = headers;
  }

  static async user(owner: string, base: () => string): Promise<Client> {
    return new Client(owner, base, { authorization: `Bearer ${await userToken(owner)}` });
  }

  /** A trusted backend that acts for `owner`. */
  static service(owner: string, base: () => string): Client {
    return new Client(owner, base, { authorization: `Bearer ${SERVICE_TOKEN}`, 'x-threadkeep-owner': owner });
  }

  /** No owner of its own: the headers are the credential, or the lack of one. */
  static bare(base: () => string, headers: Record<string, string> = {}): Client {
    return new Client('', base, headers);
  }

  get headers(): Record<string, string> {
    return { ...this.#headers };
  }

  /** Any request; a body that is not a string is sent as JSON. */
  async request(method: string, path: string, body?: unknown, headers: Record<string, string> = {}, signal?: AbortSignal): Promise<Response> {
    const init: RequestInit = { method, headers: { ...this.#headers, ...headers } };
    if (signal) init.signal = signal;
    if (body !== undefined) {
      init.body = typeof body === 'string' || body instanceof Uint8Array ? (body as BodyInit) : JSON.stringify(body);
      init.headers = { 'content-type': 'application/json', ...init.headers };
    }
    return within(`an answer to ${method} ${path}`, fetch(this.#base() + path, init));
  }

  async ask<Body = unknown>(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer<Body>> {
    const response = await this.request(method, path, body, headers);
    const text = await within(`the body of ${method} ${path}`, response.text());
    const isJson = response.headers.get('content-type')?.includes('application/json') === true;
    return { status: response.status, headers: response.headers, body: (isJson ? JSON.parse(text) : text) as Body, text };
  }

  /** Posts a chat body; the answer must be a stream. */
  async chat(body: unknown): Promise<ChatStream> {
    const abort = new AbortController();
    const response = await this.request('POST', '/api/v1/ai/chat', body, {}, abort.signal);
    if (response.status !== 200) throw new Error(`chat answered ${response.status}: ${await response.text()}`);
    return new ChatStream(response, abort);
  }

  /** Says one thing on a thread, with the body of a stock client that knows no history. */
  say(stateKey: string, text: string, messageId: string = crypto.randomUUID()): Promise<ChatStream> {
    return this.chat({ id: stateKey, messages: [userMessage(messageId, text)], trigger: 'submit-message' });
  }

  /** The running stream from its start, or undefined when no turn runs. */
  async resume(stateKey: string): Promise<ChatStream | undefined> {
    const abort = new AbortController();
    const response = await this.request('GET', `/api/v1/ai/chat/${stateKey}/stream`, undefined, {}, abort.signal);
    if (response.status === 204) return undefined;
    if (response.status !== 200) throw new Error(`resume answered ${response.status}: ${await response.text()}`);
    return new ChatStream(response, abort);
  }

  stop(stateKey: string): Promise<Answer<{ stopped: boolean }>> {
    return this.ask('POST', `/api/v1/ai/chat/${stateKey}/stop`);
  }

  thread(stateKey: string): Promise<Answer<ThreadBody>> {
    return this.ask('GET', `/api/v1/ai/threads/${stateKey}`);
  }

  async messages(stateKey: string): Promise<UIMessage[]> {
    const answer = await this.thread(stateKey);
    if (answer.status !== 200) throw new Error(`thread answered ${answer.status}: ${answer.text}`);
    return answer.body.messages;
  }

  /** Waits until the thread holds at least `count` messages. */
  async messagesAtLeast(stateKey: string, count: number, deadlineMs?: number): Promise<UIMessage[]> {
    return until(`${count} messages in ${stateKey}`, async () => {
      const messages = await this.messages(stateKey);
      return messages.length >= count && messages;
    }, deadlineMs);
  }

  list(query = ''): Promise<Answer<ListBody>> {
    return this.ask('GET', `/api/v1/ai/threads${query}`);
  }

  /** Waits until the list shows a thread as `probe` wants it: the index may lag. */
  async listed(stateKey: string, probe: (entry: ThreadEntry) => boolean = () => true, deadlineMs?: number): Promise<ThreadEntry> {
    return until(`${stateKey} in the list of ${this.owner}`, async () => {
      const entry = (await this.list('?limit=100')).body.threads.find((entry) => entry.stateKey === stateKey);
      return entry !== undefined && probe(entry) && entry;
    }, deadlineMs);
  }

  remove(stateKey: string): Promise<Answer<{ ok: true }>> {
    return this.ask('DELETE', `/api/v1/ai/threads/${stateKey}`);
  }

  patch(stateKey: string, change: unknown): Promise<Answer> {
    return this.ask('PATCH', `/api/v1/ai/threads/${stateKey}`, change);
  }

  save(stateKey: string, messages: UIMessage[], expectedMessageCount: number, metadata?: unknown): Promise<Answer<WrittenBody & ErrorBody>> {
    return this.ask('PUT', `/api/v1/ai/threads/${stateKey}`, { messages, expectedMessageCount, ...(metadata === undefined ? {} : { metadata }) });
  }

  append(stateKey: string, messages: UIMessage[], idempotencyKey?: string): Promise<Answer<WrittenBody & ErrorBody>> {
    return this.ask('POST', `/api/v1/ai/threads/${stateKey}/messages`, { messages, ...(idempotencyKey === undefined ? {} : { idempotencyKey }) });
  }
}
