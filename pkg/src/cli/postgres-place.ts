// A PostgreSQL as a place, by whichever driver the app has installed.

import { and, asc, eq, gt, isNull, sql } from 'drizzle-orm';
import { readAddress, readOwner } from '../port-input.ts';
import type { ThreadMetadata } from '../port.ts';
import { decodeText, encodeText, fromJsonText, toJsonText } from '../postgres/json-text.ts';
import { aiThreads } from '../postgres/schema.ts';
import { createPostgresStore } from '../postgres/store.ts';
import { asOwner, type Database, type Transaction } from '../postgres/tenant.ts';
import { Complaint } from './complaint.ts';
import type { Place } from './place.ts';

interface Opened {
  readonly db: Database & Pick<Transaction, 'execute'>;
  close(): Promise<void>;
}

export async function openPostgres(url: string): Promise<Place> {
  const { db, close } = (await byNodePostgres(url)) ?? (await byPostgresJs(url)) ?? noDriver();
  // What has been stored elsewhere is not refused here: the app's own limit holds for what comes next.
  const store = createPostgresStore({ db, maxMessages: Number.MAX_SAFE_INTEGER });
  return {
    async owners() {
      const [security] = rowsOf<{ active: boolean }>(await db.execute(sql`SELECT row_security_active('ai_threads') AS active`));
      if (security?.active !== false) {
        throw new Complaint('this role sees no rows without an owner: name owners by --owner or --owners, or connect as a role with BYPASSRLS');
      }
      return rowsOf<{ owner: string }>(await db.execute(sql`SELECT DISTINCT owner_user_id AS owner FROM ai_threads WHERE deleted_at IS NULL`)).map(({ owner }) => owner);
    },
    async threads(owner) {
      const rows = await asOwner(db, readOwner(owner), (tx) =>
        tx
          .select({
            stateKey: aiThreads.stateKey,
            title: aiThreads.title,
            metadata: sql<string | null>`${aiThreads.metadata}::text`,
            createdAt: milliseconds(aiThreads.createdAt),
            updatedAt: milliseconds(aiThreads.updatedAt),
          })
          .from(aiThreads)
          .where(and(eq(aiThreads.ownerUserId, owner), isNull(aiThreads.deletedAt), gt(aiThreads.messageCount, 0)))
          .orderBy(asc(sql`date_trunc('milliseconds', ${aiThreads.updatedAt})`), asc(sql`${aiThreads.stateKey} COLLATE "C"`))
          .$withCache(false),
      );
      return rows.map(({ stateKey, title, metadata, createdAt, updatedAt }) => ({
        stateKey,
        ...(title === null ? {} : { title: decodeText(title) }),
        ...(metadata === null ? {} : { metadata: fromJsonText(metadata) as ThreadMetadata }),
        createdAt: new Date(Number(createdAt)).toISOString(),
        updatedAt: new Date(Number(updatedAt)).toISOString(),
      }));
    },
    async load(address) {
      return (await store.loadThread(address)).messages;
    },
    async append(address, messages, expectedMessageCount, metadata) {
      await store.appendMessages({ ...address, messages, expectedMessageCount, ...(metadata === undefined ? {} : { metadata }) });
    },
    async describe(address, { title, metadata, createdAt, updatedAt }) {
      const { owner, stateKey } = readAddress(address);
      const changes = {
        title: title === undefined ? null : encodeText(title),
        metadata: metadata === undefined ? null : sql`${toJsonText(metadata)}::text::jsonb`,
        updatedAt: sql`${updatedAt}::text::timestamptz`,
        ...(createdAt === undefined ? {} : { createdAt: sql`${createdAt}::text::timestamptz` }),
      };
      await asOwner(db, owner, async (tx) => {
        await tx.update(aiThreads).set(changes).where(and(eq(aiThreads.ownerUserId, owner), eq(aiThreads.stateKey, stateKey), isNull(aiThreads.deletedAt)));
      });
    },
    close,
  };
}

function milliseconds(column: typeof aiThreads.createdAt | typeof aiThreads.updatedAt) {
  return sql<string>`floor(extract(epoch FROM ${column}) * 1000)::bigint::text`;
}

// An array with postgres.js, an object with one otherwise.
function rowsOf<Row>(result: unknown): Row[] {
  return Array.isArray(result) ? [...(result as Row[])] : (result as { rows: Row[] }).rows;
}

async function byNodePostgres(url: string): Promise<Opened | undefined> {
  const driver = await installed<{ default: { Pool: new (options: object) => NodePostgresPool } }>('pg');
  if (!driver) return undefined;
  const { drizzle } = (await installed<{ drizzle: (options: object) => Opened['db'] }>('drizzle-orm/node-postgres'))!;
  const client = new driver.default.Pool({ connectionString: url, max: 1 });
  client.on('error', () => {});
  client.on('connect', (connection) => connection.on('error', () => {}));
  return { db: drizzle({ client }), close: () => client.end() };
}

async function byPostgresJs(url: string): Promise<Opened | undefined> {
  const driver = await installed<{ default: (url: string, options: object) => { end(): Promise<void> } }>('postgres');
  if (!driver) return undefined;
  const { drizzle } = (await installed<{ drizzle: (options: object) => Opened['db'] }>('drizzle-orm/postgres-js'))!;
  const client = driver.default(url, { max: 1, prepare: false });
  return { db: drizzle({ client }), close: () => client.end() };
}

interface NodePostgresPool {
  on(event: 'error', listener: () => void): void;
  on(event: 'connect', listener: (connection: { on(event: 'error', listener: () => void): void }) => void): void;
  end(): Promise<void>;
}

function noDriver(): never {
  throw new Complaint('PostgreSQL needs a driver: npm install pg');
}

/** The package, where the app has it. */
async function installed<Module>(name: string): Promise<Module | undefined> {
  try {
    return (await import(name)) as Module;
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}
