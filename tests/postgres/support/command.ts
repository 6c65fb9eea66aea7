// The command `threadkeep`, as an app has it: the package beside the packages that it does not bring along.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after } from 'node:test';
import assert from 'node:assert/strict';
import { SERVICE_TOKEN } from '../../worker/support/client.ts';

const PACKAGE = resolve(import.meta.dirname, '../../../pkg');
const MODULES = resolve(import.meta.dirname, '../node_modules');

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command under way. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

export class Command {
  readonly home: string;

  /** In an app with these packages. It is gone after the tests of the file. */
  constructor(packages: readonly string[] = ['drizzle-orm', 'pg']) {
    const app = mkdtempSync(join(tmpdir(), 'threadkeep-app-'));
    after(() => rmSync(app, { recursive: true, force: true }));
    this.home = join(app, 'node_modules/threadkeep');
    mkdirSync(this.home, { recursive: true });
    for (const part of ['dist', 'package.json']) cpSync(join(PACKAGE, part), join(this.home, part), { recursive: true });
    for (const name of packages) symlinkSync(realpathSync(join(MODULES, name)), join(app, 'node_modules', name));
  }

  /** A path for a file of the tests. */
  file(name: string): string {
    return join(this.home, `${name}.ndjson`);
  }

  start(args: readonly string[], env: Record<string, string> = {}): Running {
    const child = spawn(process.execPath, [join(this.home, 'dist/cli/main.js'), ...args], {
      env: { ...process.env, THREADKEEP_SERVICE_TOKEN: SERVICE_TOKEN, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const ended = once(child, 'close').then(() => ({ status: child.exitCode, stdout, stderr }));
    return { child, ended };
  }

  run(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
    return this.start(args, env).ended;
  }

  /** Runs it and wants it to do its work to the end. */
  async ok(args: readonly string[], env: Record<string, string> = {}): Promise<void> {
    const { status, stdout, stderr } = await this.run(args, env);
    assert.equal(status, 0, `${args[0]}: ${stdout}${stderr}`);
    assert.match(stderr, new RegExp(`^${args[0]}: \\d+ threads, \\d+ messages$`, 'm'));
  }

  /** Runs it and wants one sentence of why it cannot. */
  async complains(said: RegExp, args: readonly string[], env: Record<string, string> = {}): Promise<string> {
    const { status, stderr } = await this.run(args, env);
    assert.equal(status, 2, `${args.join(' ')}: ${stderr}`);
    assert.match(stderr, said);
    assert.doesNotMatch(stderr, /\n\s+at /, 'no stack');
    return stderr;
  }
}
