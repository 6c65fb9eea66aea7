// The Data Stream format: the line protocol of the AI SDK's fourth major, which assistant-stream's
// `createAssistantStreamResponse` speaks. For a route whose clients are to stay as they are.

import type { UIMessage, UIMessageChunk } from 'ai';
import { type Events, respond, type ResponseOptions } from './response.ts';

const DATA_STREAM_HEADERS = {
  'content-type': 'text/plain; charset=utf-8',
  'x-vercel-ai-data-stream': 'v1',
};

/**
 * An executor's events in the Data Stream format. Everything but the wire is as in `toUIMessageStreamResponse`: the same
 * message for `onFinish`, the same facts for `onUsage`, the same run to its end.
 *
 * Clients of the format know a call's arguments as an object only. An input that is none comes as `{ value: input }` on
 * this wire; the message has it as it is.
 */
export function toDataStreamResponse<MESSAGE extends UIMessage = UIMessage>(
  events: Events,
  options: ResponseOptions<MESSAGE> = {},
): Response {
  const lines = new DataStreamLines();
  const encode = (chunks: readonly UIMessageChunk[]) => chunks.map((chunk) => lines.of(chunk)).join('');
  return respond(events, options, DATA_STREAM_HEADERS, { encode, end: '' });
}

type FinishReason = 'stop' | 'length' | 'content-filter' | 'tool-calls' | 'error' | 'other' | 'unknown';

/** Chunks as lines `{type}:{JSON}`. A step's end says how it ended, which only the chunk behind it tells. */
class DataStreamLines {
  #messageId = '';
  #stepHasEnded = false;

  of(chunk: UIMessageChunk): string {
    switch (chunk.type) {
      case 'start':
        this.#messageId = chunk.messageId ?? '';
        return '';
      case 'start-step':
        return this.#endStep('tool-calls') + line('f', { messageId: this.#messageId });
      case 'finish-step':
        this.#stepHasEnded = true;
        return '';
      case 'text-delta':
        return line('0', chunk.delta);
      case 'reasoning-delta':
        return line('g', chunk.delta);
      case 'tool-input-available':
        return line('9', { toolCallId: chunk.toolCallId, toolName: chunk.toolName, args: argsOf(chunk.input) });
      case 'tool-output-available':
        return line('a', { toolCallId: chunk.toolCallId, result: chunk.output });
      case 'tool-output-error':
        return line('a', { toolCallId: chunk.toolCallId, result: chunk.errorText, isError: true });
      case 'data-status':
        return line('2', [{ type: chunk.type, data: chunk.data }]);
      case 'finish':
        return this.#endMessage(chunk.messageMetadata);
      case 'error':
        return this.#endStep('error') + line('3', chunk.errorText);
      case 'abort':
        return this.#endStep('unknown') + line('d', { finishReason: 'unknown', usage: usageOf(undefined) });
      default:
        // Starts and ends of blocks, and what no run makes: lines have none of it.
        return '';
    }
  }

  #endMessage(metadata: unknown): string {
    const { finishReason = 'unknown', usage } = (metadata ?? {}) as { finishReason?: FinishReason; usage?: unknown };
    return this.#endStep(finishReason, usage) + line('d', { finishReason, usage: usageOf(usage) });
  }

  #endStep(finishReason: FinishReason, usage?: unknown): string {
    if (!this.#stepHasEnded) return '';
    this.#stepHasEnded = false;
    return line('e', { finishReason, usage: usageOf(usage), isContinued: false });
  }
}

/** Anything else ends the stream at a client of the fourth major, or is lost on assistant-stream's. */
function argsOf(input: unknown): object {
  return typeof input === 'object' && input !== null && !Array.isArray(input) ? input : { value: input };
}

/** Token counts under the names of the fourth major and under today's: clients of the format look for either. */
function usageOf(usage: unknown): Record<string, number> {
  const counts = (usage ?? {}) as Record<string, unknown>;
  const count = (...names: string[]) => {
    const found = names.map((name) => counts[name]).find((value) => typeof value === 'number');
    return typeof found === 'number' ? found : 0;
  };
  const input = count('inputTokens', 'promptTokens');
  const output = count('outputTokens', 'completionTokens');
  return { inputTokens: input, outputTokens: output, promptTokens: input, completionTokens: output };
}

function line(type: string, value: unknown): string {
  return `${type}:${JSON.stringify(value)}\n`;
}
