// pgbouncer in transaction mode in front of a server: a session of a client is many sessions of PostgreSQL.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { until } from '../../worker/support/until.ts';
import { APP_ROLE } from './database.ts';
import { freePort, type Server } from './server.ts';

/** Fewer connections than clients: transactions of several clients meet in one session. */
const SERVER_CONNECTIONS = 3;

const PORT_ATTEMPTS = 5;

const open = new Set<Pooler>();
process.once('exit', () => {
  for (const pooler of open) pooler.abandon();
});

export class Pooler {
  readonly port: number;
  output = '';
  #process: ChildProcess;

  private constructor(port: number, child: ChildProcess) {
    this.port = port;
    this.#process = child;
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (line: string) => (this.output += line));
  }

  /** Starts one before `server` and waits until it passes queries of `database` on. */
  static async start(server: Server, database: string): Promise<Pooler> {
    for (let attempt = 1; ; attempt += 1) {
      const pooler = await Pooler.#launch(server);
      open.add(pooler);
      try {
        await pooler.#passes(server.url(database, APP_ROLE, pooler.port));
        return pooler;
      } catch (error) {
        await pooler.stop();
        if (attempt === PORT_ATTEMPTS || !pooler.output.includes('Address already in use')) throw error;
      }
    }
  }

  static async #launch(server: Server): Promise<Pooler> {
    const port = await freePort();
    const home = join(server.home, `pooler-${port}`);
    const files = { 'users.txt': `"${APP_ROLE}" "${server.password}"\n`, 'pgbouncer.ini': config(server, port) };
    mkdirSync(home);
    for (const [name, text] of Object.entries(files)) writeFileSync(join(home, name), text, { mode: 0o600 });
    const { account } = server;
    if ('uid' in account) for (const name of ['', ...Object.keys(files)]) chownSync(join(home, name), account.uid, account.gid);
    const program = process.env['PGBOUNCER'] ?? '/usr/sbin/pgbouncer';
    return new Pooler(port, spawn(program, ['pgbouncer.ini'], { ...account, cwd: home, stdio: ['ignore', 'pipe', 'pipe'] }));
  }

  async stop(): Promise<void> {
    open.delete(this);
    const child = this.#process;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    await gone;
  }

  /** The same without waiting, for a process that is about to end. */
  abandon(): void {
    this.#process.kill('SIGKILL');
  }

  async #passes(url: string): Promise<void> {
    await until('pgbouncer answers', async () => {
      const { exitCode, signalCode } = this.#process;
      if (exitCode !== null || signalCode !== null) throw new Error(`pgbouncer ended:\n${this.output}`);
      const client = new pg.Client({ connectionString: url });
      try {
        await client.connect();
        await client.query('SELECT 1');
        return true;
      } catch {
        return false;
      } finally {
        await client.end().catch(() => {});
      }
    });
  }
}

function config(server: Server, port: number): string {
  return `[databases]
* = host=127.0.0.1 port=${server.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = users.txt
pool_mode = transaction
default_pool_size = ${SERVER_CONNECTIONS}
max_client_conn = 200
`;
}
