// Somebody who uses the app's routes with their session cookie, as the page does.

import { SignJWT } from 'jose';
import type { UIMessage } from 'ai';
import { ChatStream } from '../../worker/support/chat-stream.ts';
import { userMessage } from '../../worker/support/client.ts';
import { until, within } from '../../worker/support/until.ts';
import { SESSION_SECRET } from './app.ts';

/** Milliseconds. Generous: two busy cores are shared. */
const DEADLINE_MS = 90_000;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The text as JSON. */
  readonly body: Record<string, unknown> & { readonly error?: { readonly code: string } };
}

export class User {
  readonly name: string;
  readonly #url: () => string;
  readonly #cookie: string | undefined;

  /** With any cookie, or none. */
  constructor(name: string, url: () => string, cookie?: string) {
    this.name = name;
    this.#url = url;
    this.#cookie = cookie;
  }

  static async signedIn(name: string, url: () => string, secret = SESSION_SECRET): Promise<User> {
    const token = await new SignJWT().setProtectedHeader({ alg: 'HS256' }).setSubject(name).setIssuedAt().setExpirationTime('1h').sign(new TextEncoder().encode(secret));
    return new User(name, url, `session=${token}`);
  }

  async request(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<Response> {
    const headers: Record<string, string> = { 'content-type': 'application/json' };
    if (this.#cookie !== undefined) headers['cookie'] = this.#cookie;
    const init: RequestInit = { method, headers };
    if (body !== undefined) init.body = typeof body === 'string' ? body : JSON.stringify(body);
    if (signal) init.signal = signal;
    return within(`an answer to ${method} ${path}`, fetch(this.#url() + path, init), DEADLINE_MS);
  }

  async ask(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await this.request(method, path, body);
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: JSON.parse(text) as Answer['body'] };
  }

  /** Posts to the chat route; the answer must be a stream. */
  async chat(body: unknown): Promise<ChatStream> {
    const abort = new AbortController();
    const response = await this.request('POST', '/api/v1/ai/chat', body, abort.signal);
    if (response.status !== 200) throw new Error(`chat answered ${response.status}: ${await response.text()}`);
    return new ChatStream(response, abort);
  }

  /** Says one thing on a thread, in the body of a stock client. */
  say(stateKey: string, text: string, id: string = crypto.randomUUID()): Promise<ChatStream> {
    return this.chat({ id: stateKey, messages: [userMessage(id, text)], trigger: 'submit-message' });
  }

  /** Posts to the chat route; the answer must be a refusal. */
  refusedChat(body: unknown): Promise<Answer> {
    return this.ask('POST', '/api/v1/ai/chat', body);
  }

  async history(stateKey: string): Promise<UIMessage[]> {
    const answer = await this.ask('GET', `/api/v1/ai/threads/${stateKey}`);
    if (answer.status !== 200) throw new Error(`history answered ${answer.status}: ${answer.text}`);
    return answer.body['messages'] as UIMessage[];
  }

  /** Waits until the thread has so many messages. */
  historyOf(stateKey: string, count: number): Promise<UIMessage[]> {
    return until(`${count} messages in ${stateKey}`, async () => {
      const messages = await this.history(stateKey);
      return messages.length >= count && messages;
    }, DEADLINE_MS);
  }

  async threadKeys(): Promise<string[]> {
    const { body } = await this.ask('GET', '/api/v1/ai/threads?limit=100');
    return (body['threads'] as { stateKey: string }[]).map((row) => row.stateKey);
  }
}
