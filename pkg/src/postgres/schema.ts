// The table, as Drizzle knows it. `migrations/` in this package makes it; a test compares the two.

import { sql, type SQL } from 'drizzle-orm';
import { check, index, integer, jsonb, pgPolicy, pgTable, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core';

const moment = (name: string) => timestamp(name, { withTimezone: true, mode: 'string' });

const ownRow: SQL = sql`owner_user_id = current_setting('app.current_user_id', true)`;

/**
 * One row per life of a thread: deleting one sets `deletedAt`, and the same `stateKey` begins anew in another row.
 *
 * For your own queries: `messages` is `UIMessage[]`, masked, and row-level security hides all rows until
 * `app.current_user_id` is set in the transaction. Drizzle has no word for FORCE ROW LEVEL SECURITY, so make the table
 * by this package's migration and not by `drizzle-kit push`.
 */
export const aiThreads = pgTable(
  'ai_threads',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    ownerUserId: text('owner_user_id').notNull(),
    stateKey: text('state_key').notNull(),
    messages: jsonb('messages').notNull().default([]),
    metadata: jsonb('metadata'),
    createdAt: moment('created_at').notNull().defaultNow(),
    updatedAt: moment('updated_at').notNull().defaultNow(),
    deletedAt: moment('deleted_at'),
    messageCount: integer('message_count').notNull().generatedAlwaysAs(sql`jsonb_array_length(messages)`),
    /** `{key: [position, count]}` of the appends that came with an idempotency key. */
    idempotencyKeys: jsonb('idempotency_keys').notNull().default({}),
    title: text('title'),
  },
  (row) => [
    check('ai_threads_owner_named', sql`${row.ownerUserId} <> ''`),
    uniqueIndex('ai_threads_live').on(row.ownerUserId, row.stateKey).where(sql`${row.deletedAt} IS NULL`),
    index('ai_threads_recency').on(row.ownerUserId, row.updatedAt.desc(), row.id.desc()).where(sql`${row.deletedAt} IS NULL`),
    pgPolicy('ai_threads_owner', { using: ownRow, withCheck: ownRow }),
  ],
).enableRLS();
