// The core's rules of a thread, on plain values: what a write may do to a thread, and what is stored of it.

import type { UIMessage } from 'ai';
// By its own name: the package's entry for this runtime brings the core's module.
import 'threadkeep';
import { call, toJson } from '../core.ts';
import { ThreadkeepError } from '../error.ts';
import { errorOfCode, type ThreadMetadata } from '../port.ts';
import * as wasm from '../wasm/threadkeep.js';

/** Copies without secrets and personal data; `invalid_request` for what is no list of messages. */
export function maskedMessages(messages: readonly UIMessage[]): UIMessage[] {
  const json = toJson(messages);
  return call(() => wasm.maskMessages(json)) as UIMessage[];
}

/** A copy without secrets and personal data; `invalid_request` for what is no object, or larger than 16 KiB. */
export function maskedMetadata(metadata: ThreadMetadata): ThreadMetadata {
  const json = toJson(metadata);
  return call(() => wasm.maskMetadata(json)) as ThreadMetadata;
}

/** The title that these messages give a thread which has none yet. */
export function titleOf(messages: readonly UIMessage[]): string | undefined {
  const json = toJson(messages);
  return call(() => wasm.titleOf(json)) ?? undefined;
}

/** Whether a JavaScript reader finds no difference. */
export function sameMessages(a: readonly UIMessage[], b: readonly UIMessage[]): boolean {
  const [aJson, bJson] = [toJson(a), toJson(b)];
  return call(() => wasm.sameMessages(aJson, bJson));
}

/** How many of `saved`, counted from its end, are new; `thread_conflict`, `thread_diverged` and `thread_full`. */
export function decideSave(save: { stored: readonly UIMessage[]; saved: readonly UIMessage[]; expected: number; maxMessages: number }): number {
  const [stored, saved] = [toJson(save.stored), toJson(save.saved)];
  return decide(() => wasm.decideSave(stored, saved, save.expected, save.maxMessages));
}

/** Whether an append may be: `thread_conflict` and `thread_full`. */
export function decideAppend(append: { messageCount: number; count: number; expected: number | undefined; reserve: number; maxMessages: number }): void {
  const { messageCount, count, expected, reserve, maxMessages } = append;
  decide(() => wasm.decideAppend(messageCount, count, expected, reserve, maxMessages));
}

// The core knows codes; the port has classes for some.
function decide<Decision>(enter: () => Decision): Decision {
  try {
    return call(enter);
  } catch (error) {
    throw error instanceof ThreadkeepError ? errorOfCode(error.code, { cause: error.cause }) : error;
  }
}
