// `ThreadPersistencePort` on PostgreSQL.

import { ThreadkeepError } from '../error.ts';
import {
  MAX_THREAD_MESSAGES,
  type AppendMessages,
  type SaveThread,
  type ThreadAddress,
  type ThreadMetadata,
  type ThreadPersistencePort,
  type WrittenThread,
} from '../port.ts';
import { readAddress, readCount, readIdempotencyKey, readList } from '../port-input.ts';
import { parseCursor, toCursor } from './cursor.ts';
import { addToRow, createRow, deleteRow, listRows, lockRow, readMessages, readSlice, type Addition, type LockedRow } from './rows.ts';
import { decideAppend, decideSave, maskedMessages, maskedMetadata, sameOnceMasked, titleOf, titleOfThread } from './rules.ts';
import { callAsOwner, type Database, type Transaction } from './tenant.ts';

export interface PostgresStoreOptions {
  /**
   * A Drizzle database. Not a transaction of your own: `app.current_user_id` would stay set until its end.
   * Its role must be neither a superuser nor have BYPASSRLS, or row-level security guards nothing.
   */
  readonly db: Database;
  /** MAX_THREAD_MESSAGES; 200 by default. */
  readonly maxMessages?: number;
}

/**
 * A store that keeps its threads in the table `ai_threads`, made by this package's migration.
 *
 * Each call is one transaction, in which `app.current_user_id` is the owner and the thread's row is locked; nothing is
 * kept in the connection, so that a transaction-mode pooler may stand between. When a call rejects with
 * `upstream_unavailable`, the connection was lost, and the write may have happened or not: append again with the same
 * `idempotencyKey`, or load and look.
 *
 * @throws {RangeError} when `maxMessages` is no whole number from 1 on.
 */
export function createPostgresStore({ db, maxMessages = MAX_THREAD_MESSAGES }: PostgresStoreOptions): ThreadPersistencePort {
  if (!Number.isSafeInteger(maxMessages) || maxMessages < 1) throw new RangeError('threadkeep/postgres: `maxMessages` is no whole number from 1 on');
  return {
    async loadThread(address) {
      const { owner, stateKey } = readAddress(address);
      const messages = await callAsOwner(db, owner, (tx) => readMessages(tx, { owner, stateKey }));
      return { stateKey, messages };
    },

    async saveThread(save) {
      const write = prepareSave(save);
      return callAsOwner(db, write.owner, (tx) => saveInto(tx, write, maxMessages));
    },

    async appendMessages(append) {
      const write = prepareAppend(append);
      return callAsOwner(db, write.owner, (tx) => appendInto(tx, write, maxMessages));
    },

    async softDelete(address) {
      const { owner, stateKey } = readAddress(address);
      await callAsOwner(db, owner, (tx) => deleteRow(tx, { owner, stateKey }));
    },

    async listThreads(list) {
      const { owner, limit, cursor } = readList(list);
      const after = cursor === undefined ? undefined : parseCursor(cursor);
      // One more than asked for tells whether there is a next page.
      const rows = await callAsOwner(db, owner, (tx) => listRows(tx, owner, limit + 1, after));
      const page = rows.slice(0, limit);
      const last = rows.length > limit ? page.at(-1) : undefined;
      return { threads: page.map((row) => row.summary), ...(last ? { nextCursor: toCursor(last.position) } : {}) };
    },
  };
}

// Checked and masked before a connection is taken.
function prepareSave(save: SaveThread): SaveThread {
  return {
    ...readAddress(save),
    messages: maskedMessages(save.messages),
    expectedMessageCount: readCount(save.expectedMessageCount),
    ...(save.metadata === undefined ? {} : { metadata: maskedMetadata(save.metadata) }),
  };
}

function prepareAppend(append: AppendMessages): AppendMessages {
  const { expectedMessageCount, reserve, idempotencyKey, metadata } = append;
  return {
    ...readAddress(append),
    messages: maskedMessages(append.messages),
    ...(expectedMessageCount === undefined ? {} : { expectedMessageCount: readCount(expectedMessageCount) }),
    ...(reserve === undefined ? {} : { reserve: readCount(reserve) }),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey: readIdempotencyKey(idempotencyKey) }),
    ...(metadata === undefined ? {} : { metadata: maskedMetadata(metadata) }),
  };
}

async function saveInto(tx: Transaction, save: SaveThread, maxMessages: number): Promise<WrittenThread> {
  return writeInto(tx, save, async (row) => {
    const stored = row ? await readMessages(tx, save) : [];
    const count = decideSave({ stored, saved: save.messages, expected: save.expectedMessageCount, maxMessages });
    return save.messages.slice(save.messages.length - count);
  });
}

async function appendInto(tx: Transaction, append: AppendMessages, maxMessages: number): Promise<WrittenThread> {
  const { messages, idempotencyKey, expectedMessageCount: expected, reserve = 0 } = append;
  return writeInto(tx, append, async (row) => {
    if (row?.written) {
      const { position, count } = row.written;
      const written = await readSlice(tx, row, position, position + count);
      if (!sameOnceMasked(written, messages)) throw new ThreadkeepError('idempotency_mismatch');
      return [];
    }
    decideAppend({ messageCount: row?.messageCount ?? 0, count: messages.length, expected, reserve, maxMessages });
    return messages;
  }, idempotencyKey);
}

/** Locks the thread's row, lets `decide` say what to add, and adds it. */
async function writeInto(
  tx: Transaction,
  { owner, stateKey, metadata }: ThreadAddress & { readonly metadata?: ThreadMetadata },
  decide: (row: LockedRow | undefined) => Promise<AppendMessages['messages']>,
  idempotencyKey?: string,
): Promise<WrittenThread> {
  const address = { owner, stateKey };
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    const row = await lockRow(tx, address, idempotencyKey);
    const messages = await decide(row);
    const messageCount = (row?.messageCount ?? 0) + messages.length;
    if (messages.length === 0) return { stateKey, messageCount };
    if (row) {
      await addToRow(tx, row, { messages, title: titleOf(messages), idempotencyKey });
      return { stateKey, messageCount };
    }
    const addition: Addition = { messages, title: titleOfThread({ metadata }, messages), idempotencyKey };
    if (await createRow(tx, address, addition, metadata)) return { stateKey, messageCount };
    // Another first write was quicker and is committed by now: the next look finds its row.
  }
  throw new ThreadkeepError('thread_busy');
}

/** How often a row that was not there may have been created and deleted again between two statements. */
const MAX_ATTEMPTS = 8;
