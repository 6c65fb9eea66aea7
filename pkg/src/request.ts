// What is read of a chat request.

import type { UIMessage } from 'ai';
import { call, toJson } from './core.ts';
import * as wasm from './wasm/threadkeep.js';

/**
 * CLIENT_SENDS_USER_ONLY: the user message that the body of a chat request brings: the last entry of `messages` with
 * `role: "user"`, and of it the text parts; or `message`, a string. Nothing else of the body is read. It keeps the
 * client's id when that is well-formed, else it gets a new one.
 *
 * @throws {ThreadkeepError} `no_user_message`, `message_too_long`, `invalid_state_key` or `invalid_request`;
 * `invalid_json` for `undefined`. All are answers to the client: see {@link toErrorResponse}.
 */
export function lastUserMessage(body: unknown): UIMessage {
  const json = toJson(body);
  return call(() => wasm.lastUserMessage(json));
}
