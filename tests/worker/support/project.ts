// The routes of a project, as its people and its server call them. Nothing here knows what the right answer is.

import { SignJWT } from 'jose';
import type { UIMessage } from 'ai';
import { Client, JWT_SECRET, type Answer, type ErrorBody, type ListBody, type ThreadBody } from './client.ts';
import { ChatStream } from './chat-stream.ts';
import type { Scene } from './scene.ts';
import { until } from './until.ts';

export type Scope = { projectId: string; scopeType: string; scopeId: string };
export type Item = UIMessage & { position: number; visibility: string; runId?: string; requestId?: string };
export type ScopedThread = { stateKey: string; scope: Scope; title?: string; metadata?: unknown; messageCount: number; updatedAt: string; revision: number };
export type ItemsBody = { items: Item[]; nextAfter?: number };
export type Refused<Body> = Answer<Body & ErrorBody>;

/** A client that belongs to projects. */
export class Member {
  readonly client: Client;
  /** The credential, as a WebSocket needs it. */
  readonly token: string;
  #base: () => string;

  private constructor(client: Client, token: string, base: () => string) {
    this.client = client;
    this.token = token;
    this.#base = base;
  }

  /** A user whose token has these claims beside `sub`. */
  static async of(scene: Scene, owner: string, claims: Record<string, unknown>): Promise<Member> {
    const jwt = new SignJWT({ exp: Math.floor(Date.now() / 1000) + 3_600, ...claims }).setProtectedHeader({ alg: 'HS256' }).setSubject(owner);
    const token = await jwt.sign(new TextEncoder().encode(JWT_SECRET));
    return new Member(scene.bare({ authorization: `Bearer ${token}` }), token, () => scene.worker.url);
  }

  /** The app's own server, which speaks for `owner`. */
  static service(scene: Scene, owner: string): Member {
    const client = scene.service(owner);
    return new Member(client, '', () => scene.worker.url);
  }

  list(projectId: string, query = ''): Promise<Refused<ListBody>> {
    return this.client.ask('GET', `/api/v1/ai/projects/${encodeURIComponent(projectId)}/threads${query}`);
  }

  create(scope: Scope, body?: unknown): Promise<Refused<ScopedThread>> {
    return this.client.ask('PUT', pathOf(scope), body);
  }

  find(scope: Scope): Promise<Refused<ScopedThread>> {
    return this.client.ask('GET', pathOf(scope));
  }

  patch(scope: Scope, change: unknown): Promise<Refused<ScopedThread>> {
    return this.client.ask('PATCH', pathOf(scope), change);
  }

  append(scope: Scope, item: unknown): Promise<Refused<Item>> {
    return this.client.ask('POST', `${pathOf(scope)}/items`, item);
  }

  items(scope: Scope, query = ''): Promise<Refused<ItemsBody>> {
    return this.client.ask('GET', `${pathOf(scope)}/items${query}`);
  }

  show(scope: Scope, itemId: string, visibility: string): Promise<Refused<Item>> {
    return this.client.ask('PATCH', `${pathOf(scope)}/items/${encodeURIComponent(itemId)}`, { visibility });
  }

  async messages(scope: Scope): Promise<UIMessage[]> {
    const answer = await this.client.ask<ThreadBody>('GET', `${pathOf(scope)}/messages`);
    if (answer.status !== 200) throw new Error(`messages answered ${answer.status}: ${answer.text}`);
    return answer.body.messages;
  }

  context(scope: Scope): Promise<Refused<{ revision: number; documents: unknown[] }>> {
    return this.client.ask('GET', `${pathOf(scope)}/context`);
  }

  setContext(scope: Scope, body: unknown): Promise<Refused<{ revision: number }>> {
    return this.client.ask('PUT', `${pathOf(scope)}/context`, body);
  }

  /** Says one thing, with the body of a stock client that names the scope. */
  say(scope: Scope, text: string, more: Record<string, unknown> = {}): Promise<ChatStream> {
    const message = { id: crypto.randomUUID(), role: 'user', parts: [{ type: 'text', text }] };
    return this.client.chat({ id: 'any', messages: [message], trigger: 'submit-message', scope, ...more });
  }

  /** The running stream from its start, or undefined when no turn runs. */
  async resume(scope: Scope): Promise<ChatStream | undefined> {
    const abort = new AbortController();
    const response = await this.client.request('GET', `${pathOf(scope)}/stream`, undefined, {}, abort.signal);
    if (response.status === 204) return undefined;
    if (response.status !== 200) throw new Error(`resume answered ${response.status}: ${await response.text()}`);
    return new ChatStream(response, abort);
  }

  stop(scope: Scope): Promise<Refused<{ stopped: boolean }>> {
    return this.client.ask('POST', `${pathOf(scope)}/stop`);
  }

  /** Follows a thread as a browser's page does. */
  follow(scope: Scope, token = this.token): Live {
    return new Live(this.#base().replace('http', 'ws') + `${pathOf(scope)}/live`, token);
  }
}

/** A WebSocket of the live route, and what it was told. */
export class Live {
  readonly said: { revision: number; running: boolean }[] = [];
  readonly pongs: string[] = [];
  closeCode: number | undefined;
  isOpen = false;
  readonly socket: WebSocket;

  constructor(url: string, token: string) {
    this.socket = new WebSocket(url, ['threadkeep.v1', `bearer.${token}`]);
    this.socket.addEventListener('open', () => (this.isOpen = true));
    this.socket.addEventListener('message', ({ data }) => {
      if (data === 'pong') this.pongs.push(data);
      else this.said.push(JSON.parse(String(data)));
    });
    this.socket.addEventListener('close', ({ code }) => (this.closeCode = code));
    this.socket.addEventListener('error', () => {});
  }

  /** Waits until it was told what `probe` wants. */
  async hears(fact: string, probe: (line: { revision: number; running: boolean }) => boolean): Promise<void> {
    await until(fact, () => this.said.some(probe));
  }

  async closed(): Promise<number> {
    await until('the socket is closed', () => this.closeCode !== undefined);
    return this.closeCode!;
  }
}

export function pathOf({ projectId, scopeType, scopeId }: Scope): string {
  return `/api/v1/ai/projects/${encodeURIComponent(projectId)}/threads/${encodeURIComponent(scopeType)}/${encodeURIComponent(scopeId)}`;
}

