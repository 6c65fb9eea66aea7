// What worker/entry.js is for: the Rust instance dies, and nobody waits for ever. The worker here is
// tests/dying-worker, wrapped by the same entry and run on the same workerd as the real one.

import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { until } from './support/until.ts';

process.env['THREADKEEP_WORKER_DIR'] = resolve(import.meta.dirname, '../../target/dying-worker');
const { Worker } = await import('./harness.ts');

const worker = await Worker.start({});
after(() => worker.discard());

/** An answer takes milliseconds; a hung one would take as long as the client has patience. */
const PROMPT_MS = 5_000;
const SECRET = /a user's own/;

const ask = (path: string) => fetch(worker.url + path, { signal: AbortSignal.timeout(PROMPT_MS) });
const visits = async (name: string) => Number(await (await ask(`/object/${name}/visit`)).text());

async function assertInternal(answer: Response): Promise<void> {
  assert.equal(answer.status, 500);
  assert.equal(answer.headers.get('content-type'), 'application/json');
  assert.deepEqual(await answer.json(), { error: { code: 'internal', message: 'internal error' } });
}

test('a panic of the worker itself is a prompt 500, and the next request is served', async () => {
  await assertInternal(await ask('/panic'));
  assert.equal((await ask('/healthz')).status, 200);
});

for (const death of ['panic', 'slice', 'panic-later', 'panic-in-background', 'overflow', 'exception']) {
  test(`an object that dies by ${death} answers 500, then works again with what it stored`, async () => {
    assert.equal(await visits(death), 1);
    await assertInternal(await ask(`/object/${death}/${death}`));
    assert.equal(await visits(death), 2);
  });
}

test('an error that Rust returns is a 500 too, and no death', async () => {
  await assertInternal(await ask('/object/error/error'));
});

test('calls in flight on the dead instance are answered, streams are cut', async () => {
  const waiting = [ask('/slow'), ask('/object/other/slow')];
  const stream = await ask('/object/third/stream');
  const reader = stream.body?.getReader();
  assert.ok(reader);
  assert.equal(new TextDecoder().decode((await reader.read()).value), 'tick\n');
  await assertInternal(await ask('/object/one/panic'));
  for (const answer of await Promise.all(waiting)) await assertInternal(answer);
  await assert.rejects(async () => {
    while (!(await reader.read()).done);
  });
  assert.equal(await visits('third'), 1);
});

test('callbacks of a dead instance do no harm to the new one', async () => {
  const late = ask('/object/late/panic-in-background'); // its timers outlive it
  await Promise.all([assertInternal(await ask('/object/late/panic')), late.then(assertInternal)]);
  for (let round = 1; round <= 20; round++) {
    assert.equal(await visits('late'), round);
    await new Promise((resume) => setTimeout(resume, 5));
  }
});

test('many deaths in a row: every call is answered, every stored row is there', async () => {
  for (let round = 1; round <= 50; round++) {
    const [visited, died] = await Promise.all([ask('/object/many/visit'), ask(`/object/other-${round % 5}/panic-later`)]);
    await assertInternal(died);
    assert.equal(visited.status, 200);
  }
  assert.equal(await visits('many'), 51);
});

test('an alarm that dies is tried again', async () => {
  assert.equal((await ask('/object/alarm/alarm')).status, 200);
  // Each run leaves a row, and the first one dies after it.
  await until('the alarm has run twice', async () => (await (await ask('/object/alarm/count')).text()) === '2');
});

test('the log names the place of a panic and nothing that a user wrote', () => {
  assert.match(worker.output, /"event":"panic","at":"tests\/dying-worker\/src\/lib\.rs:\d+:\d+"/);
  assert.doesNotMatch(worker.output, SECRET);
});
