// A PostgreSQL of our own: a cluster on fresh data and a free loopback port, ended by its pid. It can be hurt as an
// operator, a crash and a power cut would hurt it.

import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { until } from '../../worker/support/until.ts';

/** Where Debian puts each major version. */
const DEBIAN_HOME = '/usr/lib/postgresql';

const OLDEST_MAJOR = 15;

/** How long a start may take on a busy machine, in milliseconds. */
const START_MS = 60_000;

/** Two files may draw the same port at the same time; the one that comes late draws again. */
const PORT_ATTEMPTS = 5;

const SUPERUSER = 'postgres';

/** The user of this machine whose processes these are: PostgreSQL and pgbouncer refuse to run as root. */
export type Account = { uid: number; gid: number } | Record<string, never>;

/** Servers that are up. A run that is broken off must not leave processes and data behind. */
const open = new Set<Server>();
process.once('exit', () => {
  for (const server of open) server.abandon();
});
for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143]] as const) process.once(signal, () => process.exit(code));

export class Server {
  readonly password = randomUUID();
  readonly account = unprivileged();
  readonly home: string;
  /** What PostgreSQL wrote to its log since the first start. */
  output = '';
  port = 0;
  #bin = binaries();
  #process: ChildProcess | undefined;

  private constructor() {
    this.home = mkdtempSync(join(tmpdir(), 'threadkeep-postgres-'));
    if ('uid' in this.account) chownSync(this.home, this.account.uid, this.account.gid);
  }

  /** Makes a cluster and waits until it answers. */
  static async start(): Promise<Server> {
    const server = new Server();
    open.add(server);
    server.#init();
    await server.#launch();
    return server;
  }

  /** A connection string. */
  url(database: string, user = SUPERUSER, port = this.port): string {
    return `postgres://${user}:${this.password}@127.0.0.1:${port}/${database}`;
  }

  /** Runs SQL as the superuser and gives the rows. */
  async sql<Row extends object = Record<string, unknown>>(database: string, text: string, values: unknown[] = []): Promise<Row[]> {
    const client = new pg.Client({ connectionString: this.url(database) });
    await client.connect();
    try {
      return (await client.query<Row>(text, values)).rows;
    } finally {
      await client.end();
    }
  }

  /** Ends one backend as the kernel's out-of-memory killer would; the server restarts all others after it. */
  kill9(backendPid: number): void {
    process.kill(backendPid, 'SIGKILL');
  }

  /** Ends all of it at once, without a checkpoint: what is left to do is in the write-ahead log. */
  async shutDownImmediately(): Promise<void> {
    await this.#end('SIGQUIT');
  }

  /** Starts it again on the same data and the same port. */
  async restart(): Promise<void> {
    await this.#end('SIGINT');
    await this.#launch(this.port);
  }

  /** Waits until it takes connections. */
  async answers(): Promise<void> {
    await until('PostgreSQL answers', async () => {
      this.#failIfGone();
      return this.sql('postgres', 'SELECT 1').then(() => true, () => false);
    }, START_MS);
  }

  /** Stops it and forgets its data. */
  async discard(): Promise<void> {
    await this.#end('SIGQUIT');
    this.abandon();
  }

  /** The same without waiting, for a process that is about to end. */
  abandon(): void {
    this.#process?.kill('SIGQUIT');
    open.delete(this);
    rmSync(this.home, { recursive: true, force: true, maxRetries: 3 });
  }

  #init(): void {
    const passwordFile = join(this.home, 'password');
    writeFileSync(passwordFile, this.password, { mode: 0o600 });
    if ('uid' in this.account) chownSync(passwordFile, this.account.uid, this.account.gid);
    const options = ['--no-sync', '--encoding=UTF8', '--locale=C', '--auth=scram-sha-256', `--username=${SUPERUSER}`, `--pwfile=${passwordFile}`];
    execFileSync(join(this.#bin, 'initdb'), [...options, `--pgdata=${this.#data}`], { ...this.account, cwd: this.home, stdio: 'pipe' });
  }

  get #data(): string {
    return join(this.home, 'data');
  }

  async #launch(port?: number): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      this.port = port ?? (await freePort());
      const settings = { port: this.port, listen_addresses: '127.0.0.1', unix_socket_directories: '', max_connections: 120, log_statement: 'none' };
      const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
      const child = spawn(join(this.#bin, 'postgres'), ['-D', this.#data, ...options], { ...this.account, cwd: this.home, stdio: ['ignore', 'pipe', 'pipe'] });
      this.#process = child;
      for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (line: string) => (this.output += line));
      try {
        return await this.answers();
      } catch (error) {
        if (attempt === PORT_ATTEMPTS || !this.output.includes('Address already in use')) throw error;
      }
    }
  }

  #failIfGone(): void {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) throw new Error(`PostgreSQL ended:\n${this.output}`);
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
    this.#process = undefined;
  }
}

export async function freePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

/** `POSTGRES_BIN` names a folder; else the newest that Debian has. */
function binaries(): string {
  const named = process.env['POSTGRES_BIN'];
  if (named) return named;
  const versions = existsSync(DEBIAN_HOME) ? readdirSync(DEBIAN_HOME).map(Number) : [];
  // A folder may have the client alone.
  const servers = versions.filter((version) => existsSync(join(DEBIAN_HOME, String(version), 'bin/postgres')));
  const newest = Math.max(...servers.filter((version) => version >= OLDEST_MAJOR));
  if (!Number.isFinite(newest)) throw new Error(`there is no PostgreSQL ${OLDEST_MAJOR} or newer in ${DEBIAN_HOME}; name one by POSTGRES_BIN`);
  return join(DEBIAN_HOME, String(newest), 'bin');
}

function unprivileged(): Account {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) => Number(execFileSync('id', [flag, SUPERUSER], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}
