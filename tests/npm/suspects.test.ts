// `maskMessages` lets messages cross as JSON only when their texts may hold something. What it gives must be what it would
// give if every message crossed.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { UIMessage } from 'ai';
import { createMasker, maskMessages, maskText } from 'threadkeep';

/** The glue of the installed package: it takes messages as JSON, all of them. */
const glue = (await import(new URL('../node_modules/threadkeep/dist/wasm/threadkeep.js', import.meta.url).href)) as {
  Masker: new (options?: string) => { maskMessages(json: string): UIMessage[] };
};
maskText('there is an instance');
const whole = new glue.Masker();

const rows = readFileSync(join(import.meta.dirname, '../fixtures/mask/cases.tsv'), 'utf8').split('\n');
const VALUES = rows
  .filter((row) => row !== '' && !row.startsWith('#'))
  .map((row) => Buffer.from(row.split('\t')[1] ?? '', 'base64').toString());

const PEM = `-----BEGIN PRIVATE KEY-----\n${'MHcCAQEEIAa8Qn2Zx1v5Kq0dJw3RtYb7LmN9pOe4Hs6GfUiCjDkEoAoGCCqGSM49\n'.repeat(3)}`;
const LINES = 'MHcCAQEEIAa8Qn2Zx1v5Kq0dJw3RtYb7LmN9pOe4Hs6GfUiCjDkEoAoGCCqGSM49\n';

type Json = string | number | boolean | null | undefined | Json[] | { [name: string]: Json };
type Made = UIMessage & Record<string, unknown>;

const message = (parts: unknown[], more: object = {}) => ({ id: 'm', role: 'assistant', parts, ...more }) as Made;
const tool = (input: Json, output: Json, more: object = {}) => ({
  type: 'dynamic-tool',
  toolName: 'look',
  toolCallId: 'c',
  state: 'output-available',
  input,
  output,
  ...more,
});

/** One value at every place where a message has one. */
const PLACES: Record<string, (value: string) => Made> = {
  'a text': (value) => message([{ type: 'text', text: `see ${value}` }]),
  'a long text': (value) => message([{ type: 'text', text: `${'nothing here. '.repeat(30)}${value}` }]),
  reasoning: (value) => message([{ type: 'reasoning', text: value }]),
  'an input': (value) => message([tool({ query: value }, null)]),
  'an output': (value) => message([tool({}, [{ rows: [['a', value], [1]] }])]),
  'a list': (value) => message([tool({ password: [value, value] }, [value])]),
  'a named field': (value) => message([tool({ password: value }, { token: value, 'api-key': value })]),
  'a pair': (value) => message([tool([{ name: 'DB_PASSWORD', value }], [{ Key: 'token', Value: [value] }])]),
  'a pair without a name': (value) => message([tool([{ name: 7, key: 'password', value }], null)]),
  'a file': (value) => message([{ type: 'file', mediaType: 'text/plain', filename: value, url: `https://x.example/?q=${value}` }]),
  'a source': (value) => message([{ type: 'source-url', sourceId: 's', url: 'https://x.example', title: value }]),
  data: (value) => message([{ type: 'data-chart', data: { deep: { deeper: [value] } } }]),
  metadata: (value) => message([{ type: 'text', text: 'hello' }], { metadata: { note: value } }),
  'what a provider said': (value) =>
    message([{ type: 'text', text: 'x', providerMetadata: { p: { signature: value, said: value, itemId: value } } }]),
  'what a provider ran': (value) => message([tool({ q: 1 }, { encrypted: value, plain: value }, { providerExecuted: true })]),
  'a failure': (value) => message([tool({}, undefined, { state: 'output-error', errorText: value })]),
  'an unknown part': (value) => message([{ type: 'future', id: value, said: value }]),
  'an unknown field': (value) => message([], { future: { keep: [1.5, null, value] } }),
  'the id of a row': (value) => message([tool({}, [{ id: value, type: value, role: value }])]),
  'a card that is a number': () => message([tool({ card: 4012888888881881 }, [{ n: 4012888888881881 }])]),
  'a key over two parts': () => message([{ type: 'text', text: PEM }, { type: 'text', text: LINES }]),
  'a key that begins in a text': () => message([{ type: 'text', text: '-----BEGIN PRIVATE KEY-----\n' }, { type: 'text', text: LINES }]),
  'a payload': (value) => message([{ type: 'file', mediaType: 'image/png', url: `data:image/png;base64,${'iVBORw0KGgo'.repeat(200)}` }, { type: 'text', text: value }]),
  'a payload in a text': () => message([{ type: 'text', text: `AKIA${'QW7ERT2YUIOP4ASD'}/${'a1B2c3D4'.repeat(200)}` }]),
  'a zero': (value) => message([tool({ q: `a\0${value}` }, 'b\0c')]),
  'half a letter': (value) => message([{ type: 'text', text: `x\ud83dy ${value}` }]),
  'a long text with half a letter': (value) => message([{ type: 'text', text: `${'nothing '.repeat(40)}\ud83dy ${value}` }]),
  'a name with half a letter': (value) => message([tool({ '\ud83d': 1 }, value)]),
  'half a letter in what is left alone': (value) => ({ ...message([tool(value, null, { toolCallId: 'c\ud83d' })]), id: 'm\ud83d' }),
  'a name that belongs to a product': (value) => message([tool({ BUNDLE_ENTERPRISE__CONTRIBSYS__COM: value }, { BUNDLE_GEMS__CONTRIBSYS__COM: 'f54Ac47a:88273e7a' })]),
  'a letter beyond ASCII': (value) => message([{ type: 'text', text: `🏔 é – “${value}”` }, tool({ wörd: 'müller' }, value)]),
};

for (const [place, make] of Object.entries(PLACES)) {
  test(`what is masked in ${place} is what is masked when every message crosses`, () => {
    // A clean one before and behind: the right one has to be told.
    const clean = message([{ type: 'text', text: 'The tide is at 06:12.' }, tool({ page: 1 }, { ok: true })]);
    // The third is a secret by the name of its field alone.
    for (const value of ['', 'ordinary', 'hunter2isLong', ...VALUES]) {
      const own = [clean, make(value), clean];
      const expected = whole.maskMessages(JSON.stringify(own));
      assert.deepEqual(JSON.parse(JSON.stringify(maskMessages(own))), expected, value);
    }
  });
}

test('a thread of any length is masked as its messages are', () => {
  const makers = Object.values(PLACES);
  const thread = VALUES.flatMap((value, at) => [
    message([{ type: 'text', text: `Row ${at}: nothing to see, twenty minutes to go.` }]),
    ...(at % 9 === 0 ? [makers[at % makers.length]!(value)] : []),
  ]);
  const masked = maskMessages(thread);
  assert.deepEqual(JSON.parse(JSON.stringify(masked)), whole.maskMessages(JSON.stringify(thread)));
  assert.ok(masked.some((own, at) => own === thread[at]) && masked.some((own, at) => own !== thread[at]));
});

test('a message in which nothing is found is given back as it is, in a list of its own', () => {
  const messages = [message([{ type: 'text', text: 'hello' }], { metadata: { left: undefined } })];
  const masked = maskMessages(messages);
  assert.notEqual(masked, messages);
  assert.equal(masked[0], messages[0]);
});

test('what JSON writes in its own way crosses as JSON', () => {
  const at = new Date(0);
  const list = Object.assign(['left'], { toJSON: () => 'a list' });
  const hidden = Object.defineProperty({}, 'toJSON', { value: () => 'an object' });
  class List extends Array {
    toJSON() {
      return 'a class';
    }
  }
  const odd = message([tool({}, null)], { metadata: { at, not: Number.NaN, list, hidden, own: new List() } });
  assert.deepEqual(maskMessages([odd])[0]!.metadata, { at: at.toISOString(), not: null, list: 'a list', hidden: 'an object', own: 'a class' });
  const pair = Object.defineProperty({ key: 'password', value: 'hunter2isLong' }, 'name', { value: 'not told' });
  const beside = message([tool([pair], null)] as never);
  assert.deepEqual(JSON.parse(JSON.stringify(maskMessages([beside]))), whole.maskMessages(JSON.stringify([beside])));
});

test('a list is read by its indices, as JSON reads it', () => {
  const empty = { *[Symbol.iterator]() {} };
  const texts = Object.assign([VALUES[0]!], empty);
  const odd = message(Object.assign([{ type: 'text', text: `see ${VALUES[0]}` }, tool({ texts }, null)], empty));
  assert.deepEqual(JSON.parse(JSON.stringify(maskMessages([odd]))), whole.maskMessages(JSON.stringify([odd])));
});

test('a rule of ones own that knows a name tells by it wherever the name stands', () => {
  for (const name of ['value', 'Value']) {
    const options = { rules: [{ name: 'own', literals: [`${name}="`], pattern: '< d{6}' }] };
    const [masker, expected] = [createMasker(options), new glue.Masker(JSON.stringify(options))];
    const pair = { name: 'color', [name]: '123456' };
    for (const own of [
      message([{ type: 'data-x', data: { [name]: '123456' } }]),
      message([{ type: 'data-x', data: pair }]),
      message([{ type: 'text', text: 'x', providerMetadata: { p: pair } }]),
      message([tool({}, null, { approval: { id: 'a', approved: true, reason: 'fine', ...pair } })]),
    ]) {
      assert.deepEqual(JSON.parse(JSON.stringify(masker.maskMessages([own]))), expected.maskMessages(JSON.stringify([own])));
    }
  }
});

test('what is no message, or no JSON, is refused', () => {
  const round: Record<string, unknown> = {};
  round['round'] = round;
  const parts = [{ type: 'text', text: 'x' }];
  const wrong: unknown[] = [
    null,
    'text',
    {},
    { id: 'm', role: 'tool', parts },
    { id: '', role: 'user', parts },
    { id: 'm', role: 'user', parts: {} },
    { id: 'm', role: 'user', parts: ['text'] },
    { id: 'm', role: 'user', parts: new Array(1) },
    message([{ type: 'text', text: 'x', state: 10n }]),
    message([{ type: 'text', text: 'x', state: round }]),
    Object.defineProperty({ id: 'm', role: 'user' }, 'parts', { value: parts }),
    Object.defineProperty({ id: 'm', role: 'user' }, 'parts', {
      enumerable: true,
      get: () => {
        throw new RangeError();
      },
    }),
    message([tool({ round: round as never }, null)]),
    message([tool(10n as never, null)]),
  ];
  for (const own of wrong) {
    assert.throws(() => maskMessages([message(parts), own as UIMessage]), { code: 'invalid_request' });
  }
});
