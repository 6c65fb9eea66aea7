// `toDataStreamResponse`: judged by assistant-stream's own decoder, and by the parser of the SDK's fourth major. And what
// a route does that keeps a wire of its own.

import { callChatApi, processDataStream, type Message } from '@ai-sdk/ui-utils';
import { AssistantMessageAccumulator, DataStreamDecoder, createAssistantStreamResponse } from 'assistant-stream';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toDataStreamResponse, toUIMessageStream, type AiEvent, type FinishedRun } from 'threadkeep';
import { answer } from './examples/kept-wire.ts';
import { FIXTURES, parse } from './support/fixtures.ts';

type Part = { type: string; text?: string } & Record<string, unknown>;

/** The message that assistant-stream's clients build. */
async function read(response: Response) {
  assert.ok(response.body);
  const messages = response.body.pipeThrough(new DataStreamDecoder()).pipeThrough(new AssistantMessageAccumulator());
  let last;
  for await (const message of messages) last = message;
  return last;
}

/** The message that a client of the SDK's fourth major builds. It throws where it refuses a line. */
async function readAsFourthMajor(response: Response): Promise<Message | undefined> {
  let message: Message | undefined;
  await callChatApi({
    api: 'http://chat.test/',
    body: {},
    fetch: async () => response,
    onUpdate: () => {},
    onFinish: (finished) => (message = finished),
    onResponse: undefined,
    onToolCall: undefined,
    restoreMessagesOnFailure: () => {},
    generateId: () => 'id',
    lastMessage: undefined,
    streamProtocol: 'data',
    credentials: undefined,
    headers: undefined,
    abortController: undefined,
  });
  return message;
}

function textOf(parts: readonly Part[], type: string): string {
  return parts.filter((part) => part.type === type).map((part) => part.text).join('');
}

test('every fixture reaches a Data Stream client: texts, calls, results', async () => {
  for (const fixture of FIXTURES) {
    // As with the SDK's stream: what differs is stored, and a client learns of it by a reload.
    if (fixture.expected.problems.includes('final_text_differs')) continue;
    const events = fixture.lines.map((line) => parse(line) as AiEvent);
    const message = await read(toDataStreamResponse(events, { messageId: 'msg-1' }));
    const stored = (fixture.expected.message as { parts: Part[] } | null)?.parts ?? [];
    const parts = (message?.parts ?? []) as unknown as Part[];
    assert.equal(textOf(parts, 'text'), textOf(stored, 'text'), fixture.name);
    assert.equal(textOf(parts, 'reasoning'), textOf(stored, 'reasoning'), fixture.name);
    const calls = parts.filter(({ type }) => type === 'tool-call').map(({ toolCallId, toolName, args, result, isError }) => ({ toolCallId, toolName, args, result, isError }));
    const expected = stored.filter(({ type }) => type === 'dynamic-tool').map(({ toolCallId, toolName, input, output, errorText }) => (
      { toolCallId, toolName, args: argsOf(input), result: output ?? errorText ?? null, isError: errorText !== undefined }
    ));
    // As JSON: the decoder leaves marks of its own, under symbols.
    assert.deepEqual(JSON.parse(JSON.stringify(calls)), expected, fixture.name);
  }
});

test('every fixture reaches a client of the fourth major: texts, calls, results, and nothing that it refuses', async () => {
  for (const fixture of FIXTURES) {
    if (fixture.expected.problems.includes('final_text_differs') || fixture.expected.ending === 'failed') continue;
    const events = fixture.lines.map((line) => parse(line) as AiEvent);
    const message = await readAsFourthMajor(toDataStreamResponse(events, { messageId: 'msg-1' }));
    const stored = (fixture.expected.message as { parts: Part[] } | null)?.parts ?? [];
    assert.equal(message?.content ?? '', textOf(stored, 'text'), fixture.name);
    const calls = (message?.toolInvocations ?? []).map((call) => ({ toolCallId: call.toolCallId, args: call.args as unknown, result: 'result' in call ? (call.result as unknown) : undefined }));
    const expected = stored.filter(({ type }) => type === 'dynamic-tool').map(({ toolCallId, input, output, errorText }) => ({ toolCallId, args: argsOf(input), result: output ?? errorText ?? null }));
    assert.deepEqual(calls, expected, fixture.name);
  }
});

test('an input that is no object is one on this wire, and in the message what it is', async () => {
  for (const input of ['text', 5, true, null, ['a', 1]]) {
    const events: AiEvent[] = [
      { type: 'tool_call_start', toolCallId: 'c', toolName: 't', args: input },
      { type: 'tool_call_result', toolCallId: 'c', result: input },
      { type: 'done' },
    ];
    const calls: unknown[] = [];
    let run: FinishedRun | undefined;
    const { body } = toDataStreamResponse(events, { onFinish: (finished) => (run = finished) });
    await processDataStream({ stream: body!, onToolCallPart: ({ args }) => void calls.push(args) });
    assert.deepEqual(calls, [{ value: input }]);
    assert.deepEqual((run?.message?.parts as Part[] | undefined)?.find(({ type }) => type === 'dynamic-tool')?.['input'], input);
  }
});

test('a route that keeps its wire format gets the same message from an accumulator beside it, client or no client', async () => {
  for (const stays of [true, false]) {
    const secondHalf = Promise.withResolvers<void>();
    async function* execute(): AsyncGenerator<AiEvent> {
      yield { type: 'text_delta', delta: 'It is ' };
      await secondHalf.promise;
      yield { type: 'text_delta', delta: 'sunny.' };
      yield { type: 'usage_report', fact: { tokens: 7n } };
      yield { type: 'done', finishReason: 'stop' };
    }
    const facts: unknown[] = [];
    const saved = Promise.withResolvers<unknown>();
    const response = answer(execute(), {
      messageId: 'm',
      bill: (fact) => facts.push(fact),
      save: async (messages) => saved.resolve(messages),
    });
    if (!stays) await response.body?.cancel();
    secondHalf.resolve();
    if (stays) assert.equal(textOf(((await read(response))?.parts ?? []) as unknown as Part[], 'text'), 'It is sunny.');
    const runs: FinishedRun[] = [];
    await toDataStreamResponse(execute(), { messageId: 'm', onFinish: (run) => void runs.push(run) }).text();
    assert.deepEqual(await saved.promise, [runs[0]?.message], 'as a stream of ours would have it');
    assert.deepEqual(facts, [{ tokens: 7n }]);
  }
});

test('steps and the end carry the reason and the token counts under old and new names', async () => {
  const body = await toDataStreamResponse([
    { type: 'tool_call_start', toolCallId: 'c', toolName: 't', args: {} },
    { type: 'tool_call_result', toolCallId: 'c', result: null },
    { type: 'text_delta', delta: 'a\nb' },
    { type: 'status', phase: 'checking' },
    { type: 'done', finishReason: 'stop', usage: { promptTokens: 3, completionTokens: 5 } },
  ], { messageId: 'm' }).text();
  const usage = (input: number, output: number) => `{"inputTokens":${input},"outputTokens":${output},"promptTokens":${input},"completionTokens":${output}}`;
  assert.deepEqual(body.split('\n'), [
    'f:{"messageId":"m"}',
    '9:{"toolCallId":"c","toolName":"t","args":{}}',
    'a:{"toolCallId":"c","result":null}',
    `e:{"finishReason":"tool-calls","usage":${usage(0, 0)},"isContinued":false}`,
    'f:{"messageId":"m"}',
    '0:"a\\nb"',
    '2:[{"type":"data-status","data":{"phase":"checking"}}]',
    `e:{"finishReason":"stop","usage":${usage(3, 5)},"isContinued":false}`,
    `d:{"finishReason":"stop","usage":${usage(3, 5)}}`,
    '',
  ]);
});

test('an error is one to a Data Stream client, with the fixed text', async () => {
  const message = await read(toDataStreamResponse([{ type: 'text_delta', delta: 'a' }, { type: 'error', error: 'timeout' }]));
  assert.equal(message?.status?.type, 'incomplete');
  assert.match(JSON.stringify(message?.status), /took too long/);
});

test('the headers are those of assistant-stream', () => {
  const theirs = createAssistantStreamResponse(() => {});
  const ours = toDataStreamResponse([]);
  const name = 'x-vercel-ai-data-stream';
  assert.equal(ours.headers.get(name), theirs.headers.get(name));
  assert.equal(ours.headers.get('content-type'), theirs.headers.get('content-type'));
});

test('the message for onFinish and the usage facts are those of the other stream', async () => {
  for (const fixture of FIXTURES) {
    const events = fixture.lines.map((line) => parse(line) as AiEvent);
    const runs: FinishedRun[] = [];
    const facts: unknown[][] = [[], []];
    const options = (which: number) => ({
      messageId: 'msg-1',
      onFinish: (run: FinishedRun) => void runs.push(run),
      onUsage: (fact: unknown) => void facts[which]?.push(fact),
    });
    await toDataStreamResponse(events, options(0)).text();
    for await (const _ of toUIMessageStream(events, options(1)));
    assert.deepEqual(runs[0], runs[1], fixture.name);
    assert.deepEqual(facts[0], facts[1], fixture.name);
  }
});

/** A call's arguments as a client of the format has them. */
function argsOf(input: unknown): unknown {
  return typeof input === 'object' && input !== null && !Array.isArray(input) ? input : { value: input };
}
