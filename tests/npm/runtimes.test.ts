// The packed package, with one import line, in every runtime that the README names. Each does the same exercise, and
// gives what this process gives; where there is a server, it also uses a real worker as its store.

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, extname, join } from 'node:path';
import { after, test, type TestContext } from 'node:test';
import { chromium } from 'playwright-core';
import * as vite from 'vite';
import { Worker } from '../worker/harness.ts';
import { freePort, run, serve } from './support/processes.ts';

const APPS = join(import.meta.dirname, 'apps');
const TESTS = join(import.meta.dirname, '..');
const { exercise } = (await import(join(APPS, 'exercise.js'))) as { exercise: () => Promise<Record<string, unknown>> };

const expected = await exercise();

interface Stand {
  readonly url: string;
  readonly serviceToken: string;
  readonly owner: string;
}
const { useStore } = (await import(join(APPS, 'store.js'))) as { useStore: (stand: Stand) => Promise<Record<string, unknown>> };

const serviceToken = 'service-token-of-the-tests-0123456789';
const threads = await Worker.start({ SERVICE_TOKEN: serviceToken });
after(() => threads.discard());
const stand = (owner: string): Stand => ({ url: threads.url, serviceToken, owner });

const stored = await useStore(stand('this process'));

test('the store does what it should', () => {
  const parts = [{ type: 'text', text: 'wörld 🌍, mail [REDACTED_EMAIL]' }];
  assert.deepEqual(stored, {
    messageCount: 1,
    stored: { stateKey: 'k', messages: [{ id: 'u', role: 'user', parts }] },
    listed: true,
    refused: ['ThreadConflictError', 'thread_conflict', 409],
    left: { stateKey: 'k', messages: [] },
  });
});

/** What a served app has stored when it is asked to. */
async function storedBy(url: string, owner: string): Promise<unknown> {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(stand(owner)) });
  assert.equal(response.status, 200, await response.clone().text());
  return response.json();
}

test('the exercise itself does what it should', () => {
  assert.deepEqual(expected['bytes'], expected['pushed']);
  assert.match(JSON.stringify(expected['pushed']), /Hello wörld 🌍/);
  assert.match(String(expected['body']), /"delta":"Hello wörld 🌍"[^]*data: \[DONE\]/);
  const { facts, finished, code, masked, key } = expected;
  assert.deepEqual({ facts, finished, code, masked, key }, { facts: [7], finished: ['done'], code: 'no_user_message', masked: 'mail [REDACTED_EMAIL]', key: true });
});

/** Every Node there is: this one, and those on the PATH. */
function nodes(): string[] {
  const found = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'node')).filter((file) => existsSync(file));
  return [...new Set([process.execPath, ...found].map((file) => realpathSync(file)))];
}

for (const node of nodes()) {
  test(`Node imports it: ${node}`, async () => {
    assert.deepEqual(JSON.parse(await run(node, [join(APPS, 'node.mjs')])), expected);
  });

  test(`Node requires it: ${node}`, async () => {
    assert.deepEqual(JSON.parse(await run(node, [join(APPS, 'node.cjs')])), { pushed: expected['pushed'], error: 500 });
  });
}

/** What a page has as its result, in a real browser. */
async function resultOf(t: TestContext, url: string): Promise<unknown> {
  const browser = await chromium.launch({ executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
  t.after(() => browser.close());
  const page = await browser.newPage();
  const failures: unknown[] = [];
  page.on('pageerror', (error) => failures.push(error));
  await page.goto(url);
  await page.waitForFunction('window.result', undefined, { timeout: 120_000 }).catch((error) => assert.fail(`${error}\n${failures.join('\n')}`));
  return page.evaluate('window.result');
}

test('a page without a bundler imports it', async (t) => {
  const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript' };
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://page.test').pathname;
    const file = join(TESTS, path);
    const there = !path.includes('..') && existsSync(file);
    response.writeHead(there ? 200 : 404, { 'content-type': types[extname(file)] ?? 'text/plain' }).end(there ? readFileSync(file) : '');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as { port: number };
  assert.deepEqual(await resultOf(t, `http://127.0.0.1:${port}/npm/apps/page/index.html`), expected);
});

const VITE = { root: join(APPS, 'vite'), configFile: false, logLevel: 'error' } as const;

test('a Vite app in development imports it', async (t) => {
  const cacheDir = mkdtempSync(join(tmpdir(), 'threadkeep-vite-'));
  const server = await vite.createServer({ ...VITE, cacheDir, server: { host: '127.0.0.1', port: await freePort() } });
  t.after(async () => {
    await server.close();
    rmSync(cacheDir, { recursive: true });
  });
  await server.listen();
  assert.deepEqual(await resultOf(t, server.resolvedUrls?.local[0] ?? ''), expected);
});

test('a built Vite app imports it', async (t) => {
  await vite.build({ ...VITE, build: { emptyOutDir: true } });
  const server = await vite.preview({ ...VITE, preview: { host: '127.0.0.1', port: await freePort() } });
  t.after(() => server.close());
  assert.deepEqual(await resultOf(t, server.resolvedUrls?.local[0] ?? ''), expected);
});

test('a TypeScript Worker, bundled by wrangler, imports it on workerd', async (t) => {
  const out = mkdtempSync(join(tmpdir(), 'threadkeep-bundle-'));
  t.after(() => rmSync(out, { recursive: true }));
  const wrangler = join(TESTS, '../worker/node_modules/.bin/wrangler');
  await run(wrangler, ['deploy', '--dry-run', '--outdir', out], {
    cwd: join(APPS, 'worker'),
    env: { CI: '1', WRANGLER_SEND_METRICS: 'false', WRANGLER_SEND_ERROR_REPORTS: 'false' },
  });
  const wasm = readdirSync(out).filter((file) => file.endsWith('.wasm'));
  writeFileSync(join(out, 'config.capnp'), `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = (
    modules = [(name = "index.js", esModule = embed "index.js"), ${wasm.map((file) => `(name = "./${file}", wasm = embed "${file}")`).join(', ')}],
    compatibilityDate = "2026-11-01",
  )), (name = "internet", network = (allow = ["local"]))],
  sockets = [(name = "http", http = (), service = "main")],
);
`);
  const workerd = (createRequire(import.meta.url)('workerd') as { default: string }).default;
  const args = ['serve', 'config.capnp', '--socket-addr', 'http=127.0.0.1:0', '--control-fd', '3'];
  const [, port] = await serve(t, workerd, args, /"event":"listen".*?"port":(\d+)/, { cwd: out });
  const response = await fetch(`http://127.0.0.1:${port}/`);
  assert.deepEqual(await response.json(), expected);
  assert.deepEqual(await storedBy(`http://127.0.0.1:${port}/`, 'workerd'), stored);
});

test('route handlers of a built Next.js app import it, on the nodejs and on the edge runtime', async (t) => {
  const next = join(import.meta.dirname, 'node_modules/.bin/next');
  // Vite sets NODE_ENV for the whole process.
  const options = { cwd: join(APPS, 'next'), env: { NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' } };
  await run(next, ['build'], options);
  const port = await freePort();
  await serve(t, next, ['start', '--hostname', '127.0.0.1', '--port', String(port)], /Ready in/, options);
  for (const runtime of ['node', 'edge']) {
    const response = await fetch(`http://127.0.0.1:${port}/api/${runtime}`);
    assert.equal(response.status, 200, `${runtime}: ${await response.clone().text()}`);
    assert.deepEqual(await response.json(), expected, runtime);
    assert.deepEqual(await storedBy(`http://127.0.0.1:${port}/api/${runtime}`, runtime), stored, runtime);
  }
});
