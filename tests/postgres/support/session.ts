// One connection by hand: a transaction that is held open, or a role that forgets the setting.

import pg from 'pg';

export class Session {
  readonly #client: pg.Client;

  private constructor(client: pg.Client) {
    this.#client = client;
    client.on('error', () => {});
  }

  static async open(url: string): Promise<Session> {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    return new Session(client);
  }

  /** A transaction in which row-level security knows this owner. */
  static async begin(url: string, owner: string): Promise<Session> {
    const session = await Session.open(url);
    await session.run('BEGIN');
    await session.run(`SELECT set_config('app.current_user_id', $1, true)`, [owner]);
    return session;
  }

  async run<Row extends object = Record<string, unknown>>(text: string, values: unknown[] = []): Promise<{ rows: Row[]; rowCount: number }> {
    const { rows, rowCount } = await this.#client.query<Row>(text, values);
    return { rows, rowCount: rowCount ?? 0 };
  }

  async close(): Promise<void> {
    await this.#client.end().catch(() => {});
  }
}
