// The masker: secrets and personal data → placeholders such as `[REDACTED_EMAIL]`.

import type { UIMessage } from 'ai';
import { call, toJson } from './core.ts';
import * as wasm from './wasm/threadkeep.js';

/** Where something was masked, in UTF-16 units of the text as it was. Never the value. */
export interface Finding {
  readonly kind: 'secret' | 'personal' | 'network' | 'financial';
  /** The rule's name: stable, kebab-case. */
  readonly rule: string;
  readonly start: number;
  readonly length: number;
}

/** A text that was masked, and what was found in it. */
export interface MaskReport {
  readonly text: string;
  readonly findings: Finding[];
}

/** The text without secrets and personal data. */
export function maskText(text: string): string;
/** The same, with a list of what was found. */
export function maskText(text: string, options: { readonly report: true }): MaskReport;
export function maskText(text: string, options?: { readonly report: true }): string | MaskReport {
  const masked = call(() => wasm.maskText(text));
  return options?.report ? { text: masked, findings: call(() => wasm.findSecrets(text)) } : masked;
}

/**
 * Copies of the messages without secrets and personal data: texts, tool inputs and outputs, metadata, and whatever an
 * unknown part holds. Ids, types, tool names and what a provider has signed are left alone.
 *
 * @throws {ThreadkeepError} `invalid_request` when it is no array of `UIMessage`s.
 */
export function maskMessages<MESSAGE extends UIMessage>(messages: readonly MESSAGE[]): MESSAGE[] {
  const json = toJson(messages);
  return call(() => wasm.maskMessages(json));
}
