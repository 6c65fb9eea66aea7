// The app as it is deployed: `next start` on what `next build` made, with a store behind it.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { until } from '../../worker/support/until.ts';

const APP = resolve(import.meta.dirname, '..');

/** Milliseconds. Generous: two busy cores are shared. */
const READY_WITHIN_MS = 120_000;

/** The secret that signs session cookies. */
export const SESSION_SECRET = 'a-session-secret-of-the-tests-0123456789';

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export class NextApp {
  /** What the app wrote to stdout and stderr. */
  output = '';
  #process: ChildProcess | undefined;
  #url = '';
  readonly #vars: Record<string, string>;
  readonly #port: number;

  private constructor(vars: Record<string, string>, port: number) {
    this.#vars = vars;
    this.#port = port;
  }

  /** Starts the app and waits until it answers; on any port, or on the one that somebody has to know before. */
  static async start(vars: Record<string, string>, port = 0): Promise<NextApp> {
    const app = new NextApp(vars, port);
    await app.#launch();
    return app;
  }

  get url(): string {
    return this.#url;
  }

  /** A new process on the same data; the port is another one. */
  async restart(): Promise<void> {
    await this.stop();
    await this.#launch();
  }

  async stop(): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
    running.delete(child);
  }

  async #launch(): Promise<void> {
    if (!existsSync(resolve(APP, '.next/BUILD_ID'))) throw new Error('the app is not built: run "cargo xtask test next"');
    const next = resolve(APP, 'node_modules/next/dist/bin/next');
    const child = spawn(process.execPath, [next, 'start', '--port', String(this.#port), '--hostname', '127.0.0.1'], {
      cwd: APP,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], NEXT_TELEMETRY_DISABLED: '1', SESSION_SECRET, ...this.#vars },
    });
    running.add(child);
    this.#process = child;
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        this.output += text;
      });
    }
    const port = await until('the app says where it is', () => {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`next start ended:\n${this.output}`);
      return /Ready in/.test(said) && /http:\/\/127\.0\.0\.1:(\d+)/.exec(said)?.[1];
    }, READY_WITHIN_MS);
    // By this name browsers keep a `Secure` cookie without TLS.
    this.#url = `http://localhost:${port}`;
  }
}
