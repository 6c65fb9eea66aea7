// The golden fixtures through the package: as events, as bytes cut anywhere, and as a stream.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAccumulator, toUIMessageStream, type Accumulator, type AiEvent } from 'threadkeep';
import { FIXTURES, parse, type Fixture } from './support/fixtures.ts';

function fold(framing: 'ndjson' | 'sse', use: (accumulator: Accumulator) => void) {
  const usage: unknown[] = [];
  const accumulator = createAccumulator({ messageId: 'msg-1', framing, onUsage: (fact) => usage.push(fact) });
  use(accumulator);
  const message = accumulator.finish() ?? null;
  return { message, problems: accumulator.problems.map(({ code }) => code), usage, ending: accumulator.ending };
}

function bytesOf(fixture: Fixture, framing: 'ndjson' | 'sse'): Uint8Array {
  const frame = (line: string) => (framing === 'sse' ? `data: ${line}\n\n` : `${line}\n`);
  return new TextEncoder().encode(fixture.lines.map(frame).join(''));
}

test('every fixture gives its message by push', () => {
  for (const fixture of FIXTURES) {
    const got = fold('ndjson', (accumulator) => fixture.lines.forEach((line) => accumulator.push(parse(line) as AiEvent)));
    assert.deepEqual(got, fixture.expected, fixture.name);
  }
});

test('every fixture gives its message by pushBytes, wherever the bytes are cut', () => {
  for (const fixture of FIXTURES) {
    for (const framing of ['ndjson', 'sse'] as const) {
      const bytes = bytesOf(fixture, framing);
      // A cut inside a line of many kilobytes is like any other: prime steps keep the large fixture quick.
      for (let cut = 0; cut <= bytes.length; cut += bytes.length > 10_000 ? 997 : 1) {
        const got = fold(framing, (accumulator) => {
          accumulator.pushBytes(bytes.subarray(0, cut));
          accumulator.pushBytes(bytes.subarray(cut));
        });
        assert.deepEqual(got, fixture.expected, `${fixture.name} as ${framing} cut at ${cut}`);
      }
    }
  }
});

test('every fixture gives its message by pushBytes without a last line feed', () => {
  for (const fixture of FIXTURES) {
    const bytes = bytesOf(fixture, 'ndjson');
    const got = fold('ndjson', (accumulator) => accumulator.pushBytes(bytes.subarray(0, -1)));
    assert.deepEqual(got, fixture.expected, fixture.name);
  }
});

test('every fixture gives its message to onFinish, and no usage fact to the client', async () => {
  for (const fixture of FIXTURES) {
    const usage: unknown[] = [];
    let got: unknown;
    const stream = toUIMessageStream(fixture.lines.map((line) => parse(line) as AiEvent), {
      messageId: 'msg-1',
      onUsage: (fact) => usage.push(fact),
      onFinish: ({ message = null, problems, ending }) => {
        got = { message, problems: problems.map(({ code }) => code), usage: [...usage], ending };
      },
    });
    for await (const chunk of stream) assert.ok(!chunk.type.includes('usage'));
    assert.deepEqual(got, fixture.expected, fixture.name);
  }
});
