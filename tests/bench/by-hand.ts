// What one writes without a library: the accumulator that a route has today. It checks nothing.

import type { AiEvent } from 'threadkeep';

type Part = { type: string; text?: string; state?: string } & Record<string, unknown>;

export class ByHand {
  #parts: Part[] = [{ type: 'step-start' }];
  #metadata: Record<string, unknown> = {};
  #resultsCameBack = false;

  push(event: AiEvent): void {
    switch (event.type) {
      case 'text_delta':
      case 'reasoning_delta': {
        const type = event.type === 'text_delta' ? 'text' : 'reasoning';
        if (this.#resultsCameBack) this.#parts.push({ type: 'step-start' });
        this.#resultsCameBack = false;
        const last = this.#parts[this.#parts.length - 1];
        if (last?.type === type) last.text += event.delta;
        else this.#parts.push({ type, text: event.delta, state: 'done' });
        break;
      }
      case 'tool_call_start':
        this.#parts.push({ type: 'dynamic-tool', toolCallId: event.toolCallId, toolName: event.toolName, input: event.args });
        break;
      case 'tool_call_result': {
        const part = this.#parts.find((part) => part.toolCallId === event.toolCallId);
        if (part) Object.assign(part, { state: 'output-available', output: event.result });
        this.#resultsCameBack = true;
        break;
      }
      case 'done':
        this.#metadata = { finishReason: event.finishReason, usage: event.usage };
    }
  }

  finish() {
    return { id: 'm', role: 'assistant', metadata: this.#metadata, parts: this.#parts };
  }
}

/** Decode and fold, in the way of every example: decoder, split, parse, fold. */
export function foldByHand(pieces: readonly Uint8Array[], framing: 'ndjson' | 'sse') {
  const accumulator = new ByHand();
  const decoder = new TextDecoder();
  const separator = framing === 'sse' ? '\n\n' : '\n';
  let rest = '';
  for (const piece of pieces) {
    const frames = (rest + decoder.decode(piece, { stream: true })).split(separator);
    rest = frames.pop() ?? '';
    for (const frame of frames) accumulator.push(JSON.parse(framing === 'sse' ? frame.slice('data: '.length) : frame));
  }
  return accumulator.finish();
}
