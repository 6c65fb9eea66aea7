// The real thing by the user's path: `cargo xtask start` on a free port and on data of its own.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');

/** A first build of the worker takes minutes; when it is built, this is seconds. Milliseconds. */
const READY_WITHIN_MS = 600_000;

export class Threadkeep {
  readonly url: string;
  #process: ChildProcess | undefined;
  #data: string | undefined;
  /** How it ended: 0 when in good order. */
  exitCode: number | null | undefined;

  private constructor(url: string, process?: ChildProcess, data?: string) {
    this.url = url;
    this.#process = process;
    this.#data = data;
    process?.once('exit', (code) => (this.exitCode = code));
  }

  /** Starts a worker and waits until it says where it is. `THREADKEEP_URL` names one that runs already. */
  static async start(): Promise<Threadkeep> {
    const running = process.env['THREADKEEP_URL'];
    if (running) return new Threadkeep(running);
    const data = mkdtempSync(join(tmpdir(), 'threadkeep-page-'));
    const started = await Threadkeep.startOn(data);
    started.#data = data;
    return started;
  }

  /** Starts a worker on data that stays when it ends. */
  static async startOn(data: string, ...flags: string[]): Promise<Threadkeep> {
    const port = await freePort();
    const child = spawn('cargo', ['xtask', 'start', '--port', String(port), '--data', data, ...flags], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, so that ending it reaches both cargo and what cargo runs, as Ctrl-C does.
      detached: true,
    });
    const started = new Threadkeep(`http://127.0.0.1:${port}`, child);
    // The group does not hear a Ctrl-C that is meant for the tests.
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => void started.end().finally(() => process.exit(1)));
    }
    try {
      await saidWhereItIs(child, started.url);
    } catch (error) {
      await started.end();
      throw error;
    }
    return started;
  }

  /** Ends it as Ctrl-C does, waits until all of it is gone, and removes its data. */
  async end(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child?.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      // The pipes close when the last process that holds them has ended, which is later than cargo itself.
      const closed = once(child, 'close');
      process.kill(-child.pid, 'SIGINT');
      await closed;
    }
    if (this.#data !== undefined) rmSync(this.#data, { recursive: true, force: true });
  }
}

async function saidWhereItIs(child: ChildProcess, url: string): Promise<void> {
  let output = '';
  await new Promise<void>((ready, failed) => {
    const timer = setTimeout(() => failed(new Error(`the worker is not up:\n${output}`)), READY_WITHIN_MS);
    const hear = (text: string) => {
      output += text;
      if (output.includes(`Threadkeep is at ${url}`)) {
        clearTimeout(timer);
        ready();
      }
    };
    child.stdout?.setEncoding('utf8').on('data', hear);
    child.stderr?.setEncoding('utf8').on('data', hear);
    child.once('exit', () => {
      clearTimeout(timer);
      failed(new Error(`cargo xtask start ended:\n${output}`));
    });
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
