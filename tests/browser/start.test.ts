// What `cargo xtask start` and `token` promise to whoever types them.

import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Threadkeep } from './start.ts';

const data = mkdtempSync(join(tmpdir(), 'threadkeep-start-'));
after(() => rmSync(data, { recursive: true, force: true }));

/** The titles that the owner of the token sees. */
async function titles(url: string, token: string): Promise<unknown[]> {
  const answer = await fetch(`${url}/api/v1/ai/threads`, { headers: { authorization: `Bearer ${token}` } });
  assert.equal(answer.status, 200);
  const { threads } = (await answer.json()) as { threads: { title?: string }[] };
  return threads.map(({ title }) => title);
}

test('threads are kept between starts, --fresh forgets them, Ctrl-C ends with 0, and a printed token opens the worker', async () => {
  const first = await Threadkeep.startOn(data);
  const token = execFileSync('cargo', ['xtask', 'token', '--user', 'starter'], { cwd: resolve(import.meta.dirname, '../..'), encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    const said = await fetch(`${first.url}/api/v1/ai/chat`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ message: 'Remember this' }),
    });
    await said.text();
    assert.deepEqual(await titles(first.url, token), ['Remember this']);
  } finally {
    await first.end();
  }
  assert.equal(first.exitCode, 0);

  for (const [flags, expected] of [[[], ['Remember this']], [['--fresh'], []]] as const) {
    const next = await Threadkeep.startOn(data, ...flags);
    try {
      assert.deepEqual(await titles(next.url, token), expected);
    } finally {
      await next.end();
    }
    assert.equal(next.exitCode, 0);
  }
});
