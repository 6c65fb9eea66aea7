// What most files need: a server, a database with the table in it, and stores on it that are let go of at the end.

import { after } from 'node:test';
import { createPostgresStore } from '../../../pkg/dist/postgres/index.js';
import type { ThreadPersistencePort } from '../../../pkg/dist/index.js';
import { APP_ROLE, makeDatabase } from './database.ts';
import { nodePostgres, type Opened } from './drivers.ts';
import { Server } from './server.ts';

export class Stand {
  readonly server: Server;
  readonly database: string;
  #opened: Opened[] = [];

  private constructor(server: Server, database: string) {
    this.server = server;
    this.database = database;
  }

  static async open(): Promise<Stand> {
    const server = await Server.start();
    const stand = new Stand(server, await makeDatabase(server));
    after(async () => {
      await Promise.allSettled(stand.#opened.map((each) => each.close()));
      await server.discard();
    });
    return stand;
  }

  /** The connection string of a role on the database. */
  url(role = APP_ROLE): string {
    return this.server.url(this.database, role);
  }

  /** A store of the app, or on another database that is let go of with it. */
  store(opened: Opened = nodePostgres(this.url())): ThreadPersistencePort {
    this.#opened.push(opened);
    return createPostgresStore(opened);
  }

  /** Runs SQL as the superuser. */
  sql<Row extends object = Record<string, unknown>>(text: string, values: unknown[] = []): Promise<Row[]> {
    return this.server.sql<Row>(this.database, text, values);
  }

  /** The backends that wait for a lock on this database. */
  async waiting(): Promise<number[]> {
    const rows = await this.sql<{ pid: number }>(`SELECT pid FROM pg_stat_activity WHERE datname = $1 AND wait_event_type = 'Lock'`, [this.database]);
    return rows.map(({ pid }) => pid);
  }
}
