// The deployable worker on bare workerd: the built modules, both Durable Object classes on a local disk,
// a free loopback port, and a network that reaches loopback only. No wrangler between the specs and the worker.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { until } from './support/until.ts';

/** Variables and secrets of the worker, as wrangler would bind them. */
export type WorkerVars = Record<string, string>;

/** Where `cargo xtask build` leaves the modules; another folder may be named to prove the harness itself. */
const BUILD_DIR = process.env['THREADKEEP_WORKER_DIR'] ?? resolve(import.meta.dirname, '../../target/worker');

/** How long workerd may finish what is under way after SIGTERM, in milliseconds; it would wait for open streams for ever. */
const GRACE_MS = 2_000;

const MODULES = ['index.js', 'index_bg.wasm'];

/** Workers that are up. A run that is broken off must not leave servers and their data behind. */
const open = new Set<Worker>();
process.once('exit', () => {
  for (const worker of open) worker.abandon();
});
for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143]] as const) process.once(signal, () => process.exit(code));

export class Worker {
  readonly dataDir: string;
  /** What workerd wrote to stdout and stderr since the first start. */
  output = '';
  #home: string;
  #process: ChildProcess | undefined;
  #port = 0;

  private constructor(home: string) {
    this.#home = home;
    this.dataDir = join(home, 'data');
  }

  /** Starts a worker on fresh data and waits until it answers. */
  static async start(vars: WorkerVars): Promise<Worker> {
    const worker = new Worker(mkdtempSync(join(tmpdir(), 'threadkeep-worker-')));
    open.add(worker);
    mkdirSync(worker.dataDir);
    for (const module of MODULES) {
      const built = join(BUILD_DIR, module);
      if (!existsSync(built)) throw new Error(`${built} is missing: run "cargo xtask build" first`);
      copyFileSync(built, join(worker.#home, module));
    }
    writeFileSync(join(worker.#home, 'config.capnp'), capnpConfig(vars));
    await worker.#launch();
    return worker;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Ends workerd as an operator would, and waits until it is gone. The data stays. */
  async stop(): Promise<void> {
    const grace = setTimeout(() => this.#process?.kill('SIGKILL'), GRACE_MS);
    await this.#end('SIGTERM');
    clearTimeout(grace);
  }

  /** Ends workerd as a power cut would. */
  async kill9(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Starts workerd again on the same data; the port is a new one. */
  async restart(vars?: WorkerVars): Promise<void> {
    if (vars) writeFileSync(join(this.#home, 'config.capnp'), capnpConfig(vars));
    await this.stop();
    await this.#launch();
  }

  /** Stops workerd and forgets its data. */
  async discard(): Promise<void> {
    await this.#end('SIGKILL');
    this.abandon();
  }

  /** The same without waiting, for a process that is about to end. */
  abandon(): void {
    this.#process?.kill('SIGKILL');
    open.delete(this);
    rmSync(this.#home, { recursive: true, force: true });
  }

  async #launch(): Promise<void> {
    const child = spawn(workerdBinary(), ['serve', 'config.capnp', '--socket-addr', 'http=127.0.0.1:0', '--control-fd', '3'], {
      cwd: this.#home,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      env: {},
    });
    this.#process = child;
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (line: string) => (this.output += line));
    this.#port = await this.#announcedPort(child);
    await until('the worker answers /healthz', async () => {
      this.#failIfGone(child);
      return (await fetch(`${this.url}/healthz`).catch(() => undefined))?.ok;
    });
  }

  // workerd picks a free port itself and says so on its control pipe: no race for it with other suites.
  async #announcedPort(child: ChildProcess): Promise<number> {
    let said = '';
    (child.stdio[3] as Readable).setEncoding('utf8').on('data', (line: string) => (said += line));
    const port = await until('workerd announces its port', () => {
      this.#failIfGone(child);
      return /"event":"listen".*?"port":(\d+)/.exec(said)?.[1];
    });
    return Number(port);
  }

  #failIfGone(child: ChildProcess): void {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`workerd ended (${child.exitCode ?? child.signalCode}):\n${this.output}`);
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

// The package's own entry knows the binary of this platform.
function workerdBinary(): string {
  return (createRequire(import.meta.url)('workerd') as { default: string }).default;
}

function capnpConfig(vars: WorkerVars): string {
  const bindings = Object.entries(vars).map(([name, value]) => `    (name = ${quote(name)}, text = ${quote(value)}),`);
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "disk", disk = (path = "data", writable = true)),
    (name = "internet", network = (allow = ["local"])),
  ],
  sockets = [ (name = "http", http = (), service = "main") ],
);
const worker :Workerd.Worker = (
  modules = [
    (name = "index.js", esModule = embed "index.js"),
    (name = "index_bg.wasm", wasm = embed "index_bg.wasm"),
  ],
  compatibilityDate = "2026-11-01",
  compatibilityFlags = ["no_nodejs_global_timers"],
  durableObjectNamespaces = [
    (className = "ThreadObject", uniqueKey = "threadkeep-thread", enableSql = true),
    (className = "DirectoryObject", uniqueKey = "threadkeep-directory", enableSql = true),
  ],
  durableObjectStorage = (localDisk = "disk"),
  bindings = [
    (name = "THREAD", durableObjectNamespace = "ThreadObject"),
    (name = "DIRECTORY", durableObjectNamespace = "DirectoryObject"),
${bindings.join('\n')}
  ],
);
`;
}

// Cap'n Proto text is quoted as C does it, which JSON's escapes are a part of for what a variable may hold here.
function quote(value: string): string {
  return JSON.stringify(value);
}
