/** A major of the AI SDK. */
export type Target = 'ai@5' | 'ai@6' | 'ai@7';

export const TARGETS: readonly Target[] = ['ai@5', 'ai@6', 'ai@7'];

/** Any JSON value. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** What came out: a value, or a refusal of a kind. Two implementations agree when their outcomes are deep-equal JSON. */
export type Outcome = { value: Json } | { refused: string; at?: number };

/**
 * Something that does what the AI SDK does. Values go in and come out as JSON; an `undefined` field counts as absent.
 *
 * Kinds of refusal: `invalid_chunk` (no chunk of that major), `invalid_reference` (a chunk that refers to a block, call
 * or approval that is not there) and `invalid_metadata`, each with the index of the chunk; `invalid_messages`;
 * `invalid_url`.
 */
export interface Implementation {
  /** Folds chunks, as they stand in the server-sent events, into a message; `message` is continued. */
  foldChunks(chunks: Json[], options: { target: Target; message?: Json }): Promise<Outcome>;
  /** `convertToModelMessages` without tools. */
  toModelMessages(
    messages: Json[],
    options: { target: Target; ignoreIncompleteToolCalls: boolean },
  ): Promise<Outcome>;
  /** `validateUIMessages` without schemas: the value is `null`, only the refusal counts. */
  validateMessages(messages: Json, options: { target: Target }): Promise<Outcome>;
}
