// The accumulator: what it stores is what a stock client of each major built from what it sent.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc, { type Arbitrary } from 'fast-check';
import { toUIMessageStream, type AiEvent, type FinishedRun } from '../../pkg/dist/entry/inline.js';
import { TARGETS, values, type Json } from '../../pkg/dist/conformance/index.js';
import { cases, judge, seed } from './differential.ts';

/** What executors say: mostly each call once and its result once, and sometimes what none should say. */
function eventSequences(): Arbitrary<AiEvent[]> {
  const { text, value } = values(fc);
  const toolCallId = fc.constantFrom('c1', 'c2', 'c3', '');
  const event: Arbitrary<unknown> = fc.oneof(
    { weight: 5, arbitrary: fc.record({ type: fc.constant('text_delta'), delta: text }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constant('reasoning_delta'), delta: text }) },
    { weight: 4, arbitrary: fc.record({ type: fc.constant('tool_call_start'), toolCallId, toolName: text, args: value }) },
    { weight: 4, arbitrary: fc.record({ type: fc.constant('tool_call_result'), toolCallId, result: value, isError: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('assistant_final'), content: text }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('usage_report'), fact: value }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('status'), phase: text }) },
    { weight: 1, arbitrary: fc.constant({ type: 'hologram' }) },
  );
  const end: Arbitrary<unknown> = fc.oneof(
    fc.record({ type: fc.constant('done'), usage: value, finishReason: fc.constantFrom('stop', 'tool_calls', 'odd') }),
    fc.record({ type: fc.constant('error'), error: fc.constantFrom('timeout', 'odd') }),
  );
  return fc
    .tuple(fc.array(event, { maxLength: 16 }), fc.option(end, { nil: undefined, freq: 3 }), fc.array(event, { maxLength: 2 }))
    .map(([events, end, late]) => (end === undefined ? events : [...events, end, ...late]) as AiEvent[]);
}

test('the message that is stored is the one that a client of each major built', { timeout: 600_000 }, async () => {
  const property = fc.asyncProperty(eventSequences(), async (events) => {
    const chunks: Json[] = [];
    let run: FinishedRun | undefined;
    const stream = toUIMessageStream(events, { messageId: 'm', onFinish: (finished) => (run = finished), onError: () => {} });
    for await (const chunk of stream) chunks.push(chunk as Json);
    // An executor may take back what was streamed: what is stored is then its own text, not the client's.
    if (run?.problems.some((problem) => problem.code === 'final_text_differs')) return;
    for (const target of TARGETS) {
      const folded = await judge.foldChunks(chunks, { target });
      assert.ok('value' in folded, `${target} refused the stream`);
      const { parts } = folded.value as { parts: { type: string }[] };
      if (run?.message === undefined) assert.ok(parts.every((part) => part.type === 'step-start'), target);
      else assert.deepEqual(JSON.parse(JSON.stringify(run.message)), folded.value, target);
    }
  });
  await fc.assert(property, { seed, numRuns: cases(300) });
});
