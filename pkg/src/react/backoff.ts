// Pauses between tries.

/** Milliseconds, doubled up to the longest. */
const FIRST_MS = 500;
const LONGEST_MS = 15_000;

/** How long to wait before the next try: longer each time, and not as long for everybody. */
export class Backoff {
  #ms = FIRST_MS;

  next(): number {
    const pauseMs = this.#ms * (0.5 + Math.random() / 2);
    this.#ms = Math.min(this.#ms * 2, LONGEST_MS);
    return pauseMs;
  }

  /** It went well. */
  reset(): void {
    this.#ms = FIRST_MS;
  }
}
