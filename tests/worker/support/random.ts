// Reproducible chance: each run prints its seed, `SEED=…` repeats it.

/** A source of chance with a printed seed. */
export class Random {
  readonly seed: number;
  #state: number;

  constructor(seed: number) {
    this.seed = seed;
    this.#state = seed | 0;
  }

  /** A whole number from 0 up to, not including, `bound` (mulberry32). */
  below(bound: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * bound | 0;
  }

  /** Cuts bytes at random places into pieces of 1 to `longest` bytes. */
  cut(bytes: Uint8Array, longest: number): Uint8Array[] {
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < bytes.length;) {
      const length = 1 + this.below(longest);
      pieces.push(bytes.subarray(at, at + length));
      at += length;
    }
    return pieces;
  }

  /** Cuts a text at random places into pieces of 1 to `longest` UTF-16 units, never inside a surrogate pair. */
  cutText(text: string, longest: number): string[] {
    const letters = [...text];
    const pieces: string[] = [];
    for (let at = 0; at < letters.length;) {
      const length = 1 + this.below(longest);
      pieces.push(letters.slice(at, at + length).join(''));
      at += length;
    }
    return pieces;
  }
}

/** The run's seed: `SEED` from the environment, else the clock. Printed, so that a failure can be repeated. */
export function seededRandom(): Random {
  const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000_007);
  console.log(`# SEED=${seed}`);
  return new Random(seed);
}
