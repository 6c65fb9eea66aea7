// What is read of a chat request.

import type { UIMessage } from 'ai';
import { call, toJson } from './core.ts';
import { bodyJson } from './request-body.ts';
import * as wasm from './wasm/threadkeep.js';

/**
 * CLIENT_SENDS_USER_ONLY: the user message that the body of a chat request brings: the last entry of `messages` with
 * `role: "user"`, and of it the text parts; or `message`, a string. Nothing else of the body is read. It keeps the
 * client's id when that is well-formed, else it gets a new one.
 *
 * @throws {ThreadkeepError} `no_user_message`, `message_too_long` (more than 128 KiB, or answers of more than 1 MiB; see
 * {@link takeToolAnswers}), `invalid_state_key`, `invalid_scope` or `invalid_request`; `body_too_large` when that message
 * and what stands last have more than 24 MiB; `invalid_json` for `undefined`. All are answers to the client: see
 * {@link toErrorResponse}.
 */
export function lastUserMessage(body: unknown): UIMessage {
  const json = bodyJson(body);
  return call(() => wasm.lastUserMessage(json));
}

/** A stored thread after a client's answers. */
export interface ToolAnswers<MESSAGE extends UIMessage = UIMessage> {
  /** The stored messages, the pending calls of the last one completed. */
  readonly messages: MESSAGE[];
  /** How many answers were taken; 0 leaves the messages as they were. */
  readonly taken: number;
}

/**
 * TOOLS_ARE_SERVER_AUTHORED: what a client answers to calls that the server left pending. A client that has run a tool of
 * its own, or whose user has decided on an approval, posts its history with an assistant message last. Of it only the
 * output, the error or the decision is taken, for a call of the last stored message that waits for just that, by the
 * stored ids; name and input stay the stored ones. All else is ignored: forged ids, changed inputs, calls that have ended,
 * calls of another thread.
 *
 * A denied call has ended (`output-denied`); an approved one is `approval-responded`, for you to run.
 *
 * @throws {ThreadkeepError} as {@link lastUserMessage}, and `invalid_request` when `stored` is no array of `UIMessage`s.
 */
export function takeToolAnswers<MESSAGE extends UIMessage>(body: unknown, stored: readonly MESSAGE[]): ToolAnswers<MESSAGE> {
  const json = bodyJson(body);
  const messages = toJson(stored);
  return call(() => wasm.takeToolAnswers(json, messages));
}
