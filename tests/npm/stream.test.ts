// `toUIMessageStream` and `toUIMessageStreamResponse`: judged by the stock clients of three majors; the run goes to its
// end whoever reads.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as ai7 from 'ai';
import * as ai5 from 'ai5';
import * as ai6 from 'ai6';
import {
  createAccumulator,
  toUIMessageStream,
  toUIMessageStreamResponse,
  type AiEvent,
  type FinishedRun,
} from 'threadkeep';
import { FIXTURES, parse } from './support/fixtures.ts';

const SDKS = { ai5, ai6, ai7 } as unknown as Record<string, typeof ai7>;

const text = (delta: string): AiEvent => ({ type: 'text_delta', delta });
const usage = (fact: unknown): AiEvent => ({ type: 'usage_report', fact });
const DONE: AiEvent = { type: 'done', finishReason: 'stop' };

/** A promise and how to keep it: tests wait for facts, never for time. */
function promise<T = void>() {
  return Promise.withResolvers<T>();
}

/** The message that a stock client of an SDK has in the end; what it threw, if it did. */
async function read(sdk: typeof ai7, response: Response) {
  const transport = new sdk.DefaultChatTransport({ api: 'http://chat.test/', fetch: async () => response });
  const stream = await transport.sendMessages({ trigger: 'submit-message', chatId: 'c', messageId: undefined, messages: [], abortSignal: undefined });
  let message: ai7.UIMessage | undefined;
  let failure: unknown;
  for await (const next of sdk.readUIMessageStream({ stream, onError: (error) => (failure = error) })) message = next;
  return { message, failure };
}

for (const [name, sdk] of Object.entries(SDKS)) {
  test(`a stock client of ${name} builds the message that onFinish gets, from every fixture`, async () => {
    for (const fixture of FIXTURES) {
      // What differs from the streamed text is stored in its place, and a client learns of it by a reload.
      if (fixture.expected.problems.includes('final_text_differs')) continue;
      let run: FinishedRun | undefined;
      const response = toUIMessageStreamResponse(fixture.lines.map((line) => parse(line) as AiEvent), {
        messageId: 'msg-1',
        onFinish: (finished) => (run = finished),
      });
      const { message } = await read(sdk, response);
      const stored = run?.message;
      if (stored === undefined) continue;
      assert.deepEqual(withoutReasoningIds(message), withoutReasoningIds(JSON.parse(JSON.stringify(stored))), fixture.name);
    }
  });

  test(`a stock client of ${name} sees an error as one`, async () => {
    const { failure } = await read(sdk, toUIMessageStreamResponse([text('a'), { type: 'error', error: 'timeout' }]));
    assert.match(String(failure), /took too long/);
  });
}

test('the headers are those of the SDK, and the caller\'s come before', async () => {
  const response = toUIMessageStreamResponse([DONE], { status: 201, headers: { 'X-State-Key': 'k', 'cache-control': 'no-store' } });
  const stock = ai7.createUIMessageStreamResponse({ stream: new ReadableStream({ start: (controller) => controller.close() }) });
  const expected = new Headers(stock.headers);
  expected.set('x-state-key', 'k');
  expected.set('cache-control', 'no-store');
  assert.deepEqual([...response.headers], [...expected]);
  assert.equal(response.status, 201);
  assert.ok((await response.text()).endsWith('data: [DONE]\n\n'));
  await stock.body?.cancel();
});

test('disconnect safety: a client that leaves stops nothing, and onFinish has the whole message', async () => {
  const left = promise();
  const ended = promise<FinishedRun>();
  async function* events(): AsyncGenerator<AiEvent> {
    yield text('before');
    await left.promise;
    yield text(', after');
    yield usage(1);
    yield DONE;
  }
  const facts: unknown[] = [];
  const response = toUIMessageStreamResponse(events(), { onFinish: ended.resolve, onUsage: (fact) => facts.push(fact) });
  const reader = response.body?.getReader();
  await reader?.read();
  await reader?.cancel();
  left.resolve();
  const run = await ended.promise;
  assert.equal(textOf(run), 'before, after');
  assert.equal(run.ending, 'done');
  assert.deepEqual(facts, [1]);
});

test('a client that never reads stops nothing either', async () => {
  const ended = promise<FinishedRun>();
  const stream = toUIMessageStream([text('a'), DONE], { onFinish: ended.resolve });
  assert.equal(textOf(await ended.promise), 'a');
  await stream.cancel();
});

test('a slow client gets deltas together: what waits for it is no more than the message', async () => {
  const ended = promise<FinishedRun>();
  async function* events(): AsyncGenerator<AiEvent> {
    for (let turn = 0; turn < 20_000; turn += 1) {
      yield text('ab');
      yield { type: 'status', phase: `working on ${turn}` };
    }
    yield DONE;
  }
  const stream = toUIMessageStream(events(), { onFinish: ended.resolve });
  const run = await ended.promise;
  const chunks: ai7.UIMessageChunk[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  assert.ok(chunks.length < 600, `${chunks.length} chunks for 40,000 events`);
  const folded = createAccumulator({ messageId: 'x' });
  for (const chunk of chunks) if (chunk.type === 'text-delta') folded.push(text(chunk.delta));
  assert.equal(textOf({ message: folded.finish() }), textOf(run));
});

test('a client that keeps up gets each delta when it comes', async () => {
  const steps = [promise(), promise()];
  async function* events(): AsyncGenerator<AiEvent> {
    yield text('a');
    await steps[0]?.promise;
    yield { type: 'status', phase: 'thinking', label: 'Thinking' };
    await steps[1]?.promise;
    yield text('b');
    yield DONE;
  }
  const seen: string[] = [];
  for await (const chunk of toUIMessageStream(events())) {
    seen.push(chunk.type === 'text-delta' ? chunk.delta : chunk.type);
    if (chunk.type === 'text-delta') steps[0]?.resolve();
    if (chunk.type === 'data-status') steps[1]?.resolve();
  }
  assert.deepEqual(seen, ['start', 'start-step', 'text-start', 'a', 'data-status', 'b', 'text-end', 'finish-step', 'finish']);
});

test('PERSIST_AFTER_PUMP: onFinish is called once, after the events and every usage fact; the end is sent when it has settled', async () => {
  const order: string[] = [];
  const stored = promise();
  async function* events(): AsyncGenerator<AiEvent> {
    yield text('a');
    yield DONE;
    yield usage('late');
    order.push('events ended');
  }
  const stream = toUIMessageStream(events(), {
    onUsage: async (fact) => {
      await Promise.resolve();
      order.push(`usage ${fact}`);
    },
    onFinish: async () => {
      order.push('onFinish');
      await stored.promise;
      order.push('stored');
    },
  });
  for await (const chunk of stream) {
    if (chunk.type === 'text-delta') stored.resolve();
    if (chunk.type === 'finish') order.push('finish sent');
  }
  assert.deepEqual(order, ['events ended', 'usage late', 'onFinish', 'stored', 'finish sent']);
});

test('what onFinish throws is told, and the client gets an error in the place of the end', async () => {
  const errors: unknown[] = [];
  const mine = new Error('the database is away');
  const body = await toUIMessageStreamResponse([text('a'), DONE], { onFinish: () => Promise.reject(mine), onError: (error) => errors.push(error) }).text();
  assert.deepEqual(errors, [mine]);
  assert.ok(!body.includes('"finish"') && !body.includes('database'));
  assert.match(body, /"type":"error","errorText":"Something went wrong/);
});

test('what onUsage throws is told and stops nothing; the facts keep their order', async () => {
  const facts: unknown[] = [];
  const errors: unknown[] = [];
  const ended = promise<FinishedRun>();
  toUIMessageStream([usage(1), usage(2), text('a'), usage(3), DONE], {
    onUsage: async (fact) => {
      // The later, the quicker: order is not by luck.
      for (let turn = 0; turn < 10 - 3 * Number(fact); turn += 1) await Promise.resolve();
      facts.push(fact);
      if (fact === 2) throw new Error('two');
    },
    onError: (error) => errors.push(error),
    onFinish: ended.resolve,
  });
  assert.equal(textOf(await ended.promise), 'a');
  assert.deepEqual(facts, [1, 2, 3]);
  assert.equal(errors.length, 1);
});

test('an executor that throws ends the run as failed, without a word of it', async () => {
  const errors: unknown[] = [];
  const ended = promise<FinishedRun>();
  const mine = new Error('psql: password wrong for bob');
  async function* events(): AsyncGenerator<AiEvent> {
    yield text('a');
    yield { type: 'tool_call_start', toolCallId: 'c', toolName: 't', args: {} };
    throw mine;
  }
  const body = await toUIMessageStreamResponse(events(), { onError: (error) => errors.push(error), onFinish: ended.resolve }).text();
  const { message, ending } = await ended.promise;
  assert.equal(ending, 'failed');
  assert.deepEqual(message?.metadata, { status: 'error' });
  assert.deepEqual(errors, [mine]);
  assert.ok(!body.includes('psql'));
  assert.match(body, /"type":"error","errorText":"The connection to the assistant was lost/);
});

test('an executor that stops without an end leaves an aborted message', async () => {
  const ended = promise<FinishedRun>();
  await toUIMessageStreamResponse([text('a')], { onFinish: ended.resolve }).text();
  const { message, ending } = await ended.promise;
  assert.deepEqual([ending, message?.metadata], ['aborted', { status: 'aborted' }]);
});

test('waitUntil gets a promise that ends with the run and never rejects', async () => {
  const runs: Promise<void>[] = [];
  const order: string[] = [];
  const stream = toUIMessageStream([text('a'), DONE], {
    waitUntil: (run) => runs.push(run),
    onFinish: () => { order.push('finished'); throw new Error('x'); },
    onError: () => { throw new Error('even this'); },
  });
  const print = console.error;
  console.error = () => order.push('printed');
  await runs[0];
  console.error = print;
  assert.deepEqual(order, ['finished', 'printed']);
  await stream.cancel();
});

test('a waitUntil that throws is told, and the run goes on', async () => {
  // `ctx.waitUntil` of a Worker without its `ctx`.
  class Context {
    #runs: unknown[] = [];
    waitUntil(run: Promise<void>) {
      this.#runs.push(run);
    }
  }
  const errors: unknown[] = [];
  const ended = promise<FinishedRun>();
  const body = await toUIMessageStreamResponse([text('a'), DONE], {
    waitUntil: new Context().waitUntil,
    onError: (error) => errors.push(error),
    onFinish: ended.resolve,
  }).text();
  assert.equal(textOf(await ended.promise), 'a');
  assert.match(body, /"type":"finish"/);
  assert.ok(errors.length === 1 && errors[0] instanceof TypeError);
});

test('a status that no stream goes with is refused before the run starts', () => {
  let started = false;
  const events = { [Symbol.iterator]: () => ((started = true), [DONE][Symbol.iterator]()) };
  for (const status of [204, 99]) assert.throws(() => toUIMessageStreamResponse(events, { status, waitUntil: () => (started = true) }));
  assert.equal(started, false);
});

test('an onError that rejects is told to the console, and the platform waits for it', async (t) => {
  const print = t.mock.method(console, 'error', () => {});
  const runs: Promise<void>[] = [];
  const told = promise();
  const body = await toUIMessageStreamResponse([usage(1), DONE], {
    onUsage: () => Promise.reject(new Error('the hook')),
    onError: async () => {
      await told.promise;
      throw new Error('the log is away');
    },
    waitUntil: (run) => runs.push(run),
  }).text();
  assert.match(body, /\[DONE\]/, 'a client does not wait for it');
  told.resolve();
  await runs[0];
  assert.deepEqual(print.mock.calls.map(({ arguments: [error] }) => String(error)), ['Error: the log is away']);
});

test('a usage fact is handed over as the very value that it is', async () => {
  const given = [1n, undefined, new Date(0), Number.NaN, { n: 2n }];
  const facts: unknown[] = [];
  await toUIMessageStreamResponse([...given.map(usage), { type: 'usage_report' } as never, DONE], { onUsage: (fact) => facts.push(fact) }).text();
  assert.equal(facts.length, given.length);
  for (const [at, fact] of given.entries()) assert.ok(Object.is(facts[at], fact), `fact ${at}`);
});

test('AIEVENT_NEVER_VERBATIM: no event and no usage fact is on the wire', async () => {
  const secret = 'fact-4711';
  const body = await toUIMessageStreamResponse([usage({ secret }), text('a'), usage(secret), DONE]).text();
  assert.ok(!body.includes(secret) && !body.includes('usage') && !body.includes('_delta'));
});

test('runs of concurrent requests do not mix', async () => {
  async function* events(name: string): AsyncGenerator<AiEvent> {
    for (let turn = 0; turn < 30; turn += 1) {
      yield text(name);
      await Promise.resolve();
    }
    yield usage(name);
    yield DONE;
  }
  await Promise.all(['zoe', 'bob', 'cyd'].map(async (name) => {
    const ended = promise<FinishedRun>();
    const facts: unknown[] = [];
    const body = await toUIMessageStreamResponse(events(name), { messageId: name, onFinish: ended.resolve, onUsage: (fact) => facts.push(fact) }).text();
    assert.equal(textOf(await ended.promise), name.repeat(30));
    assert.deepEqual(facts, [name]);
    assert.ok(['zoe', 'bob', 'cyd'].every((other) => other === name || !body.includes(other)));
  }));
});

function textOf({ message }: { message: ai7.UIMessage | undefined }): string {
  return (message?.parts ?? []).map((part) => (part.type === 'text' ? part.text : '')).join('');
}

/** Majors differ in whether a reasoning part has an id; nothing else may. */
function withoutReasoningIds(message: ai7.UIMessage | undefined) {
  const parts = message?.parts.map((part) => {
    const { id: _, ...rest } = part as { id?: string };
    return part.type === 'reasoning' ? rest : part;
  });
  return JSON.parse(JSON.stringify({ ...message, parts }));
}
