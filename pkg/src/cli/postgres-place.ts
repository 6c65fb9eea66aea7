// A PostgreSQL as a place, by whichever driver the app has installed.

import { and, asc, eq, gt, isNull, sql } from 'drizzle-orm';
import { readAddress, readOwner } from '../port-input.ts';
import type { ThreadMetadata } from '../port.ts';
import { toThreadkeepError } from '../postgres/database-error.ts';
import { decodeText, encodeText, fromJsonText, toJsonText } from '../postgres/json-text.ts';
import { aiThreads } from '../postgres/schema.ts';
import { createPostgresStore } from '../postgres/store.ts';
import { callAsOwner, type Database, type Transaction } from '../postgres/tenant.ts';
import { Complaint } from './complaint.ts';
import { installed } from './installed.ts';
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
      try {
        return await ownersOf(db);
      } catch (error) {
        throw error instanceof Complaint ? error : toThreadkeepError(error);
      }
    },
    async threads(owner) {
      const rows = await callAsOwner(db, readOwner(owner), (tx) =>
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
    async append(append) {
      await store.appendMessages(append);
    },
    async describe(address, { title, metadata, createdAt, updatedAt }) {
      const { owner, stateKey } = readAddress(address);
      const changes = {
        title: title === undefined ? null : encodeText(title),
        metadata: metadata === undefined ? null : sql`${toJsonText(metadata)}::text::jsonb`,
        updatedAt: sql`${updatedAt}::text::timestamptz`,
        ...(createdAt === undefined ? {} : { createdAt: sql`${createdAt}::text::timestamptz` }),
      };
      await callAsOwner(db, owner, async (tx) => {
        await tx.update(aiThreads).set(changes).where(and(eq(aiThreads.ownerUserId, owner), eq(aiThreads.stateKey, stateKey), isNull(aiThreads.deletedAt)));
      });
    },
    close,
  };
}

async function ownersOf(db: Opened['db']): Promise<string[]> {
  const [security] = rowsOf<{ active: boolean }>(await db.execute(sql`SELECT row_security_active('ai_threads') AS active`));
  if (security?.active !== false) {
    throw new Complaint('this role sees no rows without an owner: name owners by --owner or --owners, or connect as a role with BYPASSRLS');
  }
  const rows = rowsOf<{ owner: string }>(await db.execute(sql`SELECT DISTINCT owner_user_id AS owner FROM ai_threads WHERE deleted_at IS NULL`));
  return rows.map(({ owner }) => owner);
}

function milliseconds(column: typeof aiThreads.createdAt | typeof aiThreads.updatedAt) {
  return sql<string>`floor(extract(epoch FROM ${column}) * 1000)::bigint::text`;
}

// An array with postgres.js, an object with one otherwise.
function rowsOf<Row>(result: unknown): Row[] {
  return Array.isArray(result) ? [...(result as Row[])] : (result as { rows: Row[] }).rows;
}

// One connection and no pool: Drizzle 0.45 does not hand a connection back whose BEGIN was refused, and the end of a pool
// waits for every one.
async function byNodePostgres(url: string): Promise<Opened | undefined> {
  const driver = await installed<{ default: { Client: new (options: object) => NodePostgresClient } }>(() => import('pg' as string));
  if (!driver) return undefined;
  const { drizzle } = (await import('drizzle-orm/node-postgres' as string)) as { drizzle: (options: object) => Opened['db'] };
  const client = new driver.default.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect().catch((error: unknown) => {
    throw toThreadkeepError(error);
  });
  return { db: drizzle({ client }), close: () => client.end() };
}

/** How long postgres.js waits for an answer that it is owed before it ends a connection, in seconds. */
const END_SECONDS = 5;

// `fetch_types: false`: it would ask for the types of the database when it connects, and throw where nobody can catch it
// when that is refused.
async function byPostgresJs(url: string): Promise<Opened | undefined> {
  const driver = await installed<{ default: (url: string, options: object) => PostgresJsClient }>(() => import('postgres' as string));
  if (!driver) return undefined;
  const { drizzle } = (await import('drizzle-orm/postgres-js' as string)) as { drizzle: (options: object) => Opened['db'] };
  const client = driver.default(url, { max: 1, prepare: false, fetch_types: false, onnotice: () => {} });
  return { db: drizzle({ client }), close: () => client.end({ timeout: END_SECONDS }) };
}

interface NodePostgresClient {
  on(event: 'error', listener: () => void): void;
  connect(): Promise<unknown>;
  end(): Promise<void>;
}

interface PostgresJsClient {
  end(options: { timeout: number }): Promise<void>;
}

function noDriver(): never {
  throw new Complaint('PostgreSQL needs a driver: npm install pg');
}
