// Other programs: run to their end, or served until the test has ended.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { TestContext } from 'node:test';

/** No step of these tests takes so long, also where two slow cores do everything. Milliseconds. */
const LONG_MS = 300_000;

interface Options {
  readonly cwd?: string;
  readonly env?: Record<string, string>;
}

/** Runs a program to its end and gives its stdout; a failure shows all it said. */
export async function run(program: string, args: readonly string[], { cwd, env }: Options = {}): Promise<string> {
  const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, timeout: LONG_MS });
  let [out, all] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => ((out += text), (all += text)));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (all += text));
  const [code, signal] = await once(child, 'close');
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code ?? signal}:\n${all}`);
  return out;
}

/** Starts a server, ends it with the test, and gives what it says of itself as soon as that matches. */
export async function serve(t: TestContext, program: string, args: readonly string[], says: RegExp, { cwd, env }: Options = {}): Promise<RegExpExecArray> {
  const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
  const ended = once(child, 'close');
  t.after(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  let said = '';
  const { promise, resolve, reject } = Promise.withResolvers<RegExpExecArray>();
  for (const stream of child.stdio.slice(1)) {
    (stream as NodeJS.ReadableStream).setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const match = says.exec(said);
      if (match) resolve(match);
    });
  }
  const late = setTimeout(() => reject(new Error(`${program} does not say ${says}:\n${said}`)), LONG_MS);
  void ended.then(() => reject(new Error(`${program} has ended:\n${said}`)));
  try {
    return await promise;
  } finally {
    clearTimeout(late);
  }
}

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
