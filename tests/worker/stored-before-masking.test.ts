// A thread from before a rule of the masker can be saved again, and what is stored of it stays as it is.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { userMessage } from './support/client.ts';
import { Scene } from './support/scene.ts';

// A look-alike, put together here so that no scanner takes this file for a leak.
const SECRET = `ghp_${'x7Kq2mVbN9pLwRtYcZ4dHsJfGa3eUo5iQ8Bv'}`;
const STAND_IN = 'a-word-that-no-rule-masks';

const scene = await Scene.open();

test('a save and a repeated append find a message that is stored unmasked to be the same', async () => {
  const backend = scene.service('alice');
  const key = scene.key('before');
  await backend.append(key, [userMessage('u1', `My key is ${STAND_IN}`)], 'key-1');
  await scene.worker.stop();
  assert.equal(replaceInMessages(STAND_IN, SECRET), 1);
  await scene.worker.restart();

  const raw = userMessage('u1', `My key is ${SECRET}`);
  const messages = [raw, userMessage('u2', 'And on')];
  assert.equal((await backend.save(key, messages, 1)).body.messageCount, 2);
  assert.equal((await backend.append(key, [raw], 'key-1')).body.messageCount, 2);
  assert.equal((await backend.append(key, [userMessage('u1', 'My key is another')], 'key-1')).body.error?.code, 'idempotency_mismatch');
  assert.equal((await backend.save(key, [userMessage('u1', 'My key is another'), ...messages], 2)).body.error?.code, 'thread_diverged');
  assert.deepEqual(await (await scene.user('alice')).messages(key), messages);
});

/** Rewrites the bodies of stored messages, as no write of the worker would; how many rows that were. */
function replaceInMessages(from: string, to: string): number {
  const files = readdirSync(scene.worker.dataDir, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.sqlite'));
  let rows = 0;
  for (const file of files) {
    const database = new DatabaseSync(join(scene.worker.dataDir, file));
    const [table] = database.prepare(`SELECT name FROM sqlite_master WHERE name = 'message'`).all();
    if (table) rows += Number(database.prepare(`UPDATE message SET body = replace(body, ?, ?) WHERE instr(body, ?)`).run(from, to, from).changes);
    database.close();
  }
  return rows;
}
