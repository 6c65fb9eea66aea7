// How far a command is, on stderr: the results are on stdout.

/** Pause between two lines, in milliseconds. */
const PAUSE_MS = 1_000;

export class Progress {
  threads = 0;
  messages = 0;
  readonly #what: string;
  readonly #say: (line: string) => void;
  #saidAt = Date.now();

  constructor(what: string, say: (line: string) => void) {
    this.#what = what;
    this.#say = say;
  }

  thread(messages: number): void {
    this.threads += 1;
    this.messages += messages;
    if (Date.now() - this.#saidAt < PAUSE_MS) return;
    this.#saidAt = Date.now();
    this.say();
  }

  say(): void {
    this.#say(`${this.#what}: ${this.threads} threads, ${this.messages} messages`);
  }
}
