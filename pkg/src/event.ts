// `AiEvent`: what an executor says while it works (`docs/events.md`). It never reaches a client.

/** One event of an executor. */
export type AiEvent =
  | { readonly type: 'text_delta'; readonly delta: string }
  | { readonly type: 'reasoning_delta'; readonly delta: string }
  | { readonly type: 'tool_call_start'; readonly toolCallId: string; readonly toolName: string; readonly args?: unknown }
  | { readonly type: 'tool_call_result'; readonly toolCallId: string; readonly result: unknown; readonly isError?: boolean }
  | { readonly type: 'assistant_final'; readonly content: string }
  | { readonly type: 'usage_report'; readonly fact: unknown }
  | { readonly type: 'status'; readonly phase: string; readonly label?: string }
  | { readonly type: 'done'; readonly usage?: unknown; readonly finishReason?: string }
  | { readonly type: 'error'; readonly error: RunErrorCode | (string & {}) };

/** The codes of an `error` event that have a text of their own; any other is shown as `internal`. */
export type RunErrorCode =
  | 'rate_limited'
  | 'timeout'
  | 'context_too_long'
  | 'content_filtered'
  | 'insufficient_credits'
  | 'upstream_interrupted'
  | 'internal';

/** What was wrong with an event. It never ends a run. */
export interface Problem {
  readonly code:
    | 'malformed_event'
    | 'unknown_event'
    | 'unknown_tool_call'
    | 'duplicate_tool_call'
    | 'duplicate_tool_result'
    | 'event_after_end'
    | 'final_text_differs'
    | 'reply_too_large';
  /** The event it was seen at, counted from 0. */
  readonly event: number;
}

/** How a run ended: by `done`, by `error`, or it just stopped. */
export type Ending = 'done' | 'failed' | 'aborted';
