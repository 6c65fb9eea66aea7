// The model: any server with the chat-completions API, streaming.

import { EventSourceParserStream } from 'eventsource-parser/stream';
import type { OpenAiMessage } from 'threadkeep';
import { TOOLS } from './tools';

/** How long an answer may take as a whole, in milliseconds. */
const ANSWER_WITHIN_MS = 300_000;

/** A piece of the model's answer. */
export type ModelDelta =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'call'; readonly index: number; readonly id?: string; readonly name?: string; readonly arguments?: string }
  | { readonly type: 'usage'; readonly promptTokens: number; readonly completionTokens: number };

/** The model did not answer; `status` is what it said instead, if anything. */
export class ModelError extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`the model answered with status ${status}`);
    this.status = status;
  }
}

interface Chunk {
  readonly choices?: readonly { readonly delta?: { readonly content?: string | null; readonly tool_calls?: readonly ToolCallDelta[] } }[];
  readonly usage?: { readonly prompt_tokens: number; readonly completion_tokens: number } | null;
}

interface ToolCallDelta {
  readonly index: number;
  readonly id?: string;
  readonly function?: { readonly name?: string; readonly arguments?: string };
}

/** Asks the model; its answer as it comes. */
export async function* askModel(messages: readonly OpenAiMessage[]): AsyncGenerator<ModelDelta> {
  const tools = Object.entries(TOOLS).map(([name, { description, parameters }]) => ({ type: 'function', function: { name, description, parameters } }));
  const response = await fetch(`${process.env.OPENAI_BASE_URL}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${process.env.OPENAI_API_KEY}` },
    body: JSON.stringify({ model: process.env.OPENAI_MODEL, messages, tools, stream: true, stream_options: { include_usage: true } }),
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  });
  if (!response.ok || response.body === null) throw new ModelError(response.status);
  const events = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  for await (const { data } of events) {
    if (data === '[DONE]') return;
    yield* deltas(JSON.parse(data) as Chunk);
  }
  throw new ModelError(response.status);
}

function* deltas({ choices, usage }: Chunk): Generator<ModelDelta> {
  const delta = choices?.[0]?.delta;
  if (delta?.content) yield { type: 'text', text: delta.content };
  for (const call of delta?.tool_calls ?? []) yield { type: 'call', index: call.index, id: call.id, ...call.function };
  if (usage) yield { type: 'usage', promptTokens: usage.prompt_tokens, completionTokens: usage.completion_tokens };
}
