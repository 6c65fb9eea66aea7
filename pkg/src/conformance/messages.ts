import type { Arbitrary } from 'fast-check';
import type { Json } from './implementation.ts';
import { damaged, values, type FastCheck, type Fields } from './values.ts';

/** Arrays of messages: as `ai@7` would accept them, mostly. */
export function messageArrays(fc: FastCheck): Arbitrary<Json[]> {
  const { any } = messages(fc);
  return fc.array(any, { minLength: 1, maxLength: 5 });
}

/** Arrays of messages with something wrong in them, and values that are no array of messages at all. */
export function damagedMessageArrays(fc: FastCheck): Arbitrary<Json> {
  const { any, part } = messages(fc);
  const { value, text, record } = values(fc);
  const broken = record({
    id: text,
    role: fc.constantFrom('assistant', 'user', 'system'),
    parts: fc.array(damaged(fc, part), { maxLength: 3 }) as Arbitrary<Json>,
  });
  const one = fc.oneof(broken, damaged(fc, any), any);
  return fc.oneof({ weight: 12, arbitrary: fc.array(one, { maxLength: 3 }) as Arbitrary<Json> }, { weight: 1, arbitrary: value });
}

/** An assistant message, such as a stream can go on with. */
export function assistantMessages(fc: FastCheck): Arbitrary<Json> {
  return messages(fc).assistant;
}

function messages(fc: FastCheck) {
  const { text, value, object, metadata, providerMetadata, record, flag } = values(fc);
  const constant = (value: Json): Arbitrary<Json> => fc.constant(value);
  const url = fc.constantFrom('https://a.example/x.png', 'https://a.example', 'data:image/png;base64,AA==', 'http://[::1]/%7e', 'no url');
  const state = fc.constantFrom('streaming', 'done');
  const providerReference = fc.constantFrom<Json>({ openai: 'file-1' }, {});
  const file = record(
    { type: constant('file'), mediaType: fc.constantFrom('image/png', 'image'), url },
    { filename: text, providerReference, providerMetadata },
  );
  const textPart = record({ type: constant('text'), text }, { state, providerMetadata });
  const reasoning = record({ type: constant('reasoning'), text }, { id: text, state, providerMetadata });
  const other = fc.oneof(
    record({ type: constant('custom'), kind: fc.constantFrom('openai.compaction', 'x') }, { providerMetadata }),
    record({ type: constant('source-url'), sourceId: text, url }, { title: text, providerMetadata }),
    record({ type: constant('source-document'), sourceId: text, mediaType: text, title: text }, { filename: text, providerMetadata }),
    record({ type: constant('reasoning-file'), mediaType: text, url }, { providerMetadata }),
    record({ type: fc.constantFrom('data-chart', 'data-', 'data-a-b'), data: value }, { id: text }),
    record({ type: constant('steering-message'), id: text, parts: fc.array(fc.oneof(textPart, file), { maxLength: 2 }) as Arbitrary<Json> }),
  );
  const tool = fc.oneof(...toolStates(fc).map((fields) => toolPart(fields)));

  function toolPart({ required, optional }: { required: Fields; optional: Fields }): Arbitrary<Json> {
    const id = fc.constantFrom('c1', 'c2', 'c3', '');
    const common = { title: text, toolMetadata: object, providerExecuted: flag, callProviderMetadata: providerMetadata, ...optional };
    const named = record({ type: fc.constantFrom('tool-weather', 'tool-a-b', 'tool-'), toolCallId: id, ...required }, common);
    const dynamic = record(
      { type: constant('dynamic-tool'), toolName: fc.constantFrom('weather', 'x-y', ''), toolCallId: id, ...required },
      { ...common, dynamic: constant(false) },
    );
    return fc.oneof({ weight: 3, arbitrary: named }, { weight: 2, arbitrary: dynamic });
  }

  const step = constant({ type: 'step-start' });
  const part = fc.oneof(
    { weight: 3, arbitrary: textPart },
    { weight: 2, arbitrary: reasoning },
    { weight: 1, arbitrary: file },
    { weight: 3, arbitrary: other },
    { weight: 6, arbitrary: tool },
    { weight: 3, arbitrary: step },
  );
  const parts = (minLength: number) => fc.array(part, { minLength, maxLength: 7 }) as Arbitrary<Json>;
  const id = fc.constantFrom('m1', 'm2', '');
  const assistant = record({ id, role: constant('assistant'), parts: parts(0) }, { metadata });
  const userPart = fc.oneof({ weight: 3, arbitrary: textPart }, { weight: 2, arbitrary: file }, { weight: 1, arbitrary: part });
  const user = record({ id, role: constant('user'), parts: fc.array(userPart, { minLength: 1, maxLength: 3 }) as Arbitrary<Json> }, { metadata });
  const system = record({ id, role: constant('system'), parts: fc.array(fc.oneof(textPart, part), { minLength: 1, maxLength: 2 }) as Arbitrary<Json> });
  const any = fc.oneof({ weight: 5, arbitrary: assistant }, { weight: 3, arbitrary: user }, { weight: 1, arbitrary: system });
  return { any, assistant, part };
}

/** What each state of a tool part has beside the common fields. */
function toolStates(fc: FastCheck): { required: Fields; optional: Fields }[] {
  const { text, value, providerMetadata, record, flag } = values(fc);
  const constant = (value: Json): Arbitrary<Json> => fc.constant(value);
  const details = { isAutomatic: flag, signature: text, requestReason: text, inputSchemaInput: value, descriptor: value };
  const id = fc.constantFrom('a1', 'a2', '');
  const requested = record({ id }, details);
  const decided = (approved: Arbitrary<Json>) => record({ id, approved }, { ...details, reason: text });
  const resultProviderMetadata = providerMetadata;
  const granted = decided(constant(true));
  return [
    { required: { state: constant('input-streaming') }, optional: { input: value, rawInput: text, inputEncoding: fc.constantFrom('json', 'text') } },
    { required: { state: constant('input-available') }, optional: { input: value } },
    { required: { state: constant('approval-requested'), approval: requested }, optional: { input: value } },
    { required: { state: constant('approval-responded'), approval: decided(flag) }, optional: { input: value } },
    {
      required: { state: constant('output-available') },
      optional: { input: value, output: value, preliminary: flag, resultProviderMetadata, approval: granted },
    },
    {
      required: { state: constant('output-error'), errorText: text },
      optional: { input: value, rawInput: value, resultProviderMetadata, approval: granted },
    },
    { required: { state: constant('output-denied'), approval: decided(constant(false)) }, optional: { input: value } },
  ];
}
