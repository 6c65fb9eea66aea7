// UIMESSAGE_IS_CONTRACT: what goes in comes out.

import assert from 'node:assert/strict';
import type { UIMessage } from 'ai';
import { userMessage } from './messages.ts';
import { messagesOf, type Fact } from './scene.ts';

export const verbatim: Record<string, Fact> = {
  'UIMESSAGE_IS_CONTRACT: every part type, tool state, unknown part and unknown field comes back as it was, in order': async ({ store, address }) => {
    const messages = everything();
    await store.saveThread({ ...address, messages: messages.slice(0, 2), expectedMessageCount: 0 });
    await store.appendMessages({ ...address, messages: messages.slice(2) });
    assert.deepEqual(await messagesOf(store, address), messages);
  },

  'UIMESSAGE_IS_CONTRACT: numbers, nulls, empty values and any letters come back as they were': async ({ store, address }) => {
    const data = {
      numbers: [0, -1, 0.1, 1.5e-7, 123456789.123456, Number.MAX_SAFE_INTEGER, 1e21, 5e-324],
      empty: ['', [], {}, null, false],
      'a key with spaces, "quotes" and \\': 'Zoë 🦀 漢字 \u200b\u202e "quotes" \\ \' $1 %s \u0001\u001f\u007f\r\n\t',
      __proto: 'x',
    };
    const message = { id: 'ü-1', role: 'assistant', parts: [{ type: 'data-values', data }, { type: 'text', text: '' }] } as UIMessage;
    await store.appendMessages({ ...address, messages: [message] });
    assert.deepEqual(await messagesOf(store, address), [message]);
  },

  'UIMESSAGE_IS_CONTRACT: a U+0000 costs no message; it is kept, or comes back as U+FFFD': async ({ store, address }) => {
    const output = { stdout: 'ELF\u0000\u0001', 'key\u0000': 1 };
    const part = { type: 'dynamic-tool', toolName: 'cat', toolCallId: 't1', state: 'output-available', input: {}, output };
    const message = { id: 'a1', role: 'assistant', parts: [part] } as UIMessage;
    await store.appendMessages({ ...address, messages: [message] });
    const text = JSON.stringify(await messagesOf(store, address));
    assert.deepEqual(JSON.parse(text.replaceAll('\ufffd', '\\u0000')), [message]);
  },

  'UIMESSAGE_IS_CONTRACT: half a letter costs no message; it comes back as U+FFFD': async ({ store, address }) => {
    // The two halves of one letter, in places that have nothing to do with each other.
    const message = (high: string, low: string): UIMessage => ({ id: 'a1', role: 'assistant', parts: [{ type: 'text', text: `cut ${high}` }, { type: 'data-x', data: { [low]: 'whole 🦀' } }] });
    await store.appendMessages({ ...address, messages: [message('\ud83e', '\udd80')] });
    assert.deepEqual(await messagesOf(store, address), [message('\ufffd', '\ufffd')]);
  },

  'UIMESSAGE_IS_CONTRACT: one message of several megabytes comes back whole': async ({ store, address }) => {
    const message = userMessage('large', 'A line of a long document. '.repeat(120_000));
    await store.appendMessages({ ...address, messages: [message] });
    assert.deepEqual(await messagesOf(store, address), [message]);
  },
};

function everything(): UIMessage[] {
  const approval = { id: 'ap', approved: false, reason: 'no' };
  return [
    { id: 's1', role: 'system', parts: [{ type: 'text', text: 'Be brief.' }] },
    { id: 'u1', role: 'user', metadata: { locale: 'de', nested: { list: [1, null, 'x', true] } }, parts: [{ type: 'text', text: 'Hello' }, { type: 'file', mediaType: 'text/plain', url: 'data:text/plain;base64,aGk=', filename: 'hi.txt' }] },
    {
      id: 'a1',
      role: 'assistant',
      parts: [
        { type: 'step-start' },
        { type: 'reasoning', text: 'hm', state: 'done', providerMetadata: { p: { signature: 'c2ln' } } },
        { type: 'text', text: 'Hi', state: 'done' },
        { type: 'source-url', sourceId: 's', url: 'https://example.com/a', title: 'A' },
        { type: 'source-document', sourceId: 's', mediaType: 'text/plain', title: 'A', filename: 'a.txt' },
        { type: 'tool-weather', toolCallId: 't1', state: 'input-streaming', input: { city: 'X' } },
        { type: 'tool-weather', toolCallId: 't2', state: 'approval-requested', input: {}, approval: { id: 'ap' } },
        { type: 'tool-weather', toolCallId: 't3', state: 'output-denied', input: { city: 'X' }, approval },
        { type: 'dynamic-tool', toolName: 'f', toolCallId: 't4', state: 'input-available', input: null },
        { type: 'dynamic-tool', toolName: 'f', toolCallId: 't5', state: 'output-available', input: {}, output: { z: 1, a: [2] }, preliminary: false },
        { type: 'dynamic-tool', toolName: 'f', toolCallId: 't6', state: 'output-error', rawInput: '{', errorText: 'no such city' },
        { type: 'data-chart', id: 'c', data: { points: [1, 2, 3] } },
        { type: 'part-of-tomorrow', weight: 0.5, inner: { kept: 'as it came' } },
        { type: 'text', text: 'x', fieldOfTomorrow: { kept: true } },
      ],
      fieldOfTomorrow: { kept: true },
    },
    { id: 'a2', role: 'assistant', parts: [] },
  ] as unknown as UIMessage[];
}
