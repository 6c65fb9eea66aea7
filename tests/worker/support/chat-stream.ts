// The answer of a turn as a client sees it. The parser is strict on purpose: it accepts the documented frame
// (`data: {chunk}` and a blank line, `data: [DONE]` at the end) and nothing else.

import type { UIMessageChunk } from 'ai';
import { until } from './until.ts';

export class ChatStream {
  readonly response: Response;
  /** What has arrived so far. */
  readonly chunks: UIMessageChunk[] = [];
  /** True once `[DONE]` has arrived. */
  isDone = false;
  /** True once the connection has ended, in whatever way. */
  isEnded = false;
  /** Everything that arrived, as it came. */
  raw = '';
  /** Why the connection broke, when it did. */
  error: unknown;
  #abort: AbortController;
  #unparsed = '';

  constructor(response: Response, abort: AbortController) {
    this.response = response;
    this.#abort = abort;
    void this.#pump();
  }

  get stateKey(): string {
    return this.response.headers.get('x-state-key') ?? '';
  }

  /** The text deltas so far, joined. */
  get text(): string {
    return this.chunks.map((chunk) => (chunk.type === 'text-delta' ? chunk.delta : '')).join('');
  }

  has(type: UIMessageChunk['type']): boolean {
    return this.chunks.some((chunk) => chunk.type === type);
  }

  /** Waits for a chunk of this type. */
  async sees(type: UIMessageChunk['type']): Promise<void> {
    await this.until(`a ${type} chunk`, () => this.has(type));
  }

  /** Waits until the text deltas hold this text. */
  async reads(text: string): Promise<void> {
    await this.until(`the text "${text.slice(0, 40)}" on the wire`, () => this.text.includes(text));
  }

  /** Waits for the end in good order and returns all chunks. */
  async whole(): Promise<UIMessageChunk[]> {
    await until('the end of the stream', () => this.isEnded);
    if (!this.isDone) throw new Error(`the stream ended without [DONE]; last: ${this.raw.slice(-300)}`, { cause: this.error });
    return this.chunks;
  }

  /** Leaves, as a closed tab does. */
  leave(): void {
    this.#abort.abort();
  }

  async until(fact: string, probe: () => boolean): Promise<void> {
    await until(fact, () => {
      if (probe()) return true;
      if (this.isEnded) throw new Error(`the stream ended before: ${fact}; it held: ${this.raw.slice(-600)}`, { cause: this.error });
      return false;
    });
  }

  async #pump(): Promise<void> {
    try {
      const decoder = new TextDecoder('utf-8', { fatal: true });
      for await (const bytes of this.response.body ?? []) this.#take(decoder.decode(bytes, { stream: true }));
      if (this.#unparsed !== '') throw new Error(`an unfinished frame at the end: ${this.#unparsed.slice(0, 200)}`);
    } catch (error) {
      this.error = error;
      this.isDone = false;
    }
    this.isEnded = true;
  }

  #take(arrived: string): void {
    this.raw += arrived;
    const frames = (this.#unparsed + arrived).split('\n\n');
    this.#unparsed = frames.pop() ?? '';
    for (const frame of frames) this.#takeFrame(frame);
  }

  #takeFrame(frame: string): void {
    if (this.isDone) throw new Error(`a frame after [DONE]: ${frame.slice(0, 200)}`);
    if (!frame.startsWith('data: ') || frame.includes('\n')) throw new Error(`not a frame of the UI message stream: ${frame.slice(0, 200)}`);
    const data = frame.slice('data: '.length);
    if (data === '[DONE]') this.isDone = true;
    else this.chunks.push(JSON.parse(data) as UIMessageChunk);
  }
}
