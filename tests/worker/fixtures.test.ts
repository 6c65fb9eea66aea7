// The golden fixtures of the event stream through the worker's door: the same files that the core and the npm door read.

import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { UIMessage } from 'ai';
import { Scene } from './support/scene.ts';
import { foldBySdk, metadataOf } from './support/ui.ts';

type Expected = { message: UIMessage | null; usage: unknown[] };

const FOLDER = new URL('../fixtures/events/', import.meta.url);
const NAMES = readdirSync(FOLDER).filter((file) => file.endsWith('.jsonl')).map((file) => file.replace('.jsonl', ''));
const read = (file: string) => readFileSync(new URL(file, FOLDER), 'utf8');

const scene = await Scene.open();
const alice = await scene.user('alice');

/** The message as the fixtures write it: under their id, and without what this worker adds to every reply. */
function plain(message: UIMessage): UIMessage {
  const { runId: _run, createdAt: _created, ...metadata } = metadataOf(message);
  const { metadata: _all, ...rest } = message;
  return { ...rest, id: 'msg-1', ...(Object.keys(metadata).length === 0 ? {} : { metadata }) };
}

test('there are fixtures', () => assert.ok(NAMES.length > 40));

for (const name of NAMES) {
  test(`golden fixture ${name}: stored as in the core, and as a client builds it`, async () => {
    const key = scene.key(name);
    const expected: Expected = JSON.parse(read(`${name}.json`));
    const { stream, turn } = await scene.begin(alice, key, 'Go');
    turn.raw(read(`${name}.jsonl`));
    turn.end();
    await stream.whole();
    const stored = (await alice.messages(key))[1];
    assert.deepEqual(stored === undefined ? null : plain(stored), expected.message);
    const facts = await scene.hook.countedAtLeast(key, expected.usage.length);
    assert.deepEqual(facts.map(({ fact }) => fact), expected.usage);
    // A client that was corrected by `assistant_final` shows the streamed text until it reads the thread again.
    const corrected = JSON.parse(read(`${name}.json`)).problems.includes('final_text_differs');
    if (stored !== undefined && !corrected) assert.deepEqual(await foldBySdk(stream.chunks), stored);
  });
}
