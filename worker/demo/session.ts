import { Refusal, refusalOf } from './errors.ts';

/** A token this close to its end is replaced before it is used, so that it cannot run out on the way. */
const RENEW_BEFORE_MS = 30_000;

/** Only the name outlives a reload; the token stays in memory and is asked for again. */
const NAME_KEY = 'threadkeep.demo.name';

/**
 * Someone signed in by name.
 *
 * The worker signs a short-lived token for a name at `POST /demo/token`, a route that exists only on a local worker.
 * A real app would put its own sign-in here; the rest of the page would not change.
 */
export class Session {
  readonly name: string;
  #token = '';
  #expiresAtMs = 0;
  #renewal: Promise<void> | undefined;

  private constructor(name: string) {
    this.name = name;
  }

  /** Signs in. Throws a `Refusal` when the worker does not do that. */
  static async signIn(name: string): Promise<Session> {
    const session = new Session(name);
    await session.#renew();
    return session;
  }

  /**
   * `fetch` with the bearer token. A token that has run out, or that the worker no longer accepts (it restarted with
   * another secret), is replaced and the request sent again, once.
   */
  readonly fetch: typeof globalThis.fetch = async (input, init) => {
    if (Date.now() > this.#expiresAtMs - RENEW_BEFORE_MS) await this.#renew();
    const response = await this.#send(input, init);
    if (response.status !== 401) return response;
    await this.#renew();
    return this.#send(input, init);
  };

  #send(input: RequestInfo | URL, init: RequestInit | undefined): Promise<Response> {
    const headers = new Headers(init?.headers);
    headers.set('authorization', `Bearer ${this.#token}`);
    return fetch(input, { ...init, headers });
  }

  /** Requests that find the token old at the same moment share one renewal. */
  #renew(): Promise<void> {
    this.#renewal ??= this.#requestToken().finally(() => {
      this.#renewal = undefined;
    });
    return this.#renewal;
  }

  async #requestToken(): Promise<void> {
    const response = await fetch('/demo/token', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: this.name }),
    });
    if (response.status === 404) {
      throw new Refusal(
        404,
        'no_demo_sign_in',
        'This deployment has no demo sign-in. It exists only where the worker runs locally (cargo xtask start); elsewhere your own app signs the tokens.',
      );
    }
    if (!response.ok) throw await refusalOf(response);
    const { token, expiresAt } = (await response.json()) as { token: string; expiresAt: number };
    this.#token = token;
    this.#expiresAtMs = expiresAt;
  }
}

export function rememberedName(): string | undefined {
  return localStorage.getItem(NAME_KEY) ?? undefined;
}

export function rememberName(name: string): void {
  localStorage.setItem(NAME_KEY, name);
}

export function forgetName(): void {
  localStorage.removeItem(NAME_KEY);
}
