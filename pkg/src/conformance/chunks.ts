import type { Arbitrary } from 'fast-check';
import type { Json } from './implementation.ts';
import { damaged, values, type FastCheck, type Fields } from './values.ts';

/** Sequences of chunks: plausible runs, runs with something odd in them, and chunks in any order. */
export function chunkSequences(fc: FastCheck): Arbitrary<Json[]> {
  const { any } = chunks(fc);
  const plausible = runs(fc);
  const odd = fc.oneof({ weight: 5, arbitrary: any }, { weight: 1, arbitrary: damaged(fc, any) });
  const disturbed = fc
    .tuple(plausible, fc.array(fc.tuple(fc.nat(40), odd), { minLength: 1, maxLength: 3 }))
    .map(([run, odd]) => {
      const chunks = [...run];
      for (const [at, chunk] of odd) chunks.splice(at % (chunks.length + 1), 0, chunk);
      return chunks;
    });
  return fc.oneof(
    { weight: 4, arbitrary: plausible },
    { weight: 3, arbitrary: disturbed },
    { weight: 2, arbitrary: fc.array(any, { maxLength: 12 }) },
    { weight: 1, arbitrary: fc.array(odd, { maxLength: 6 }) },
  );
}

/** Inputs of a tool call that stream as text: JSON cut anywhere, and what is almost JSON. */
export function inputStreams(fc: FastCheck): Arbitrary<Json[]> {
  const { value } = values(fc);
  const whole = fc
    .tuple(value, fc.constantFrom(0, 2))
    .map(([value, indent]) => JSON.stringify(value, null, indent));
  const almost = fc
    .array(fc.constantFrom('{', '}', '[', ']', '"', ':', ',', '-', '1', '.5', 'e', '+', 'tr', 'true', 'nul', '\\', '\\u0', '\\n', 'a', ' ', 'ü'), { maxLength: 10 })
    .map((pieces) => pieces.join(''));
  const text = fc.oneof({ weight: 2, arbitrary: fc.tuple(whole, fc.nat()).map(([text, cut]) => halves(text, cut)[0]) }, { weight: 1, arbitrary: almost }, { weight: 1, arbitrary: fc.tuple(whole, almost).map((both) => both.join('')) });
  const options = fc.record({ dynamic: fc.boolean(), inputEncoding: fc.constantFrom('json', 'text') }, { requiredKeys: [] });
  return fc.tuple(text, fc.nat(), options).map(([text, cut, options]) => {
    // By units: a letter that is cut in two is whole again when the deltas are put together.
    const at = cut % (text.length + 1);
    const deltas = [text.slice(0, at), text.slice(at)];
    const start: Json = { type: 'tool-input-start', toolCallId: 'c', toolName: 't', ...options };
    return [start, ...deltas.map((inputTextDelta): Json => ({ type: 'tool-input-delta', toolCallId: 'c', inputTextDelta }))];
  });
}

/** The text cut in two, between letters. */
function halves(text: string, cut: number): [string, string] {
  const letters = [...text];
  const at = cut % (letters.length + 1);
  return [letters.slice(0, at).join(''), letters.slice(at).join('')];
}

/** A run as a server sends it: steps with blocks and calls, each opened before it goes on, mostly closed. */
function runs(fc: FastCheck): Arbitrary<Json[]> {
  const { start, finish, between, callOf, blockOf } = chunks(fc);
  const block = fc.record({ kind: fc.constantFrom('text', 'reasoning'), id: fc.constantFrom('0', '1', '2') }).chain(({ kind, id }) => blockOf(kind, id));
  const call = fc.record({ id: fc.constantFrom('c1', 'c2', 'c3'), dynamic: fc.constantFrom(true, undefined) }).chain(({ id, dynamic }) => callOf(id, dynamic));
  const single = between.map((chunk) => [chunk]);
  const item = fc.oneof({ weight: 3, arbitrary: block }, { weight: 4, arbitrary: call }, { weight: 2, arbitrary: single });
  const step = fc
    .tuple(fc.array(item, { maxLength: 4 }), fc.constantFrom('finish-step', 'finish-step', 'reset-step', undefined))
    .map(([items, end]): Json[] => [{ type: 'start-step' }, ...items.flat(), ...(end === undefined ? [] : [{ type: end }])]);
  return fc
    .tuple(fc.option(start, { nil: undefined }), fc.array(step, { maxLength: 3 }), fc.option(finish, { nil: undefined }))
    .map(([start, steps, finish]) => [start, ...steps.flat(), finish].filter((chunk) => chunk !== undefined));
}

function chunks(fc: FastCheck) {
  const { text, value, object, metadata: messageMetadata, providerMetadata, record, flag } = values(fc);
  const constant = (value: Json): Arbitrary<Json> => fc.constant(value);
  const chunk = (type: string, required: Fields = {}, optional: Fields = {}) => record({ type: constant(type), ...required }, optional);
  const pm = { providerMetadata };
  const url = fc.constantFrom('https://a.example/x.png', 'x');

  const start = chunk('start', {}, { messageId: fc.constantFrom('m1', 'm1', 'm2', ''), messageMetadata });
  const finishReason = fc.constantFrom('stop', 'length', 'content-filter', 'tool-calls', 'error', 'other', 'unknown', 'interrupted');
  const finish = fc.oneof(
    { weight: 4, arbitrary: chunk('finish', {}, { finishReason, messageMetadata }) },
    { weight: 1, arbitrary: chunk('abort', {}, { reason: text }) },
    { weight: 1, arbitrary: chunk('error', { errorText: text }) },
  );
  const data = record(
    { type: fc.constantFrom('data-chart', 'data-status', 'data-'), data: value },
    { id: fc.constantFrom('d1', 'd2'), transient: flag, future: value },
  );
  const file = { url, mediaType: text };
  const textPart = record({ type: constant('text'), text }, pm);
  const filePart = record({ type: constant('file'), ...file }, { filename: text, providerReference: constant({ openai: 'f' }), ...pm });
  const between = fc.oneof(
    { weight: 3, arbitrary: data },
    { weight: 1, arbitrary: chunk('message-metadata', { messageMetadata }) },
    { weight: 1, arbitrary: chunk('source-url', { sourceId: text, url }, { title: text, future: value, ...pm }) },
    { weight: 1, arbitrary: chunk('source-document', { sourceId: text, mediaType: text, title: text }, { filename: text, ...pm }) },
    { weight: 1, arbitrary: chunk('file', file, { filename: text, ...pm }) },
    { weight: 1, arbitrary: chunk('reasoning-file', file, pm) },
    { weight: 1, arbitrary: chunk('custom', { kind: fc.constantFrom('openai.compaction', 'x') }, { data: value, ...pm }) },
    { weight: 1, arbitrary: chunk('steering-message', { id: text, parts: fc.array(fc.oneof(textPart, filePart), { maxLength: 2 }) as Arbitrary<Json> }) },
    { weight: 1, arbitrary: chunk('abort', {}, { reason: text }) },
    { weight: 1, arbitrary: chunk('error', { errorText: text }) },
  );

  const citation = record(
    {
      source: fc.oneof(
        record({ type: constant('source'), sourceType: constant('url'), id: text, url }, { title: text, ...pm }),
        record({ type: constant('source'), sourceType: constant('document'), id: text, mediaType: text, title: text }, { filename: text }),
      ),
    },
    { startIndex: fc.constantFrom<Json>(0, 3, -1, 1.5), endIndex: fc.nat(), citedText: text },
  );
  const citations = fc.array(citation, { maxLength: 2 }) as Arbitrary<Json>;
  const block = (kind: string, id: Arbitrary<Json>) => ({
    start: chunk(`${kind}-start`, { id }, pm),
    delta: chunk(`${kind}-delta`, { id, delta: text }, pm),
    end: chunk(`${kind}-end`, { id }, kind === 'text' ? { citations, ...pm } : pm),
  });
  const blockOf = (kind: string, id: string): Arbitrary<Json[]> => {
    const { start, delta, end } = block(kind, constant(id));
    return fc
      .tuple(start, fc.array(delta, { maxLength: 3 }), fc.option(end, { nil: undefined, freq: 5 }))
      .map(([start, deltas, end]) => [start, ...deltas, ...(end === undefined ? [] : [end])]);
  };

  const calls = (toolCallId: Arbitrary<Json>, dynamic: Arbitrary<Json> | undefined) => {
    const kind: Fields = dynamic === undefined ? {} : { dynamic };
    const options = { providerExecuted: flag, title: text, toolMetadata: object, ...pm };
    const named = { toolCallId, toolName: fc.constantFrom('weather', 'a-b'), ...kind };
    const ended = { providerExecuted: flag, toolMetadata: object, ...pm };
    const approvalId = fc.constantFrom('a1', 'a2');
    const details = { approvalDescriptor: value, inputSchemaInput: value, reason: text, isAutomatic: flag, signature: text };
    return {
      start: chunk('tool-input-start', named, { ...options, inputEncoding: fc.constantFrom('json', 'text') }),
      delta: chunk('tool-input-delta', { toolCallId, inputTextDelta: fc.oneof(text, fc.constantFrom('{"a":', '"b', '"', '[1,', '}')) }),
      available: chunk('tool-input-available', named, { input: value, ...options }),
      failed: chunk('tool-input-error', { ...named, errorText: text }, { input: value, ...options }),
      request: chunk('tool-approval-request', { approvalId, toolCallId }, details),
      response: chunk('tool-approval-response', { approvalId, approved: flag }, { reason: text, providerExecuted: flag, ...pm }),
      output: chunk('tool-output-available', { toolCallId, ...kind }, { output: value, preliminary: flag, ...ended }),
      error: chunk('tool-output-error', { toolCallId, errorText: text, ...kind }, ended),
      denied: chunk('tool-output-denied', { toolCallId }),
    };
  };
  const callOf = (id: string, dynamic: boolean | undefined): Arbitrary<Json[]> => {
    const call = calls(constant(id), dynamic === undefined ? undefined : constant(dynamic));
    const input = fc.oneof(
      { weight: 3, arbitrary: fc.tuple(call.start, fc.array(call.delta, { maxLength: 3 }), call.available).map((all) => all.flat()) },
      { weight: 2, arbitrary: call.available.map((chunk) => [chunk]) },
      { weight: 1, arbitrary: fc.tuple(call.start, call.delta, call.failed) },
      { weight: 1, arbitrary: call.failed.map((chunk) => [chunk]) },
      { weight: 1, arbitrary: call.start.map((chunk) => [chunk]) },
    );
    const approval = fc.oneof(
      { weight: 5, arbitrary: fc.constant<Json[]>([]) },
      { weight: 1, arbitrary: fc.tuple(call.request, call.response) },
      { weight: 1, arbitrary: call.request.map((chunk) => [chunk]) },
    );
    const end = fc.oneof(
      { weight: 4, arbitrary: fc.array(call.output, { minLength: 1, maxLength: 2 }) },
      { weight: 2, arbitrary: call.error.map((chunk) => [chunk]) },
      { weight: 1, arbitrary: call.denied.map((chunk) => [chunk]) },
      { weight: 1, arbitrary: fc.constant<Json[]>([]) },
    );
    return fc.tuple(input, approval, end).map((all) => all.flat());
  };

  const someId = fc.constantFrom<Json>('0', '1', '__proto__', 'constructor');
  const someCall = calls(fc.constantFrom('c1', 'c2', '__proto__'), flag);
  const texts = block('text', someId);
  const reasonings = block('reasoning', someId);
  const step = fc.constantFrom<Json>({ type: 'start-step' }, { type: 'finish-step' }, { type: 'reset-step' });
  const hostile = fc.constantFrom<Json>({ type: 'hologram' }, {}, null, 5, [], { type: 5 }, { type: 'data' }, { type: 'tool-result' });
  const any = fc.oneof(
    { weight: 12, arbitrary: fc.oneof(...Object.values(someCall)) },
    { weight: 8, arbitrary: fc.oneof(...Object.values(texts), ...Object.values(reasonings)) },
    { weight: 4, arbitrary: step },
    { weight: 4, arbitrary: between },
    { weight: 3, arbitrary: start },
    { weight: 1, arbitrary: finish },
    { weight: 1, arbitrary: hostile },
  );
  return { any, start, finish, between, blockOf, callOf };
}
