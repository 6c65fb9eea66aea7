// What a crossing into WebAssembly costs: the same run, crossing in different ways. It looks behind the package's
// surface, at what `push` and `pushBytes` are made of.

import { createAccumulator, type AiEvent } from 'threadkeep';
import { measure } from './measure.ts';
import { pieces, run } from './run.ts';

interface Inner {
  fold(json: string): unknown;
  foldBytes(bytes: Uint8Array): unknown;
  foldDeltas(reasoning: boolean, text: Uint8Array, events: number): void;
  finish(): { message: unknown };
}

// Starts the instance.
createAccumulator({ messageId: 'm' });
const glue = (await import(new URL('../node_modules/threadkeep/dist/wasm/threadkeep.js', import.meta.url).href)) as {
  Accumulator: new (messageId: string, metadata: undefined, sse: boolean) => Inner;
};

const DELTAS = 10_000;
const encoder = new TextEncoder();
const events = run(DELTAS);
const lines = events.map((event) => encoder.encode(`${JSON.stringify(event)}\n`));
const bulk = pieces(events, 'ndjson');

function folded(fold: (inner: Inner) => void): () => unknown {
  return () => {
    const inner = new glue.Accumulator('m', undefined, false);
    fold(inner);
    return inner.finish();
  };
}

const isDelta = (event: AiEvent) => event.type === 'text_delta' || event.type === 'reasoning_delta';

const times = measure({
  'string by string: each event as JSON text': folded((inner) => {
    for (const event of events) inner.fold(JSON.stringify(event));
  }),
  'delta by delta: each text alone': folded((inner) => {
    for (const event of events) {
      if (isDelta(event)) inner.foldDeltas(event.type === 'reasoning_delta', encoder.encode((event as { delta: string }).delta), 1);
      else inner.fold(JSON.stringify(event));
    }
  }),
  'line by line: the bytes of each event': folded((inner) => {
    for (const line of lines) inner.foldBytes(line);
  }),
  'bytes in bulk: 16 KiB at a time': folded((inner) => {
    for (const piece of bulk) inner.foldBytes(piece);
  }),
  'push: deltas gathered in JavaScript': () => {
    const accumulator = createAccumulator({ messageId: 'm' });
    for (const event of events) accumulator.push(event);
    return accumulator.finish();
  },
});

console.log(`${DELTAS.toLocaleString('en')} deltas${' '.repeat(34)}µs a run   ns a delta`);
for (const [name, time] of times) {
  console.log(`  ${name.padEnd(46)}${(time * 1e3).toFixed(1).padStart(10)}${((time * 1e6) / DELTAS).toFixed(0).padStart(10)}`);
}
