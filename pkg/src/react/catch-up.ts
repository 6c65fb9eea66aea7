// Brings a page to where its thread is: the history after every change, and the turn that runs, as it streams.

import type { UIMessage } from 'ai';
import { ThreadkeepError } from '../error.ts';
import { Backoff } from './backoff.ts';
import type { ThreadState } from './follow.ts';

/** What the page shows, and how that is changed. */
export interface ThreadPage<Message extends UIMessage> {
  readonly load: () => Promise<{ readonly messages: Message[]; readonly revision: number }>;
  readonly show: (messages: Message[]) => void;
  /** Streams the running turn to its end; never rejects, but gives what went wrong. */
  readonly resume: () => Promise<Error | undefined>;
  /** The error that the page shows. */
  readonly error: () => Error | undefined;
  readonly clearError: () => void;
  /** A turn of the page's own streams: its reply is not in the history yet. */
  readonly isSending: () => boolean;
  /** The history is there (`undefined`), or why not. */
  readonly onLoad: (error: ThreadkeepError | undefined) => void;
}

/** One page on one thread, until it ends. A page that turns to another scope has a new one: the two share nothing. */
export class CatchUp<Message extends UIMessage> {
  readonly #page: ThreadPage<Message>;
  readonly #retry = new Backoff();
  /** What the worker said last, and the revision that the page shows. */
  #told: ThreadState | undefined;
  #shown = -1;
  /** Asked to look since it looked last. */
  #isDue = false;
  #isBusy = false;
  #hasEnded = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** An error that the next change makes an old one. */
  #passing: Error | undefined;

  constructor(page: ThreadPage<Message>) {
    this.#page = page;
  }

  tell(state: ThreadState): void {
    this.#told = state;
    void this.look();
  }

  end(): void {
    this.#hasEnded = true;
    clearTimeout(this.#timer);
  }

  /** Shows what the page lacks. To be called at the end of each own turn, too: while it streams, nothing else is shown. */
  async look(): Promise<void> {
    this.#isDue = true;
    if (this.#isBusy) return;
    this.#isBusy = true;
    while (this.#isDue && !this.#hasEnded && !this.#page.isSending()) {
      this.#isDue = false;
      clearTimeout(this.#timer);
      if (this.#lacksSomething() && (await this.#load()) && this.#told?.running === true) await this.#resume();
    }
    this.#isBusy = false;
  }

  #lacksSomething(): boolean {
    // Without a socket (a proxy that lets none through) nobody tells.
    return this.#told === undefined || this.#told.running || this.#told.revision !== this.#shown;
  }

  /** Whether the page now shows the history. */
  async #load(): Promise<boolean> {
    try {
      const { messages, revision } = await this.#page.load();
      if (this.#hasEnded) return false;
      if (this.#page.isSending()) {
        this.#isDue = true;
        return false;
      }
      // A turn is streamed from its beginning: what there was of it goes.
      if (revision !== this.#shown || this.#told?.running === true) this.#page.show(messages);
      if (revision !== this.#shown) this.#forgetError();
      this.#shown = revision;
      this.#page.onLoad(undefined);
      if (this.#told?.running !== true) this.#retry.reset();
      return true;
    } catch (cause) {
      if (this.#hasEnded) return false;
      const error = cause instanceof ThreadkeepError ? cause : new ThreadkeepError('internal', { cause });
      this.#page.onLoad(error);
      // A refusal stays one, until there is something new.
      if (error.status >= 500) this.#later();
      return false;
    }
  }

  async #resume(): Promise<void> {
    const error = await this.#page.resume();
    if (error === undefined) return this.#retry.reset();
    this.#passing = error;
    if (this.#told?.running === true) this.#later();
  }

  /** The error of one's own turn outlives the change that this turn was. */
  #forgetError(): void {
    const error = this.#page.error();
    if (error !== undefined && error === this.#passing) this.#page.clearError();
    this.#passing = error;
  }

  #later(): void {
    if (!this.#hasEnded) this.#timer = setTimeout(() => void this.look(), this.#retry.next());
  }
}
