// The lines of an export: a head, one line per thread, a foot.

import type { UIMessage } from 'ai';
import { Complaint } from './complaint.ts';
import type { ListedThread } from './place.ts';

/** One thread. The order of the fields is that of the file. */
export interface ThreadRecord extends ListedThread {
  readonly owner: string;
  readonly messages: readonly UIMessage[];
}

export const HEAD = JSON.stringify({ format: 'threadkeep-threads', version: 1 });

/** The last line: a file without one has not been written to its end. */
export function foot(threads: number): string {
  return JSON.stringify({ end: true, threads });
}

export function toLine({ owner, stateKey, title, metadata, createdAt, updatedAt, messages }: ThreadRecord): string {
  return toJsonLine({ owner, stateKey, title, metadata, createdAt, updatedAt, messages });
}

/** JSON that every reader of lines takes for one: U+2028 and U+2029 may stand in JSON, and end a line for some of them. */
export function toJsonLine(value: unknown): string {
  return JSON.stringify(value).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}

export type Line = { readonly kind: 'thread'; readonly record: ThreadRecord } | { readonly kind: 'end' } | { readonly kind: 'neither' };

/** Reads a line behind the head. It may have been written by anybody. */
export function readLine(text: string): Line {
  const value = parse(text);
  if (value?.['end'] === true) return { kind: 'end' };
  const { owner, stateKey, title, metadata, messages } = value ?? {};
  const [createdAt, updatedAt] = [readTime(value?.['createdAt']), readTime(value?.['updatedAt'])];
  const isThread =
    typeof owner === 'string' &&
    typeof stateKey === 'string' &&
    (title === undefined || typeof title === 'string') &&
    (metadata === undefined || isObject(metadata)) &&
    (createdAt !== undefined || value?.['createdAt'] === undefined) &&
    updatedAt !== undefined &&
    Array.isArray(messages);
  if (!isThread) return { kind: 'neither' };
  const record: ThreadRecord = {
    owner,
    stateKey,
    ...(title === undefined ? {} : { title }),
    ...(metadata === undefined ? {} : { metadata }),
    ...(createdAt === undefined ? {} : { createdAt }),
    updatedAt,
    messages: messages as UIMessage[],
  };
  return { kind: 'thread', record };
}

export function readHead(text: string): void {
  if (text.trimEnd() !== HEAD) throw new Complaint('this is no export of threadkeep, or one of another version');
}

/** As every database reads it: years of four digits, of which PostgreSQL has none for 0. */
function readTime(value: unknown): string | undefined {
  if (typeof value !== 'string' || Number.isNaN(Date.parse(value))) return undefined;
  const time = new Date(value).toISOString();
  return /^(?!0000)\d{4}-/.test(time) ? time : undefined;
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
