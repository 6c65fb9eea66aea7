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
  return JSON.stringify({ owner, stateKey, title, metadata, createdAt, updatedAt, messages });
}

export type Line = { readonly kind: 'thread'; readonly record: ThreadRecord } | { readonly kind: 'end' };

/** Reads a line behind the head; the line's number is for the complaint. */
export function readLine(text: string, number: number): Line {
  const value = parse(text);
  if (value?.['end'] === true) return { kind: 'end' };
  const { owner, stateKey, updatedAt, messages } = value ?? {};
  if (typeof owner !== 'string' || typeof stateKey !== 'string' || typeof updatedAt !== 'string' || Number.isNaN(Date.parse(updatedAt)) || !Array.isArray(messages)) {
    throw new Complaint(`line ${number} is no thread`);
  }
  return { kind: 'thread', record: value as unknown as ThreadRecord };
}

export function readHead(text: string | undefined): void {
  if (text !== HEAD) throw new Complaint('this is no export of threadkeep, or one of another version');
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
