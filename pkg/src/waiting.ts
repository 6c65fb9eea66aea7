// Deltas on their way into WebAssembly.
//
// A crossing costs as much as some twenty deltas, so successive ones cross together, as UTF-8. They are written here unit
// by unit: `TextEncoder` costs more than a delta has letters to give it.

/** Most bytes that wait: by then a crossing's cost is shared well, and what waits is a copy of part of the message. */
const MAX_BYTES = 16_384;

/** Most bytes of UTF-8 that a UTF-16 unit becomes. */
const BYTES_PER_UNIT = 3;

const FIRST_CAPACITY = 1024;

export class Waiting {
  #bytes = new Uint8Array(0);
  #length = 0;
  #deltas = 0;
  /** Bytes that may wait now. */
  #limit = 0;
  /** The smaller of the limit and what is allocated. */
  #capacity = 0;

  /** How many deltas wait. */
  get deltas(): number {
    return this.#deltas;
  }

  /** Lets deltas wait, as many as fit in so many bytes. */
  open(room: number): void {
    this.#limit = Math.min(MAX_BYTES, room);
    this.#capacity = Math.min(this.#limit, this.#bytes.length);
  }

  /** Lets nothing wait any more, and gives what has: good until the next delta comes. */
  close(): Uint8Array {
    const waited = this.#bytes.subarray(0, this.#length);
    this.#length = 0;
    this.#deltas = 0;
    this.#limit = 0;
    this.#capacity = 0;
    return waited;
  }

  /** Adds a delta; `false`, and nothing is done, when it does not fit or holds half a letter. */
  add(delta: string): boolean {
    const units = delta.length;
    const most = this.#length + units * BYTES_PER_UNIT;
    // Not even an empty delta waits where nothing may.
    if (most >= this.#capacity && !this.#grow(most)) return false;
    const bytes = this.#bytes;
    let length = this.#length;
    for (let at = 0; at < units; at += 1) {
      const unit = delta.charCodeAt(at);
      if (unit < 0x80) {
        bytes[length++] = unit;
      } else if (unit < 0x800) {
        bytes[length++] = 0xc0 | (unit >> 6);
        bytes[length++] = 0x80 | (unit & 0x3f);
      } else if (unit < 0xd800 || unit > 0xdfff) {
        bytes[length++] = 0xe0 | (unit >> 12);
        bytes[length++] = 0x80 | ((unit >> 6) & 0x3f);
        bytes[length++] = 0x80 | (unit & 0x3f);
      } else {
        const letter = delta.codePointAt(at) ?? 0;
        // Half a letter: no other half follows, or none came before.
        if (letter <= 0xffff) return false;
        bytes[length++] = 0xf0 | (letter >> 18);
        bytes[length++] = 0x80 | ((letter >> 12) & 0x3f);
        bytes[length++] = 0x80 | ((letter >> 6) & 0x3f);
        bytes[length++] = 0x80 | (letter & 0x3f);
        at += 1;
      }
    }
    this.#length = length;
    this.#deltas += 1;
    return true;
  }

  #grow(most: number): boolean {
    if (most >= this.#limit) return false;
    const bytes = new Uint8Array(Math.max(most + 1, this.#bytes.length * 2, FIRST_CAPACITY));
    bytes.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = bytes;
    this.#capacity = Math.min(this.#limit, bytes.length);
    return true;
  }
}
