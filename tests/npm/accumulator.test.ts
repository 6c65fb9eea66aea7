// `createAccumulator`: every way in is the same, and what is wrong is said.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAccumulator, ThreadkeepError, type Accumulator, type AiEvent } from 'threadkeep';

const text = (delta: string): AiEvent => ({ type: 'text_delta', delta });
const reasoning = (delta: string): AiEvent => ({ type: 'reasoning_delta', delta });

/** What a caller has in the end. */
function end(accumulator: Accumulator) {
  const message = accumulator.finish();
  return { message, problems: accumulator.problems, ending: accumulator.ending };
}

/** As `push`, but each event crosses alone: what waits crosses before `problems` is read. */
function oneByOne(events: readonly unknown[]) {
  const accumulator = createAccumulator({ messageId: 'm' });
  for (const event of events) {
    accumulator.push(event as AiEvent);
    void accumulator.problems;
  }
  return end(accumulator);
}

function together(events: readonly unknown[]) {
  const accumulator = createAccumulator({ messageId: 'm' });
  for (const event of events) accumulator.push(event as AiEvent);
  return end(accumulator);
}

function asBytes(events: readonly unknown[]) {
  const accumulator = createAccumulator({ messageId: 'm' });
  accumulator.pushBytes(new TextEncoder().encode(events.map((event) => `${JSON.stringify(event)}\n`).join('')));
  return end(accumulator);
}

function check(events: readonly unknown[]): void {
  const expected = oneByOne(events);
  assert.deepEqual(together(events), expected);
  assert.deepEqual(asBytes(events), expected);
}

test('deltas that cross together are the deltas that cross alone', () => {
  check([text('a'), text(''), text('b'), reasoning('c'), reasoning('d'), text('e')]);
  check([text(''), text(''), { type: 'hologram' }, text('a'), 5, null, undefined, text('b')].filter((event) => event !== undefined));
  check([text('a'), { type: 'done' }, text('b'), text('c'), { type: 'usage_report', fact: 1 }, text('d')]);
  check([{ type: 'text_delta', delta: 5 }, { type: 'text_delta' }, text('a')]);
  check([text('é'), text('漢字'), text('😀'), text('\u0000\u007f\u0080\u07ff\u0800\uffff'), text('a\n"\\b')]);
});

test('a letter cut between two deltas is whole, and half a letter costs nothing else', () => {
  const [high, low] = ['\ud83d', '\ude00'];
  check([text(`so ${high}`), text(`${low} there`)]);
  check([text(`a${high}`), text('b'), text(`${low}c`)]);
  check([text(`${high}${high}${low}`), text(`x${low}y`), reasoning(high), reasoning(low), text(low)]);
  assert.equal(textOf(together([text(`so ${high}`), text(`${low} there`)]).message), 'so 😀 there');
});

test('made-up runs give the same in every way', () => {
  const seed = Number(process.env['SEED'] ?? 20_261_121);
  const random = generator(seed);
  for (let round = 0; round < 300; round += 1) {
    const events = Array.from({ length: random(40) }, () => anyEvent(random));
    assert.doesNotThrow(() => check(events), `seed ${seed}, round ${round}: ${JSON.stringify(events)}`);
  }
});

test('a reply that is too large ends at the same letter in every way', () => {
  const delta = text('x'.repeat(10_000));
  const events = [text('a'), ...Array<AiEvent>(1_700).fill(delta), reasoning('too late'), { type: 'done' }];
  const [one, all] = [oneByOne(events), together(events)];
  assert.deepEqual(all, one);
  assert.deepEqual(all.problems.map(({ code }) => code), ['reply_too_large']);
  assert.equal(textOf(all.message).length, 1 + 10_000 * Math.floor((16 * 1024 * 1024 - 1) / 10_000));
});

test('the message so far and the problems so far can be read at any time', () => {
  const accumulator = createAccumulator({ messageId: 'm', metadata: { runId: 'r' } });
  accumulator.push(text('a'));
  accumulator.push(text('b'));
  assert.equal(textOf(accumulator.message), 'ab');
  assert.deepEqual(accumulator.message.metadata, { runId: 'r' });
  accumulator.push({ type: 'hologram' } as never);
  assert.deepEqual(accumulator.problems, [{ code: 'unknown_event', event: 2 }]);
  assert.equal(accumulator.ending, undefined);
});

test('after finish there is nothing to push, and the message stays', () => {
  const accumulator = createAccumulator({ messageId: 'm' });
  accumulator.push(text('a'));
  const message = accumulator.finish();
  assert.equal(accumulator.finish(), message);
  for (const use of [() => accumulator.push(text('b')), () => accumulator.push({ type: 'done' }), () => accumulator.pushBytes(new Uint8Array(1)), () => accumulator.message]) {
    assert.throws(use, (error) => error instanceof ThreadkeepError && error.code === 'already_finished');
  }
});

test('a run that said nothing has no message', () => {
  const accumulator = createAccumulator({ messageId: 'm' });
  assert.equal(accumulator.finish(), undefined);
  assert.equal(accumulator.ending, 'aborted');
});

test('usage facts come in order, whatever else comes, and an error of the hook is the caller\'s own', () => {
  const facts: unknown[] = [];
  const accumulator = createAccumulator({ messageId: 'm', onUsage: (fact) => facts.push(fact) });
  accumulator.push({ type: 'usage_report', fact: 1 });
  accumulator.pushBytes(new TextEncoder().encode('{"type":"usage_report","fact":{"n":2}}\n{"type":"usage_report","fact":null}'));
  accumulator.finish();
  assert.deepEqual(facts, [1, { n: 2 }, null]);

  const mine = new Error('mine');
  const throwing = createAccumulator({ messageId: 'm', onUsage: () => { throw mine; } });
  throwing.push(text('kept'));
  assert.throws(() => throwing.push({ type: 'usage_report', fact: 1 }), (error) => error === mine);
  assert.equal(textOf(throwing.finish()), 'kept');
});

test('a fact is handed over as the very value that it is, JSON or not', () => {
  const day = new Date(0);
  const given = [10n, undefined, day, Number.NaN, { tokens: 3n }, null, [1], 'text'];
  const facts: unknown[] = [];
  const accumulator = createAccumulator({ messageId: 'm', onUsage: (fact) => facts.push(fact) });
  for (const fact of given) accumulator.push({ type: 'usage_report', fact });
  accumulator.push({ type: 'usage_report' } as never);
  accumulator.push({ type: 'done' });
  accumulator.push({ type: 'usage_report', fact: day });
  accumulator.finish();
  assert.equal(facts.length, given.length + 1);
  for (const [at, fact] of [...given, day].entries()) assert.ok(Object.is(facts[at], fact), `fact ${at}`);
  assert.deepEqual(accumulator.problems, [{ code: 'malformed_event', event: given.length }], 'without a fact it is none');
});

test('when onUsage throws, the bytes and the facts behind it are not lost', () => {
  const mebibyte = `{"type":"text_delta","delta":"${'x'.repeat(1024 * 1024)}"}\n`;
  const report = (fact: number) => `{"type":"usage_report","fact":${fact}}\n`;
  const facts: unknown[] = [];
  const accumulator = createAccumulator({
    messageId: 'm',
    onUsage: (fact) => {
      facts.push(fact);
      throw new Error(`fact ${fact}`);
    },
  });
  const bytes = new TextEncoder().encode(`${report(1)}${report(2)}${mebibyte}${report(3)}{"type":"text_delta","delta":"end"}\n${report(4).trim()}`);
  assert.throws(() => accumulator.pushBytes(bytes), { message: 'fact 1' });
  assert.deepEqual(facts, [1, 2, 3]);
  assert.throws(() => accumulator.finish(), { message: 'fact 4' });
  assert.ok(textOf(accumulator.finish()).endsWith('xend'));
  assert.deepEqual(facts, [1, 2, 3, 4]);
});

test('what an async onUsage rejects with is told, and by default to the console', async (t) => {
  const mine = new Error('mine');
  const told: unknown[] = [];
  const print = t.mock.method(console, 'error', () => {});
  const onUsage = async () => { throw mine; };
  for (const onError of [(error: unknown) => void told.push(error), async () => { throw new Error('even this'); }, undefined]) {
    const accumulator = createAccumulator({ messageId: 'm', onUsage, ...(onError && { onError }) });
    accumulator.push({ type: 'usage_report', fact: 1 });
    accumulator.finish();
  }
  // An unhandled rejection fails the test by itself; it comes with the next turn of the event loop.
  await new Promise(setImmediate);
  assert.deepEqual(told, [mine]);
  assert.deepEqual(print.mock.calls.map(({ arguments: [error] }) => String(error)).sort(), ['Error: even this', 'Error: mine']);
});

test('an id is taken as a text, and without one there is no run', () => {
  const id = (messageId: unknown) => createAccumulator({ messageId: messageId as string }).message.id;
  assert.deepEqual([id(5), id(7n), id({ toString: () => 'of the database' })], ['5', '7', 'of the database']);
  const other = createAccumulator({ messageId: 'm' });
  for (const options of [undefined, null, 5, {}, { messageId: null }, { messageId: Object.create(null) as unknown }]) {
    assert.throws(() => createAccumulator(options as never), (error) => error instanceof ThreadkeepError && error.code === 'invalid_request');
  }
  other.push(text('well'));
  assert.equal(textOf(other.finish()), 'well');
});

test('after dispose nothing is taken, not even a delta', () => {
  const accumulator = createAccumulator({ messageId: 'm' });
  accumulator.push(text('a'));
  accumulator[Symbol.dispose]();
  accumulator[Symbol.dispose]();
  for (const use of [() => accumulator.push(text('b')), () => accumulator.pushBytes(new Uint8Array(1)), () => accumulator.finish(), () => accumulator.message]) {
    assert.throws(use, (error) => error instanceof ThreadkeepError && error.code === 'already_finished');
  }
});

test('what is no bytes is refused, and any view of bytes is taken', () => {
  const accumulator = createAccumulator({ messageId: 'm' });
  assert.throws(() => accumulator.pushBytes('text' as never), { code: 'invalid_request' });
  const bytes = new TextEncoder().encode('xx{"type":"text_delta","delta":"a"}\nxx');
  accumulator.pushBytes(Buffer.from(bytes.buffer, 2, bytes.length - 4));
  accumulator.pushBytes(new DataView(bytes.buffer, bytes.length - 3, 1) as never);
  assert.equal(textOf(accumulator.finish()), 'a');
});

test('metadata that is no JSON is refused by a code', () => {
  const cycle: Record<string, unknown> = {};
  cycle['self'] = cycle;
  assert.throws(() => createAccumulator({ messageId: 'm', metadata: cycle }), { code: 'invalid_request' });
});

test('runs of concurrent requests do not mix', async () => {
  const say = async (name: string) => {
    const accumulator = createAccumulator({ messageId: name });
    for (let turn = 0; turn < 50; turn += 1) {
      accumulator.push(turn % 10 === 9 ? reasoning(`${name}!`) : text(`${name}.`));
      await Promise.resolve();
    }
    const message = accumulator.finish();
    assert.equal(message?.id, name);
    assert.ok(message.parts.every((part) => !('text' in part) || part.text.replaceAll(/[.!]/g, '').split(name).join('') === ''));
  };
  await Promise.all(['ada', 'bob', 'cyd'].map(say));
});

function anyEvent(random: (below: number) => number): unknown {
  const words = ['a', '', 'b ', '😀', '\ud83d', '\ude00', 'x\ud83d', '\ude00y', 'é', '\n"'];
  const word = () => words[random(words.length)] ?? '';
  const kinds = [
    () => text(word()), () => text(word()), () => text(word()), () => text(word()),
    () => reasoning(word()), () => reasoning(word()),
    () => ({ type: 'tool_call_start', toolCallId: `c${random(3)}`, toolName: 't', args: { q: word() } }),
    () => ({ type: 'tool_call_result', toolCallId: `c${random(3)}`, result: word() }),
    () => ({ type: 'assistant_final', content: word() }),
    () => ({ type: 'status', phase: word() }),
    () => ({ type: 'hologram' }),
    () => (random(8) === 0 ? { type: 'done' } : { type: 'usage_report', fact: 1 }),
  ];
  return kinds[random(kinds.length)]?.();
}

/** Numbers below a bound, the same ones for the same seed (a linear congruence; the high bits are the good ones). */
function generator(seed: number): (below: number) => number {
  let state = BigInt(seed);
  return (below) => {
    state = (state * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n) & 0xffff_ffff_ffff_ffffn;
    return Number(state >> 33n) % below;
  };
}

function textOf(message: { parts: readonly { type: string }[] } | undefined): string {
  return (message?.parts ?? []).map((part) => ('text' in part ? String(part.text) : '')).join('');
}
