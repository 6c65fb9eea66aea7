// A receiver of usage facts: counts what it is told, and refuses on demand, as a real billing service would.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { bodyOf } from './body.ts';
import { until } from './until.ts';
import { Loopback } from './loopback.ts';

/** The documented body of a delivery. */
export type UsageDelivery = { runId: string; seq: number; owner: string; stateKey: string; fact: unknown };

/** One attempt of the worker, as it came. */
export type Attempt = { key: string | undefined; authorization: string | undefined; body: UsageDelivery; status: number };

export class UsageHook {
  /** Every attempt, refused or not, in order of arrival. */
  readonly attempts: Attempt[] = [];
  #server: Loopback;
  #refusals: number[] = [];

  private constructor(server: Loopback) {
    this.#server = server;
  }

  static async start(): Promise<UsageHook> {
    const hook: UsageHook = new UsageHook(await Loopback.start((request, response) => void hook.#receive(request, response)));
    return hook;
  }

  get url(): string {
    return `${this.#server.origin}/usage`;
  }

  /** Answers the next attempts with these statuses, one each; 0 breaks the connection. */
  refuse(...statuses: number[]): void {
    this.#refusals.push(...statuses);
  }

  /** Forgets the refusals that are still to come. */
  accept(): void {
    this.#refusals = [];
  }

  /** What a receiver that honours the idempotency key has counted for one thread, in order of acceptance. */
  counted(stateKey: string): UsageDelivery[] {
    const seen = new Set<string>();
    const facts: UsageDelivery[] = [];
    for (const attempt of this.attempts) {
      if (attempt.status !== 204 || attempt.body.stateKey !== stateKey || seen.has(attempt.key ?? '')) continue;
      seen.add(attempt.key ?? '');
      facts.push(attempt.body);
    }
    return facts;
  }

  /** Attempts for one thread. */
  of(stateKey: string): Attempt[] {
    return this.attempts.filter((attempt) => attempt.body.stateKey === stateKey);
  }

  async countedAtLeast(stateKey: string, count: number): Promise<UsageDelivery[]> {
    await until(`${count} usage facts of ${stateKey}`, () => this.counted(stateKey).length >= count, 90_000);
    return this.counted(stateKey);
  }

  stop(): void {
    this.#server.stop();
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    if (body === undefined) return;
    const status = this.#refusals.shift() ?? 204;
    const header = request.headers['idempotency-key'];
    this.attempts.push({
      key: Array.isArray(header) ? header.join() : header,
      authorization: request.headers.authorization,
      body: JSON.parse(body) as UsageDelivery,
      status,
    });
    if (status === 0) response.destroy();
    else response.writeHead(status).end();
  }
}
