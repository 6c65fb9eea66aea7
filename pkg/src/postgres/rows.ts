// Every statement on `ai_threads`. Messages go over the wire as text in both directions: no driver's idea of JSON
// comes between.

import { and, desc, eq, isNull, sql, type SQL } from 'drizzle-orm';
import type { UIMessage } from 'ai';
import type { ThreadAddress, ThreadMetadata, ThreadSummary } from '../port.ts';
import { decodeText, encodeText, fromJsonText, toJsonText } from './json-text.ts';
import { aiThreads } from './schema.ts';
import type { Transaction } from './tenant.ts';

/** A thread's row, locked until the transaction ends. */
export interface LockedRow {
  readonly id: string;
  readonly messageCount: number;
  /** What the append with the asked idempotency key has written here. */
  readonly written: { readonly position: number; readonly count: number } | undefined;
}

/** What an append adds to a row. */
export interface Addition {
  readonly messages: readonly UIMessage[];
  /** For a thread that has none yet. */
  readonly title: string | undefined;
  readonly idempotencyKey: string | undefined;
}

/** Where a page of the list begins: behind this row. */
export interface Position {
  /** `updated_at` in microseconds since 1970, as digits: beyond what a JavaScript date can tell. */
  readonly updatedAtUs: string;
  readonly id: string;
}

export async function readMessages(tx: Transaction, address: ThreadAddress): Promise<UIMessage[]> {
  const rows = await tx.select({ text: sql<string>`${aiThreads.messages}::text` }).from(aiThreads).where(live(address)).$withCache(false);
  return rows[0] === undefined ? [] : (fromJsonText(rows[0].text) as UIMessage[]);
}

/** Locks the live row: whoever wants it too waits until this transaction ends. */
export async function lockRow(tx: Transaction, address: ThreadAddress, idempotencyKey?: string): Promise<LockedRow | undefined> {
  const key = idempotencyKey === undefined ? null : encodeText(idempotencyKey);
  const columns = {
    id: aiThreads.id,
    messageCount: aiThreads.messageCount,
    written: sql<string | null>`(${aiThreads.idempotencyKeys} -> ${key}::text)::text`,
  };
  // Without Drizzle's cache, which would answer without locking anything.
  const [row] = await tx.select(columns).from(aiThreads).where(live(address)).for('update').$withCache(false);
  if (row === undefined) return undefined;
  const [position, count] = row.written === null ? [] : (JSON.parse(row.written) as [number, number]);
  return { ...row, written: position === undefined || count === undefined ? undefined : { position, count } };
}

/** The messages of a locked row from one position up to, not including, another. */
export async function readSlice(tx: Transaction, { id }: LockedRow, from: number, to: number): Promise<UIMessage[]> {
  const path = `$[${from} to ${to - 1}]`;
  const slice = sql<string>`jsonb_path_query_array(${aiThreads.messages}, ${path}::text::jsonpath)::text`;
  const rows = await tx.select({ text: slice }).from(aiThreads).where(eq(aiThreads.id, id)).$withCache(false);
  return rows[0] === undefined ? [] : (fromJsonText(rows[0].text) as UIMessage[]);
}

/** Adds to a row without reading or sending what is in it. */
export async function addToRow(tx: Transaction, row: LockedRow, addition: Addition): Promise<void> {
  const { messages, title, idempotencyKey } = addition;
  const changes = {
    messages: sql`${aiThreads.messages} || ${asJsonb(messages)}`,
    title: sql`coalesce(${aiThreads.title}, ${titleText(title)}::text)`,
    // The clock, and not the time at which this transaction began to wait; and never back.
    updatedAt: sql`greatest(clock_timestamp(), ${aiThreads.updatedAt})`,
  };
  const keys = idempotencyKey === undefined ? {} : { idempotencyKeys: sql`${aiThreads.idempotencyKeys} || ${asJsonb(keyEntry(idempotencyKey, row.messageCount, messages))}` };
  await tx.update(aiThreads).set({ ...changes, ...keys }).where(eq(aiThreads.id, row.id));
}

/** Creates the live row; false when another transaction was quicker. */
export async function createRow(tx: Transaction, address: ThreadAddress, addition: Addition, metadata: ThreadMetadata | undefined): Promise<boolean> {
  const { messages, title, idempotencyKey } = addition;
  const created = await tx
    .insert(aiThreads)
    .values({
      ownerUserId: address.owner,
      stateKey: address.stateKey,
      messages: asJsonb(messages),
      metadata: metadata === undefined ? null : asJsonb(metadata),
      title: titleText(title),
      idempotencyKeys: asJsonb(idempotencyKey === undefined ? {} : keyEntry(idempotencyKey, 0, messages)),
      createdAt: sql`clock_timestamp()`,
      updatedAt: sql`clock_timestamp()`,
    })
    .onConflictDoNothing({ target: [aiThreads.ownerUserId, aiThreads.stateKey], where: isNull(aiThreads.deletedAt) })
    .returning({ id: aiThreads.id });
  return created.length > 0;
}

export async function deleteRow(tx: Transaction, address: ThreadAddress): Promise<void> {
  await tx.update(aiThreads).set({ deletedAt: sql`clock_timestamp()` }).where(live(address));
}

/** Rows of the list, newest first, each with its position. */
export async function listRows(tx: Transaction, owner: string, limit: number, after: Position | undefined): Promise<{ summary: ThreadSummary; position: Position }[]> {
  const rows = await tx
    .select({
      id: aiThreads.id,
      stateKey: aiThreads.stateKey,
      title: aiThreads.title,
      messageCount: aiThreads.messageCount,
      metadata: sql<string | null>`${aiThreads.metadata}::text`,
      updatedAtUs: sql<string>`(extract(epoch FROM ${aiThreads.updatedAt}) * 1000000)::bigint::text`,
    })
    .from(aiThreads)
    .where(and(eq(aiThreads.ownerUserId, owner), isNull(aiThreads.deletedAt), after && behind(after)))
    .orderBy(desc(aiThreads.updatedAt), desc(aiThreads.id))
    .limit(limit)
    .$withCache(false);
  return rows.map(({ id, stateKey, title, messageCount, metadata, updatedAtUs }) => ({
    summary: {
      stateKey,
      ...(title === null ? {} : { title: decodeText(title) }),
      updatedAt: new Date(Math.floor(Number(updatedAtUs) / 1000)).toISOString(),
      messageCount,
      ...(metadata === null ? {} : { metadata: fromJsonText(metadata) as ThreadMetadata }),
    },
    position: { updatedAtUs, id },
  }));
}

/** The owner stands in every statement, too: a role that is above row-level security sees no other's threads either. */
function live({ owner, stateKey }: ThreadAddress): SQL | undefined {
  return and(eq(aiThreads.ownerUserId, owner), eq(aiThreads.stateKey, stateKey), isNull(aiThreads.deletedAt));
}

function behind({ updatedAtUs, id }: Position): SQL {
  const updatedAt = sql`timestamptz 'epoch' + ${updatedAtUs}::text::bigint * interval '1 microsecond'`;
  return sql`(${aiThreads.updatedAt}, ${aiThreads.id}) < (${updatedAt}, ${id}::text::uuid)`;
}

// By way of `text`: drivers differ in what they do to a parameter that PostgreSQL says is a jsonb.
function asJsonb(value: unknown): SQL {
  return sql`${toJsonText(value)}::text::jsonb`;
}

function titleText(title: string | undefined): string | null {
  return title === undefined ? null : encodeText(title);
}

function keyEntry(key: string, position: number, messages: readonly UIMessage[]): Record<string, [number, number]> {
  return Object.fromEntries([[key, [position, messages.length]]]);
}
