// What a client has not read yet. The run never waits for it, so it must not grow without bound by itself: successive
// deltas of one block become one, and what only concerns the moment is left out. What stays is no more than the message.

import type { UIMessageChunk } from 'ai';

/** From so many waiting chunks on, a client is behind, and transient chunks (`data-status`) are not for it any more. */
const MANY_CHUNKS = 256;

export class ChunkQueue {
  #chunks: UIMessageChunk[] = [];
  #ended = false;
  /** The client has left: nothing is kept for it. */
  #left = false;
  #wake: (() => void) | undefined;

  add(chunks: readonly UIMessageChunk[]): void {
    if (this.#left) return;
    for (const chunk of chunks) this.#add(chunk);
    this.#wake?.();
  }

  /** Nothing will be added any more. */
  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  leave(): void {
    this.#left = true;
    this.#chunks = [];
    this.#wake?.();
  }

  /** What has come since the last call, as soon as there is any; `undefined` at the end. */
  async take(): Promise<UIMessageChunk[] | undefined> {
    while (this.#chunks.length === 0) {
      if (this.#ended || this.#left) return undefined;
      await new Promise<void>((wake) => (this.#wake = wake));
    }
    const chunks = this.#chunks;
    this.#chunks = [];
    return chunks;
  }

  #add(chunk: UIMessageChunk): void {
    const last = this.#chunks.at(-1);
    if (isDelta(chunk) && last?.type === chunk.type && last.id === chunk.id) {
      last.delta += chunk.delta;
    } else if (this.#chunks.length < MANY_CHUNKS || !('transient' in chunk)) {
      this.#chunks.push(chunk);
    }
  }
}

function isDelta(chunk: UIMessageChunk): chunk is Extract<UIMessageChunk, { type: 'text-delta' | 'reasoning-delta' }> {
  return chunk.type === 'text-delta' || chunk.type === 'reasoning-delta';
}
