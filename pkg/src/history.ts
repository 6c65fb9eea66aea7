// Stored messages: checked, upgraded from older stores, repaired for a provider.

import type { UIMessage } from 'ai';
import { call, toJson } from './core.ts';
import { readOptions, readText } from './input.ts';
import * as wasm from './wasm/threadkeep.js';

/** The major version of the SDK that is meant; the newest by default. */
export interface TargetOptions {
  readonly target?: 'ai@5' | 'ai@6' | 'ai@7';
}

/** As the SDK's own, without its error: the indexes of the first message and part that are wrong instead. */
export type ValidatedMessages =
  | { readonly success: true; readonly data: UIMessage[] }
  | { readonly success: false; readonly message?: number; readonly part?: number };

/**
 * Checks the structure of messages as the SDK's `safeValidateUIMessages` does without schemas. Fields that it does not
 * know stay.
 *
 * @throws {ThreadkeepError} `invalid_request` when `target` is no major.
 */
export function safeValidateUIMessages(messages: unknown, options: TargetOptions = {}): ValidatedMessages {
  const json = toJson(messages);
  const target = readText(readOptions(options).target);
  const invalid: { message?: number; part?: number } | null = call(() => wasm.findInvalidMessage(json, target));
  return invalid === null ? { success: true, data: messages as UIMessage[] } : { success: false, ...invalid };
}

/** Messages as of today, and what could not be understood. */
export interface UpgradedMessages {
  /** The SDK's `validateUIMessages` accepts all of them. */
  readonly messages: UIMessage[];
  /** What is in no message now, as it came. `part` is absent when it is the whole message, or stood beside its parts. */
  readonly aside: { readonly message: number; readonly part?: number; readonly value: unknown }[];
  /** Indexes of the values that were in an older shape. */
  readonly upgraded: number[];
}

/**
 * Upgrades messages of older stores on read: the SDK's v4 (`content`, `toolInvocations`), v5 and v6. The same values
 * always give the same messages; what cannot be understood is kept aside and breaks nothing.
 *
 * @throws {ThreadkeepError} `invalid_request` when it is no array.
 */
export function upgradeMessages(values: readonly unknown[]): UpgradedMessages {
  const json = toJson(values);
  return call(() => wasm.upgradeMessages(json));
}

/** A thread that a provider accepts, and what had to be done. */
export interface RepairedMessages {
  readonly messages: UIMessage[];
  readonly repairs: Repair[];
}

/** One thing that was repaired; `message` and `part` are indexes among the given messages. */
export interface Repair {
  readonly code:
    | 'pending_call'
    | 'stale_approval'
    | 'denied_call'
    | 'duplicate_message_id'
    | 'duplicate_tool_call_id'
    | 'duplicate_approval_id'
    | 'split_call'
    | 'non_object_input'
    | 'empty_reasoning'
    | 'empty_text'
    | 'invalid_file_url'
    | 'empty_message';
  readonly message: number;
  readonly part?: number;
}

/**
 * Makes any stored thread acceptable to a provider: calls without results, approvals that nobody gave, ids that come
 * twice, inputs that are no object, blocks that say nothing. Idempotent; every repair is reported.
 *
 * An answered approval in the last step of the last message stays: the turn that follows acts on it. The result of an
 * approved call that a later part tells under the same id is put where the call is.
 *
 * @throws {ThreadkeepError} `invalid_request` when it is no array of `UIMessage`s, or `target` no major.
 */
export function repairMessages(messages: readonly UIMessage[], options: TargetOptions = {}): RepairedMessages {
  const json = toJson(messages);
  const target = readText(readOptions(options).target);
  return call(() => wasm.repairMessages(json, target));
}
