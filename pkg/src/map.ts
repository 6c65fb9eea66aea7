// The mapper: stored messages as what executors and providers take.

import type { ModelMessage, UIMessage } from 'ai';
import { call, toJson } from './core.ts';
import { readOptions, readText } from './input.ts';
import * as wasm from './wasm/threadkeep.js';

/** A message as an executor gets it. */
export type MessageDto =
  | { role: 'user'; content: string }
  | { role: 'assistant'; content: string; toolCalls?: ToolCallDto[] }
  /** `content` is JSON text. */
  | { role: 'tool'; content: string; toolCallId: string };

/** A tool call of an assistant message; `arguments` is JSON text. */
export interface ToolCallDto {
  id: string;
  name: string;
  arguments: string;
}

/** A message of the chat-completions API. */
export type OpenAiMessage =
  | { role: 'system' | 'user'; content: string }
  | { role: 'assistant'; content: string | null; tool_calls?: OpenAiToolCall[] }
  | { role: 'tool'; tool_call_id: string; content: string };

export interface OpenAiToolCall {
  id: string;
  type: 'function';
  function: { name: string; arguments: string };
}

/**
 * Maps stored messages to plain ones: per step an assistant message with its text and tool calls, then one tool message
 * for each result.
 *
 * @throws {ThreadkeepError} `invalid_request` when it is no array of `UIMessage`s.
 */
export function uiMessagesToMessageDtos(messages: readonly UIMessage[]): MessageDto[] {
  const json = toJson(messages);
  return call(() => wasm.uiMessagesToMessageDtos(json));
}

/** How stored messages become model messages. */
export interface ModelMessageOptions {
  /** The major version of the SDK that takes them; the newest by default. */
  readonly target?: 'ai@5' | 'ai@6' | 'ai@7';
  /** Leaves out tool calls that have not ended: no provider takes a call without its result. */
  readonly ignoreIncompleteToolCalls?: boolean;
}

/**
 * Maps stored messages to the AI SDK's `ModelMessage`s, as its own `convertToModelMessages` does.
 *
 * @throws {ThreadkeepError} `invalid_request` when it is no array of `UIMessage`s, or `target` no major; `invalid_url`
 * when, for `ai@7`, the URL of a file is none.
 */
export function uiMessagesToModelMessages(messages: readonly UIMessage[], options: ModelMessageOptions = {}): ModelMessage[] {
  const json = toJson(messages);
  const { target, ignoreIncompleteToolCalls } = readOptions(options);
  const [major, ignore] = [readText(target), Boolean(ignoreIncompleteToolCalls)];
  return call(() => wasm.uiMessagesToModelMessages(json, major, ignore));
}

/**
 * Maps stored messages to those of the chat-completions API, with `system` at their head when given.
 *
 * @throws {ThreadkeepError} `invalid_request` when it is no array of `UIMessage`s, or `system` no text.
 */
export function toOpenAiMessages(messages: readonly UIMessage[], options: { readonly system?: string } = {}): OpenAiMessage[] {
  const json = toJson(messages);
  const system = readText(readOptions(options).system);
  return call(() => wasm.toOpenAiMessages(json, system));
}
