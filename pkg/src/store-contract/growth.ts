// A thread grows at its end, by one writer after the other, and never changes otherwise.

import assert from 'node:assert/strict';
import type { UIMessage } from 'ai';
import { ThreadConflictError, type ThreadPersistencePort } from '../port.ts';
import { assistantMessage, conversation, idsOf, userMessage } from './messages.ts';
import { messagesOf, refuses, type Fact, type Scene } from './scene.ts';

export const growth: Record<string, Fact> = {
  'a thread that is not there is empty': async ({ store, address }) => {
    assert.deepEqual(await store.loadThread(address), { stateKey: address.stateKey, messages: [] });
  },

  'a save creates the thread, later saves add to it': async ({ store, address }) => {
    const first = await store.saveThread({ ...address, messages: conversation(2), expectedMessageCount: 0 });
    assert.deepEqual([first.stateKey, first.messageCount], [address.stateKey, 2]);
    const second = await store.saveThread({ ...address, messages: conversation(5), expectedMessageCount: 2 });
    assert.equal(second.messageCount, 5);
    assert.deepEqual(await messagesOf(store, address), conversation(5));
  },

  'a save that adds nothing is no conflict': async ({ store, address }) => {
    await store.saveThread({ ...address, messages: conversation(3), expectedMessageCount: 0 });
    const again = await store.saveThread({ ...address, messages: await messagesOf(store, address), expectedMessageCount: 3 });
    assert.equal(again.messageCount, 3);
    assert.deepEqual(await messagesOf(store, address), conversation(3));
  },

  'an append creates the thread, later appends add to it, and so does a save': async ({ store, address }) => {
    const [one, two, three, four] = conversation(4) as [UIMessage, UIMessage, UIMessage, UIMessage];
    assert.equal((await store.appendMessages({ ...address, messages: [one] })).messageCount, 1);
    assert.equal((await store.appendMessages({ ...address, messages: [two, three] })).messageCount, 3);
    await store.saveThread({ ...address, messages: [one, two, three, four], expectedMessageCount: 3 });
    assert.deepEqual(await messagesOf(store, address), conversation(4));
  },

  'what a caller does to loaded messages is not stored': async ({ store, address }) => {
    await store.saveThread({ ...address, messages: conversation(2), expectedMessageCount: 0 });
    const loaded = await messagesOf(store, address);
    loaded[0]!.parts.length = 0;
    loaded.pop();
    assert.deepEqual(await messagesOf(store, address), conversation(2));
  },

  'MESSAGES_GROW_ONLY: a save that is shorter, or changes anything of what is stored, is refused and writes nothing': async ({ store, address }) => {
    const stored = conversation(4);
    await store.saveThread({ ...address, messages: stored, expectedMessageCount: 0 });
    for (const [what, messages] of Object.entries(rewritings())) {
      await refuses('thread_diverged', store.saveThread({ ...address, messages, expectedMessageCount: 4 }), what);
      assert.deepEqual(await messagesOf(store, address), stored, what);
    }
  },

  'MESSAGES_GROW_ONLY: the order of object keys is no change': async ({ store, address }) => {
    const { id, role, parts } = conversation(1)[0]!;
    await store.saveThread({ ...address, messages: [{ id, role, parts }], expectedMessageCount: 0 });
    const turned = { parts: parts.map((part) => Object.fromEntries(Object.entries(part).reverse())), role, id } as UIMessage;
    const saved = await store.saveThread({ ...address, messages: [turned, conversation(2)[1]!], expectedMessageCount: 1 });
    assert.equal(saved.messageCount, 2);
  },

  'EXPECTED_COUNT: a save or an append built on another count is refused and writes nothing': async ({ store, address }) => {
    await store.saveThread({ ...address, messages: conversation(2), expectedMessageCount: 0 });
    for (const expectedMessageCount of [0, 1, 3]) {
      await refuses('thread_conflict', store.saveThread({ ...address, messages: conversation(4), expectedMessageCount }));
      await refuses('thread_conflict', store.appendMessages({ ...address, messages: [userMessage('new', 'new')], expectedMessageCount }));
    }
    await refuses('thread_conflict', store.appendMessages({ ...address, messages: [], expectedMessageCount: 1 }));
    assert.deepEqual(await messagesOf(store, address), conversation(2));
    const appended = await store.appendMessages({ ...address, messages: [userMessage('new', 'new')], expectedMessageCount: 2 });
    assert.equal(appended.messageCount, 3);
  },

  'EXPECTED_COUNT: a save of a thread that is not there expects none': async ({ store, address }) => {
    await refuses('thread_conflict', store.saveThread({ ...address, messages: conversation(2), expectedMessageCount: 1 }));
    await refuses('thread_conflict', store.appendMessages({ ...address, messages: conversation(2), expectedMessageCount: 1 }));
    assert.deepEqual(await messagesOf(store, address), []);
  },

  'EXPECTED_COUNT: of saves built on one count exactly one wins, also when they create the thread': async (scene) => {
    const { store, address } = scene;
    for (const count of [0, 1]) {
      const racers = await Promise.all(Array.from({ length: 8 }, scene.open));
      const results = await Promise.allSettled(
        racers.map((racer, n) =>
          racer.saveThread({ ...address, messages: [...conversation(count), userMessage(`racer-${n}`, 'me')], expectedMessageCount: count }),
        ),
      );
      const lost = results.filter((result) => result.status === 'rejected');
      assert.equal(lost.length, racers.length - 1, `${racers.length - lost.length} of the racers won`);
      for (const { reason } of lost) assert.equal((reason as ThreadConflictError).code, 'thread_conflict');
      assert.equal((await messagesOf(store, address)).length, count + 1);
      await store.softDelete(address);
      await store.appendMessages({ ...address, messages: conversation(1) });
    }
  },

  'SERIALIZED_APPENDS: concurrent savers who try again after a conflict lose nothing and keep their order': async (scene) => {
    await eachWrites(scene, 5, async (writer, message) => {
      for (;;) {
        const messages = await messagesOf(writer, scene.address);
        const save = { ...scene.address, messages: [...messages, message], expectedMessageCount: messages.length };
        const saved = await writer.saveThread(save).catch((error: unknown) => {
          if (!(error instanceof ThreadConflictError)) throw error;
        });
        if (saved) return;
      }
    });
  },

  'SERIALIZED_APPENDS: concurrent appends are all there, each told its own count': async (scene) => {
    const counts: number[] = [];
    await eachWrites(scene, 16, async (writer, message) => {
      counts.push((await writer.appendMessages({ ...scene.address, messages: [message] })).messageCount);
    });
    assert.deepEqual(counts.sort((a, b) => a - b), Array.from(counts, (_, at) => at + 1));
  },

  'SERIALIZED_APPENDS: the messages of one append stay together': async (scene) => {
    const writers = await Promise.all(Array.from({ length: 16 }, scene.open));
    await Promise.all(
      writers.map((writer, n) => writer.appendMessages({ ...scene.address, messages: [userMessage(`${n}-0`, 'a'), assistantMessage(`${n}-1`, 'b')] })),
    );
    const ids = idsOf(await messagesOf(scene.store, scene.address));
    assert.equal(new Set(ids).size, writers.length * 2);
    for (let at = 0; at < ids.length; at += 2) assert.equal(ids[at + 1], ids[at]?.replace('-0', '-1'));
  },
};

/** Several writers at once, each with three messages one after the other: all are there, and each one's in order. */
async function eachWrites(scene: Scene, writers: number, write: (writer: ThreadPersistencePort, message: UIMessage) => Promise<void>): Promise<void> {
  const rounds = [0, 1, 2];
  const names = Array.from({ length: writers }, (_, n) => `writer${n}`);
  await Promise.all(
    names.map(async (name) => {
      const writer = await scene.open();
      for (const round of rounds) await write(writer, userMessage(`${name}-${round}`, `${name}, message ${round}`));
    }),
  );
  const ids = idsOf(await messagesOf(scene.store, scene.address));
  assert.equal(ids.length, writers * rounds.length);
  for (const name of names) assert.deepEqual(ids.filter((id) => id.startsWith(`${name}-`)), rounds.map((round) => `${name}-${round}`));
}

/** Saves that would rewrite `conversation(4)`, each in one way. */
function rewritings(): Record<string, UIMessage[]> {
  const changed = (at: number, change: Partial<UIMessage>) => conversation(5).map((message, n) => (n === at ? { ...message, ...change } : message));
  const [first, second, ...rest] = conversation(5) as [UIMessage, UIMessage, ...UIMessage[]];
  return {
    'no messages': [],
    'one message less': conversation(3),
    'one message dropped in the middle': conversation(6).filter((_, at) => at !== 1),
    'another text': changed(1, { parts: [{ type: 'step-start' }, { type: 'text', text: 'another past', state: 'done' }] }),
    'another text in the last stored message': changed(3, { parts: [{ type: 'step-start' }, { type: 'text', text: 'another end', state: 'done' }] }),
    'a part less': changed(1, { parts: second.parts.slice(1) }),
    'a part more': changed(0, { parts: [...first.parts, { type: 'text', text: 'and one thing more' }] }),
    'another id': changed(0, { id: 'renamed' }),
    'another role': changed(0, { role: 'assistant' }),
    'metadata added': changed(0, { metadata: { added: true } }),
    'two messages in the other order': [second, first, ...rest],
    'a message put in front': [userMessage('m-1', 'earlier'), ...conversation(4)],
  };
}
