// The contract notices: a store that breaks one promise fails the case that names it. Each of these is the worker's
// store with one fault of the kind that hand-written stores have.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { UIMessage } from 'ai';
import type { ThreadPersistencePort } from 'threadkeep';
import { storeContract } from 'threadkeep/store-contract';
import { createWorkerStore } from 'threadkeep/worker-store';
import { SERVICE_TOKEN } from '../worker/support/client.ts';
import { Scene } from '../worker/support/scene.ts';

type Fault = (store: ThreadPersistencePort) => Partial<ThreadPersistencePort>;

const scene = await Scene.open();
const sound = () => createWorkerStore({ url: scene.worker.url, serviceToken: SERVICE_TOKEN });

breaks('EXPECTED_COUNT', 'takes the count as it is now', (store) => ({
  saveThread: async (save) => store.saveThread({ ...save, expectedMessageCount: (await store.loadThread(save)).messages.length }),
}));

breaks('EXPECTED_COUNT', 'does not look at the count of an append', (store) => ({
  appendMessages: ({ expectedMessageCount: _, ...append }) => store.appendMessages(append),
}));

breaks('MESSAGES_GROW_ONLY', 'judges by length alone', (store) => ({
  saveThread: async (save) => {
    const { messages } = await store.loadThread(save);
    if (save.messages.length < messages.length || save.expectedMessageCount !== messages.length) return store.saveThread(save);
    return store.saveThread({ ...save, messages: [...messages, ...save.messages.slice(messages.length)] });
  },
}));

breaks('SERIALIZED_APPENDS', 'loads, adds, and writes what it has', (store) => ({
  appendMessages: async ({ idempotencyKey: _, reserve: __, ...append }) => {
    const { messages } = await store.loadThread(append);
    return store.saveThread({ ...append, messages: [...messages, ...append.messages], expectedMessageCount: messages.length });
  },
}));

breaks('SERIALIZED_APPENDS', 'writes the messages of an append one by one', (store) => ({
  appendMessages: async (append) => {
    let written = { stateKey: append.stateKey, messageCount: 0 };
    for (const message of append.messages) written = await store.appendMessages({ ...append, messages: [message] });
    return written;
  },
}));

breaks('MAX_THREAD_MESSAGES', 'writes what fits', (store) => ({
  appendMessages: async (append) => {
    const { messages } = await store.loadThread(append);
    return store.appendMessages({ ...append, messages: append.messages.slice(0, 200 - messages.length) });
  },
}));

breaks('MAX_THREAD_MESSAGES', 'keeps no room', (store) => ({ appendMessages: ({ reserve: _, ...append }) => store.appendMessages(append) }));

breaks('REDACT_BEFORE_PERSIST', 'keeps the words beside what it masks', (store) => ({
  loadThread: async (address) => {
    const thread = await store.loadThread(address);
    return { ...thread, messages: unmask(thread.messages) };
  },
}));

breaks('TENANT_SCOPED', 'folds the case of owners', (store) => everyCall(store, (owner) => owner.toLowerCase()));

breaks('TENANT_SCOPED', 'trims owners', (store) => everyCall(store, (owner) => owner.trim()));

breaks('SOFT_DELETE_DEFAULT', 'forgets to delete', () => ({ softDelete: async () => {} }));

breaks('UIMESSAGE_IS_CONTRACT', 'drops parts it does not know', (store) => ({
  loadThread: async (address) => {
    const { stateKey, messages } = await store.loadThread(address);
    return { stateKey, messages: messages.map((message) => ({ ...message, parts: message.parts.filter((part) => part.type !== ('part-of-tomorrow' as string)) })) };
  },
}));

breaks('idempotency', 'writes every append', (store) => ({ appendMessages: ({ idempotencyKey: _, ...append }) => store.appendMessages(append) }));

breaks('newest', 'lists in the order of names', (store) => ({
  listThreads: async (list) => {
    const page = await store.listThreads(list);
    return { ...page, threads: page.threads.toSorted((a, b) => a.stateKey.localeCompare(b.stateKey)) };
  },
}));

breaks('cursor', 'starts again at every page', (store) => ({
  listThreads: ({ owner, limit }) => store.listThreads({ owner, ...(limit === undefined ? {} : { limit }) }),
}));

breaks('title', 'gives threads no title', (store) => ({
  listThreads: async (list) => {
    const page = await store.listThreads(list);
    return { ...page, threads: page.threads.map(({ title: _, ...row }) => row) };
  },
}));

breaks('refused', 'throws errors without a code', (store) => ({
  loadThread: (address) => store.loadThread(address).catch((error: Error) => Promise.reject(new Error(error.message))),
}));

/** A store with this fault fails a case whose name has `rule` in it. */
function breaks(rule: string, what: string, fault: Fault): void {
  test(`${rule}: a store that ${what} is told`, { timeout: 120_000 }, async () => {
    const open = () => ({ ...sound(), ...fault(sound()) });
    const cases = storeContract({ open }).filter(({ name }) => name.includes(rule));
    assert.notEqual(cases.length, 0);
    const results = await Promise.allSettled(cases.map(({ run }) => run()));
    assert.ok(results.some(({ status }) => status === 'rejected'), 'no case noticed');
  });
}

function everyCall(store: ThreadPersistencePort, renamed: (owner: string) => string): ThreadPersistencePort {
  const as = <Call extends { readonly owner: string }>(call: Call): Call => ({ ...call, owner: renamed(call.owner) });
  return {
    loadThread: (address) => store.loadThread(as(address)),
    saveThread: (save) => store.saveThread(as(save)),
    appendMessages: (append) => store.appendMessages(as(append)),
    softDelete: (address) => store.softDelete(as(address)),
    listThreads: (list) => store.listThreads(as(list)),
  };
}

/** As if a secret had been stored. */
function unmask(messages: UIMessage[]): UIMessage[] {
  return JSON.parse(JSON.stringify(messages).replaceAll(/\[[A-Z0-9_]+\]/g, `ghp_${'x7Kq2mVbN9pLwRtYcZ4dHsJfGa3eUo5iQ8Bv'}`)) as UIMessage[];
}
