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
  const places = find(text);
  const findings: Finding[] = [];
  let masked = '';
  let copied = 0;
  for (let at = 0; at < places.length; at += 3) {
    const [start = 0, end = 0, number = 0] = places.subarray(at, at + 3);
    const { kind, rule, placeholder } = aboutRule(number);
    masked += text.slice(copied, start) + placeholder;
    copied = end;
    findings.push({ kind, rule, start, length: end - start });
  }
  masked = copied === 0 ? text : masked + text.slice(copied);
  return options?.report ? { text: masked, findings } : masked;
}

const NOTHING = new Uint32Array();
const encoder = new TextEncoder();
/** Where most texts are encoded; a longer one has its own memory. */
const room = new Uint8Array(32 * 1024);
/** Three bytes of UTF-8 are the most that a UTF-16 unit takes. */
const ROOM_UNITS = Math.floor(room.length / 3);

/** Start, end and rule of each place, one after the other. */
function find(text: string): Uint32Array {
  const bytes =
    text.length <= ROOM_UNITS ? room.subarray(0, encoder.encodeInto(text, room).written) : encoder.encode(text);
  return call(() => wasm.findSecrets(bytes)) ?? NOTHING;
}

interface AboutRule extends Pick<Finding, 'kind' | 'rule'> {
  readonly placeholder: string;
}

/** By number: asked once of each rule that hits. */
const rules: AboutRule[] = [];

function aboutRule(number: number): AboutRule {
  return (rules[number] ??= call(() => wasm.maskRule(number)) as AboutRule);
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
