// How fast a run becomes a message: `push` and `pushBytes` beside what one writes by hand, and beside the SDK's own
// reader. All in one process, in turns, so that the machine's mood hits them alike.

import { readUIMessageStream, type UIMessage, type UIMessageChunk } from 'ai';
import assert from 'node:assert/strict';
import { createAccumulator, toUIMessageStream } from 'threadkeep';
import { ByHand, foldByHand } from './by-hand.ts';
import { measure, median } from './measure.ts';
import { pieces, run } from './run.ts';

type Contender = () => unknown;

for (const deltas of [100, 1_000, 10_000]) {
  const events = run(deltas);
  const [ndjson, sse] = [pieces(events, 'ndjson'), pieces(events, 'sse')];
  const chunks: UIMessageChunk[] = [];
  for await (const chunk of toUIMessageStream(events, { messageId: 'm' })) chunks.push(chunk);

  const byEvents = (): UIMessage | undefined => {
    const accumulator = createAccumulator({ messageId: 'm' });
    for (const event of events) accumulator.push(event);
    return accumulator.finish();
  };
  const byBytes = (framing: 'ndjson' | 'sse') => (): UIMessage | undefined => {
    const accumulator = createAccumulator({ messageId: 'm', framing });
    for (const piece of framing === 'sse' ? sse : ndjson) accumulator.pushBytes(piece);
    return accumulator.finish();
  };
  const byHand = () => {
    const accumulator = new ByHand();
    for (const event of events) accumulator.push(event);
    return accumulator.finish();
  };
  const contenders: Record<string, Contender> = {
    'push': byEvents,
    'by hand': byHand,
    'pushBytes, lines': byBytes('ndjson'),
    'decode and fold by hand, lines': () => foldByHand(ndjson, 'ndjson'),
    'pushBytes, server-sent events': byBytes('sse'),
    'decode and fold by hand, server-sent events': () => foldByHand(sse, 'sse'),
  };
  for (const [name, contend] of Object.entries(contenders)) {
    assert.equal(texts(contend() as UIMessage), texts(byHand() as unknown as UIMessage), `${name} has the same texts`);
  }
  const times = measure(contenders);
  // Seconds at 10,000 deltas: once is enough, and the SDK's reader is asynchronous.
  const sdk = await timeOfSdk(chunks, deltas < 10_000 ? 5 : 1);

  const of = (name: string) => times.get(name) ?? Number.NaN;
  console.log(`\n${deltas.toLocaleString('en')} deltas${' '.repeat(34)}µs a run   ns a delta`);
  for (const [name, time] of [...times, ['ai readUIMessageStream', sdk] as const]) {
    console.log(`  ${name.padEnd(46)}${(time * 1e3).toFixed(1).padStart(10)}${((time * 1e6) / deltas).toFixed(0).padStart(10)}`);
  }
  const ratio = (name: string, value: number, goal: string) => console.log(`  ${name.padEnd(58)}${value.toFixed(1).padStart(8)}   ${goal}`);
  ratio('push takes … times what is written by hand', of('push') / of('by hand'), 'goal ≤ 2');
  ratio('pushBytes is … times faster than decode and fold (lines)', of('decode and fold by hand, lines') / of('pushBytes, lines'), 'goal ≥ 3');
  ratio('pushBytes is … times faster than decode and fold (events)', of('decode and fold by hand, server-sent events') / of('pushBytes, server-sent events'), 'goal ≥ 3');
  ratio('push is … times faster than the SDK', sdk / of('push'), 'goal ≥ 20 at 10,000');
  ratio('pushBytes is … times faster than the SDK', sdk / of('pushBytes, lines'), 'goal ≥ 20 at 10,000');
}

async function timeOfSdk(chunks: readonly UIMessageChunk[], times: number): Promise<number> {
  const taken: number[] = [];
  for (let time = 0; time < times; time += 1) {
    const stream = new ReadableStream<UIMessageChunk>({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(chunk);
        controller.close();
      },
    });
    const start = performance.now();
    let last: UIMessage | undefined;
    for await (const message of readUIMessageStream({ stream })) last = message;
    assert.ok(last);
    taken.push(performance.now() - start);
  }
  return median(taken);
}

function texts(message: UIMessage | undefined): string {
  return (message?.parts ?? []).map((part) => ('text' in part ? part.text : '')).join('|');
}
