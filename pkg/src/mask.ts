// The masker: secrets and personal data → placeholders such as `[REDACTED_EMAIL]`.

import type { UIMessage } from 'ai';
import { call, currentInstance, toJson } from './core.ts';
import { ThreadkeepError } from './error.ts';
import { readOptions } from './input.ts';
import { Suspects, type Judge, type Name } from './suspects.ts';
import * as wasm from './wasm/threadkeep.js';

/** Families of rules. */
export type MaskKind = 'secret' | 'personal' | 'network' | 'financial';

/** Where something was masked, in UTF-16 units of the text as it was. Never the value. */
export interface Finding {
  readonly kind: MaskKind;
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

/** A rule in force. */
export interface MaskRule {
  readonly rule: string;
  readonly kind: MaskKind;
  /** What stands in for a value: `[REDACTED_AWS_KEY]`. */
  readonly placeholder: string;
}

/** A rule of your own: a literal to look for, and what follows it. It is tried after the built-in ones. */
export interface OwnMaskRule {
  /** Kebab-case. */
  readonly name: string;
  /** 1 to 16 literals of 2 to 48 ASCII characters: what a value starts with. */
  readonly literals: readonly string[];
  /** What follows a literal, in the language of `docs/masking.md`: `d{6}`, `w{20,40} '-' h{8}`. */
  readonly pattern: string;
  /** What stands in for the value, of `A-Z`, `0-9`, `_`: `EMPLOYEE_ID`. The name in capitals by default. */
  readonly label?: string;
  /** `secret` by default. */
  readonly kind?: MaskKind;
  /** The literals are in lower case and stand for every case. */
  readonly anyCase?: boolean;
  /** The literals stand anywhere, not only where a word starts. */
  readonly inside?: boolean;
}

/** Which rules are in force; `docs/masking.md` lists them. */
export interface MaskerOptions {
  /** Names of rules, or kinds, instead of those that are on by default. */
  readonly only?: readonly string[];
  /** Names of rules, or kinds, beside them. */
  readonly with?: readonly string[];
  /** Names of rules, or kinds, that are off. */
  readonly without?: readonly string[];
  /** National numbers: lower-case ISO 3166 codes, `de`. */
  readonly locales?: readonly string[];
  /** Values that are never masked. */
  readonly allow?: readonly string[];
  readonly rules?: readonly OwnMaskRule[];
}

/** A selection of rules, applied to texts and messages. */
export interface Masker {
  /** The text without secrets and personal data. */
  maskText(text: string): string;
  /** The same, with a list of what was found. */
  maskText(text: string, options: { readonly report: true }): MaskReport;
  /**
   * The messages without secrets and personal data: texts, tool inputs and outputs, metadata, and whatever an unknown part
   * holds. Ids, types, tool names and what a provider has signed are left alone. A message in which something is found is
   * given back as a copy, the others as they are.
   *
   * @throws {ThreadkeepError} `invalid_request` when it is no array of `UIMessage`s.
   */
  maskMessages<MESSAGE extends UIMessage>(messages: readonly MESSAGE[]): MESSAGE[];
  /** The rules in force, in the order in which they are tried. */
  readonly rules: readonly MaskRule[];
}

/**
 * A masker with rules of your choice: linear in the text and idempotent, whatever they are.
 *
 * @throws {ThreadkeepError} `invalid_rule` when no built-in rule has such a name, kind or locale, or a rule of your own
 * breaks what rules have to keep (its lengths, its label, its pattern); `invalid_request` when the options have another
 * shape.
 */
export function createMasker(options: MaskerOptions = {}): Masker {
  const masker = new Rules(toJson(readOptions(options)));
  // Wrong options are told now, not by the first text.
  void masker.rules;
  return masker as Rules & Masker;
}

const NOTHING = new Uint32Array();
const encoder = new TextEncoder();
/** Where most texts are encoded; a longer one has its own memory. */
const room = new Uint8Array(32 * 1024);
/** Three bytes of UTF-8 are the most that a UTF-16 unit takes. */
const ROOM_UNITS = Math.floor(room.length / 3);

class Rules {
  readonly #options: string | undefined;
  #inner: wasm.Masker | undefined;
  #instance = 0;
  #rules: readonly MaskRule[] | undefined;
  readonly #names = new Map<string, Name>();
  readonly #judge: Judge = {
    suspects: (texts, count) => this.#enter((inner) => inner.suspects(toBytes(texts), count)),
    mayHold: (text) => this.#find(text).length > 0,
    mayTell: (name) => this.#enter((inner) => inner.mayTell(name)),
    isTold: (name, text) => this.#enter((inner) => inner.isTold(name, text)),
    isPayload: (text) => this.#enter((inner) => inner.isPayload(toBytes(text))),
  };

  constructor(options?: string) {
    this.#options = options;
  }

  maskText(text: string, options?: { readonly report: true }): string | MaskReport {
    if (typeof text !== 'string') throw new ThreadkeepError('invalid_request');
    const places = this.#find(text);
    const findings: Finding[] = [];
    let masked = '';
    let copied = 0;
    for (let at = 0; at < places.length; at += 3) {
      const [start = 0, end = 0, number = 0] = places.subarray(at, at + 3);
      const { kind, rule, placeholder } = this.rules[number]!;
      masked += text.slice(copied, start) + placeholder;
      copied = end;
      findings.push({ kind, rule, start, length: end - start });
    }
    masked = copied === 0 ? text : masked + text.slice(copied);
    return options?.report ? { text: masked, findings } : masked;
  }

  maskMessages(messages: readonly UIMessage[]): UIMessage[] {
    if (!Array.isArray(messages)) throw new ThreadkeepError('invalid_request');
    const masked = messages.slice();
    const suspects = [...new Suspects(this.#judge, this.#names).of(messages)];
    if (suspects.length === 0) return masked;
    const json = toJson(suspects.map((at) => messages[at]));
    const own = this.#enter((inner) => inner.maskMessages(json) as UIMessage[]);
    suspects.forEach((at, number) => (masked[at] = own[number]!));
    return masked;
  }

  get rules(): readonly MaskRule[] {
    return (this.#rules ??= this.#enter((inner) => inner.rules() as MaskRule[]));
  }

  /** Start, end and rule of each place, one after the other. */
  #find(text: string): Uint32Array {
    return this.#enter((inner) => inner.findSecrets(toBytes(text))) ?? NOTHING;
  }

  /** In the instance that is there: it is made again when the one it was made in has died. */
  #enter<T>(use: (inner: wasm.Masker) => T): T {
    return call(() => {
      if (this.#inner === undefined || this.#instance !== currentInstance()) {
        this.#inner = new wasm.Masker(this.#options);
        this.#instance = currentInstance();
      }
      return use(this.#inner);
    });
  }
}

/** UTF-8, until the next call. */
function toBytes(text: string): Uint8Array {
  return text.length <= ROOM_UNITS ? room.subarray(0, encoder.encodeInto(text, room).written) : encoder.encode(text);
}

const byDefault: Masker = new Rules() as Rules & Masker;

/** The text without secrets and personal data, by every rule that is on by default. */
export function maskText(text: string): string;
/** The same, with a list of what was found. */
export function maskText(text: string, options: { readonly report: true }): MaskReport;
export function maskText(text: string, options?: { readonly report: true }): string | MaskReport {
  return byDefault.maskText(text, options as { readonly report: true });
}

/** As {@link Masker.maskMessages}, by every rule that is on by default. */
export function maskMessages<MESSAGE extends UIMessage>(messages: readonly MESSAGE[]): MESSAGE[] {
  return byDefault.maskMessages(messages);
}
