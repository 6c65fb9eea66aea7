// Data of earlier versions: a database with the first schema opens, keeps what it holds, and takes what is new.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { text } from './support/ai-event.ts';
import { userMessage } from './support/client.ts';
import { Scene } from './support/scene.ts';
import { dumpStorage } from './support/storage.ts';
import { talkOf } from './support/ui.ts';
import { until } from './support/until.ts';

const scene = await Scene.open();

/** Takes a database back to its first schema, with its rows as they are. */
const FIRST_SCHEMA = {
  thread: ['DROP TABLE item', 'DROP TABLE context', 'ALTER TABLE object DROP COLUMN scope_type', 'ALTER TABLE object DROP COLUMN scope_id'],
  directory: ['DROP INDEX entry_scope_recency', 'ALTER TABLE entry DROP COLUMN scope_type', 'ALTER TABLE entry DROP COLUMN scope_id'],
};

test('a thread and a directory of the first schema open, with all that they hold', async () => {
  const alice = await scene.user('alice');
  const backend = scene.service('alice');
  const key = scene.key('old');
  await scene.talk(alice, key, 'Question', text('Answer'));
  await backend.append(key, [userMessage('kept', 'appended')], 'key-1');
  await alice.patch(key, { title: 'Old thread', metadata: { of: 'before' } });
  const before = { thread: (await alice.thread(key)).body, list: (await alice.list()).body };
  await scene.worker.stop();

  const changed = databases().map((path) => {
    const database = new DatabaseSync(path);
    const kind = tablesOf(database).includes('entry') ? 'directory' : 'thread';
    for (const statement of FIRST_SCHEMA[kind]) database.exec(statement);
    database.exec('DELETE FROM migration WHERE id > 0');
    database.close();
    return kind;
  });
  assert.deepEqual(changed.sort(), ['directory', 'thread']);
  await scene.worker.restart();

  assert.deepEqual({ thread: (await alice.thread(key)).body, list: (await alice.list()).body }, before);
  assert.equal((await backend.append(key, [userMessage('kept', 'appended')], 'key-1')).body.messageCount, 3);
  const { turn } = await scene.talk(alice, key, 'And now?', text('Now this'));
  assert.deepEqual(turn.request.messages.map((message) => message.content), ['Question', 'Answer', 'appended', 'And now?']);
  assert.equal(talkOf(await alice.messages(key)).length, 5);
  await alice.listed(key, (entry) => entry.messageCount === 5 && entry.title === 'Old thread');
});

test('a database of today is not migrated again', async () => {
  const alice = await scene.user('alice');
  const key = scene.key('new');
  await scene.talk(alice, key, 'Question', text('Answer'));
  await scene.worker.restart();
  assert.equal((await alice.messages(key)).length, 2);
  await scene.worker.stop();
  for (const path of databases()) {
    const database = new DatabaseSync(path, { readOnly: true });
    assert.deepEqual(database.prepare('SELECT id FROM migration ORDER BY id').all().map((row) => row['id']), [0, 1]);
    database.close();
  }
  await scene.worker.restart();
});

test('reading what nobody has written makes no tables', async () => {
  const before = databases().length;
  const nobody = await scene.user('nobody');
  const key = scene.key('unknown');
  assert.deepEqual((await nobody.thread(key)).body, { stateKey: key, messages: [], revision: 0 });
  assert.equal(await nobody.resume(key), undefined);
  assert.equal((await nobody.patch(key, { title: 'x' })).status, 404);
  assert.deepEqual((await nobody.list()).body, { threads: [] });
  await scene.worker.restart();
  assert.equal(databases().length, before);
});

test('SOFT_DELETE_DEFAULT: when retention has ended the alarm removes what was deleted, and nothing else', async () => {
  const alice = await scene.user('alice');
  const key = scene.key('purged');
  await scene.talk(alice, key, 'To be forgotten', text('As you wish'));
  await alice.remove(key);
  await scene.talk(alice, key, 'To be kept', text('Certainly'));
  await alice.remove(key);
  await scene.talk(alice, key, 'Of today', text('Indeed'));
  await scene.worker.stop();
  const month = 31 * 24 * 60 * 60 * 1000;
  for (const path of databases()) {
    const database = new DatabaseSync(path);
    const isThread = tablesOf(database).includes('generation');
    if (isThread && database.prepare('SELECT count(*) AS n FROM object WHERE state_key = ?').get(key)?.['n'] === 1) {
      database.exec(`UPDATE generation SET deleted_at = deleted_at - ${month} WHERE id = 1`);
      database.exec(`UPDATE turn SET ended_at = ended_at - ${month} WHERE generation = 1`);
    }
    database.close();
  }
  await scene.worker.restart();
  // Whatever wakes the object lets it look for what is due.
  assert.equal((await alice.messages(key)).length, 2);
  const words = () => dumpStorage(scene.worker.dataDir).map(({ value }) => value).join('\n');
  await until('the first life of the thread is gone', () => !words().includes('To be forgotten'));
  assert.ok(!words().includes('As you wish') && words().includes('To be kept') && words().includes('Certainly'));
  assert.deepEqual(talkOf(await alice.messages(key)), ['user: Of today', 'assistant: Indeed']);
});

function databases(): string[] {
  const { dataDir } = scene.worker;
  const files = readdirSync(dataDir, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.sqlite'));
  return files.map((name) => join(dataDir, name)).filter((path) => {
    const database = new DatabaseSync(path, { readOnly: true });
    const ours = tablesOf(database).includes('migration');
    database.close();
    return ours;
  });
}

function tablesOf(database: DatabaseSync): string[] {
  return database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all().map((row) => String(row['name']));
}
