// Context: documents that the server has read, as one system message at the head of a prompt.

import type { ContextDocument } from './context-document.ts';
import { call, toJson } from './core.ts';
import * as wasm from './wasm/threadkeep.js';

/** What stands at the head of a prompt; never store it, and never take it from a client. */
export interface ContextMessage {
  role: 'system';
  content: string;
}

/**
 * The system message of some documents; `undefined` for none, at most 64 of them.
 *
 * They are taken in the given order until 128 KiB of text are used, so put first what matters most. The document that
 * does not fit is cut at the end of a line and says how much of it is shown; those behind it are named without their
 * text.
 *
 * @throws {ThreadkeepError} `invalid_request` when it is no list of documents.
 */
export function contextMessage(documents: readonly ContextDocument[]): ContextMessage | undefined {
  const json = toJson(documents);
  return call(() => wasm.contextMessage(json) as ContextMessage | undefined);
}
