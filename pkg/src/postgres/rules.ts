// The core's rules of a thread, on plain values: what a write may do to a thread, and what is stored of it.

import type { UIMessage } from 'ai';
// By its own name: the package's entry for this runtime brings the core's module.
import 'threadkeep';
import { call, toJson } from '../core.ts';
import { ThreadkeepError } from '../error.ts';
import { maskMessages } from '../mask.ts';
import { errorOfCode, type ThreadMetadata } from '../port.ts';
import * as wasm from '../wasm/threadkeep.js';

/** Copies without secrets and personal data; `invalid_request` for what is no list of messages. */
export function maskedMessages(messages: readonly UIMessage[]): UIMessage[] {
  // Of what they are now: `maskMessages` gives clean ones back as they are, and a caller may change his before they are stored.
  const json = toJson(messages);
  if (json === '') throw new ThreadkeepError('invalid_request');
  return maskMessages(JSON.parse(json) as UIMessage[]);
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

/** The title of a thread: the one it was given, else that of its metadata, else the one that its messages give it. */
export function titleOfThread({ title, metadata }: { title?: string | undefined; metadata?: ThreadMetadata | undefined }, messages: readonly UIMessage[]): string | undefined {
  return keptTitle(title) ?? keptTitle(metadata?.['title']) ?? titleOf(messages);
}

// Masked, on one line and no longer than a title is: what the core does to the first text of a user.
function keptTitle(title: unknown): string | undefined {
  if (typeof title !== 'string') return undefined;
  return titleOf(maskedMessages([{ id: 'title', role: 'user', parts: [{ type: 'text', text: title }] }]));
}

/** Whether a JavaScript reader finds no difference. */
export function sameMessages(a: readonly UIMessage[], b: readonly UIMessage[]): boolean {
  const [aJson, bJson] = [toJson(a), toJson(b)];
  return call(() => wasm.sameMessages(aJson, bJson));
}

/**
 * The same with both sides masked: one may have been stored under fewer rules than there are today, or under none. What
 * is masked already is not changed by it.
 */
export function sameOnceMasked(a: readonly UIMessage[], b: readonly UIMessage[]): boolean {
  return sameMessages(a, b) || sameMessages(maskedWherePossible(a), maskedWherePossible(b));
}

/** The same for metadata. */
export function sameMetadataOnceMasked(a: ThreadMetadata | undefined, b: ThreadMetadata | undefined): boolean {
  // The rules of the core are about messages, and a part may hold anything.
  const asMessage = (metadata: ThreadMetadata = {}): UIMessage => ({ id: 'metadata', role: 'system', parts: [], metadata });
  return (a === undefined) === (b === undefined) && sameOnceMasked([asMessage(a)], [asMessage(b)]);
}

/** A save of masked messages, onto what is stored. */
export interface Save {
  readonly stored: readonly UIMessage[];
  readonly saved: readonly UIMessage[];
  readonly expected: number;
  readonly maxMessages: number;
}

/**
 * How many of `saved`, counted from its end, are new; `thread_conflict`, `thread_diverged` and `thread_full`. What was
 * stored under fewer rules of the masker than there are today is compared as it would be stored today.
 */
export function decideSave(save: Save): number {
  try {
    return decideSaveAsStored(save);
  } catch (error) {
    if (!(error instanceof ThreadkeepError) || error.code !== 'thread_diverged') throw error;
    return decideSaveAsStored({ ...save, stored: maskedWherePossible(save.stored) });
  }
}

function decideSaveAsStored(save: Save): number {
  const [stored, saved] = [toJson(save.stored), toJson(save.saved)];
  return decide(() => wasm.decideSave(stored, saved, save.expected, save.maxMessages));
}

// Somebody else may have stored what is no list of messages.
function maskedWherePossible(messages: readonly UIMessage[]): readonly UIMessage[] {
  try {
    return maskedMessages(messages);
  } catch (error) {
    if (!(error instanceof ThreadkeepError) || error.code !== 'invalid_request') throw error;
    return messages;
  }
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
