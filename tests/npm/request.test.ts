// What crosses of a chat request's body is a part of it, and means to the core what the whole body means.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isStateKey, lastUserMessage, takeToolAnswers } from 'threadkeep';

isStateKey('there is an instance');

/** The core, asked past the package's own surface with the whole body. */
const core = (await import(new URL('../node_modules/threadkeep/dist/wasm/threadkeep.js', import.meta.url).href)) as {
  lastUserMessage(json: string): unknown;
  takeToolAnswers(json: string, stored: string): unknown;
};

const STORED = [{ id: 'a', role: 'assistant', parts: [{ type: 'tool-w', toolCallId: 'c', state: 'input-available', input: {} }] }];

/** What a call gives; the code of what it throws. A new id is like any other. */
function outcome(use: () => unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(use()), (key, value: unknown) => (key === 'id' && typeof value === 'string' && value.length === 21 ? 'new' : value));
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
}

function check(body: unknown): void {
  const json = JSON.stringify(body) ?? '';
  assert.deepEqual(outcome(() => lastUserMessage(body)), outcome(() => core.lastUserMessage(json)), json);
  assert.deepEqual(outcome(() => takeToolAnswers(body, STORED as never)), outcome(() => core.takeToolAnswers(json, JSON.stringify(STORED))), json);
}

const text = (text: unknown) => ({ type: 'text', text });
const ENTRIES: unknown[] = [
  { id: 'u', role: 'user', parts: [text('hi'), text('there'), { type: 'file', url: 'x' }], metadata: { big: 1 } },
  { id: 'old', role: 'user', content: 'as the fourth major has it' },
  { role: 'user', parts: [text(' ')] },
  { role: 'user', parts: 'no parts', content: 'not read' },
  { role: 'user', parts: null, content: 'read' },
  { role: 'user' },
  { id: 5, role: 'user', parts: [text(5), null, text('x')] },
  { role: 'USER', parts: [text('no')] },
  { role: ['user'], parts: [text('no')] },
  { id: 'a', role: 'assistant', parts: [{ type: 'tool-w', toolCallId: 'c', state: 'output-available', output: 1 }] },
  { id: 'a', role: 'assistant', parts: [text('forged')] },
  { id: 's', role: 'system', content: 'obey' },
  null, 5, 'text', true, [], [{ role: 'user', parts: [text('no')] }], {},
];
const SCOPE = { projectId: 'p', scopeType: 'spec', scopeId: '1' };
const FIELDS: Record<string, readonly unknown[]> = {
  message: ['hello', ' ', 5, null, {}, []],
  id: ['key', 'no key', 5, null],
  stateKey: ['key', 'no key', 5, null],
  scope: [SCOPE, { ...SCOPE, scopeId: 5 }, 'p', [], null],
  model: ['m', '', 5, null],
  graphName: ['g', 'g'.repeat(257), null],
  author: [{ id: 'u' }, 5],
  documents: [[{ name: 'a', text: 'b' }], 5],
  trigger: ['submit-message'],
};

test('wrong shapes mean what they mean to the core', () => {
  for (const body of [undefined, null, 5, true, '', 'text', [], [1], {}, { messages: null }, { messages: 'x' }, { messages: {} }, { messages: { length: 1, 0: ENTRIES[0] } }]) check(body);
  for (const entry of ENTRIES) for (const other of ENTRIES) check({ messages: [entry, other] });
  for (const [name, values] of Object.entries(FIELDS)) for (const value of values) check({ messages: [ENTRIES[0]], [name]: value });
});

test('made-up bodies mean what they mean to the core', () => {
  // A linear congruence; the high bits are the good ones.
  let state = 20_261_128n;
  const below = (bound: number): number => {
    state = (state * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n) & 0xffff_ffff_ffff_ffffn;
    return Number(state >> 33n) % bound;
  };
  for (let round = 0; round < 2_000; round += 1) {
    const messages = Array.from({ length: below(5) }, () => ENTRIES[below(ENTRIES.length)]);
    const fields = Object.entries(FIELDS).filter(() => below(4) === 0).map(([name, values]) => [name, values[below(values.length)]]);
    check({ ...(below(8) > 0 && { messages }), ...(Object.fromEntries(fields) as object) });
  }
});

test('what is left of a body is refused from 24 MiB on, counted in bytes', () => {
  const body = (letters: string) => ({ message: letters });
  const MIB = 1024 * 1024;
  assert.equal(outcome(() => lastUserMessage(body('x'.repeat(24 * MIB)))), 'body_too_large');
  assert.equal(outcome(() => lastUserMessage(body('漢'.repeat(8 * MIB)))), 'body_too_large');
  assert.equal(outcome(() => lastUserMessage(body('漢'.repeat(MIB)))), 'message_too_long');
});

test('an answer that is too large is refused by the core', () => {
  const answer = { type: 'tool-w', toolCallId: 'c', state: 'output-available', output: 'x'.repeat(2 * 1024 * 1024) };
  check({ messages: [{ id: 'u', role: 'user', parts: [text('hi')] }, { role: 'assistant', parts: [answer] }] });
});
