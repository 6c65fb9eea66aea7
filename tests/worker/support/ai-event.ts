// The executor's contract, as an `events` upstream speaks it. Stated here once more, by hand, so that the
// specs hold the worker to the documented shapes and not to its own idea of them.

export type AiEvent =
  | { type: 'text_delta'; delta: string }
  | { type: 'reasoning_delta'; delta: string }
  | { type: 'tool_call_start'; toolCallId: string; toolName: string; args: unknown }
  | { type: 'tool_call_result'; toolCallId: string; result: unknown; isError?: boolean }
  | { type: 'assistant_final'; content: string }
  | { type: 'usage_report'; fact: unknown }
  | { type: 'status'; phase: string; label?: string }
  | { type: 'done'; usage?: unknown; finishReason?: string }
  | { type: 'error'; error: string };

export const text = (delta: string): AiEvent => ({ type: 'text_delta', delta });
export const reasoning = (delta: string): AiEvent => ({ type: 'reasoning_delta', delta });
export const toolCall = (toolCallId: string, toolName: string, args: unknown): AiEvent => ({ type: 'tool_call_start', toolCallId, toolName, args });
export const toolResult = (toolCallId: string, result: unknown): AiEvent => ({ type: 'tool_call_result', toolCallId, result });
export const toolFailure = (toolCallId: string, result: unknown): AiEvent => ({ type: 'tool_call_result', toolCallId, result, isError: true });
export const final = (content: string): AiEvent => ({ type: 'assistant_final', content });
export const usage = (fact: unknown): AiEvent => ({ type: 'usage_report', fact });
export const status = (phase: string, label?: string): AiEvent => ({ type: 'status', phase, ...(label === undefined ? {} : { label }) });
export const failure = (code: string): AiEvent => ({ type: 'error', error: code });
export const done = (): AiEvent => ({ type: 'done', usage: { promptTokens: 3, completionTokens: 5 }, finishReason: 'stop' });

/** What the worker sends upstream for each stored message. */
export type MessageDto =
  | { role: 'user'; content: string }
  | { role: 'assistant'; content: string; toolCalls?: { id: string; name: string; arguments: string }[] }
  | { role: 'tool'; content: string; toolCallId: string }
  | { role: 'system'; content: string };
