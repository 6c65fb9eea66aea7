import type { Json, Outcome, Target } from './implementation.ts';

/** A case written by hand: one rule of the SDK's, and what comes out of it. */
export interface Case {
  /** The rule. */
  readonly name: string;
  readonly chunks: Json[];
  /** A message to go on with. */
  readonly message?: Json;
  /** The parts that come out, or the refusal; one for all majors, or one for each. */
  readonly expected: Expected | { readonly [target in Target]: Expected };
}

type Expected = { readonly parts: Json[]; readonly metadata?: Json } | { readonly refused: string; readonly at: number };

/** What a case expects of a major. */
export function expectedOf({ expected, message, chunks }: Case, target: Target): Outcome {
  const of = 'ai@5' in expected ? expected[target] : expected;
  if ('refused' in of) return { ...of };
  const id = [...chunks].reverse().find((chunk) => isStart(chunk)) as { messageId?: string } | undefined;
  const before = message as { id: string } | undefined;
  return { value: { id: id?.messageId ?? before?.id ?? '', role: 'assistant', ...of } };
}

function isStart(chunk: Json): boolean {
  return typeof chunk === 'object' && chunk !== null && !Array.isArray(chunk) && chunk['type'] === 'start' && 'messageId' in chunk;
}

const start = { type: 'start-step' };
const call = (more: Json = {}): Json => ({ type: 'tool-input-available', toolCallId: 'c', toolName: 'w', input: {}, ...(more as object) });
const part = (more: Json): Json => ({ type: 'tool-w', toolCallId: 'c', input: {}, ...(more as object) });
const invalid = (at: number): Expected => ({ refused: 'invalid_chunk', at });
const missing = (at: number): Expected => ({ refused: 'invalid_reference', at });
const since6 = (expected: Expected, at: number) => ({ 'ai@5': invalid(at), 'ai@6': expected, 'ai@7': expected });
const since7 = (expected: Expected, at: number) => ({ 'ai@5': invalid(at), 'ai@6': invalid(at), 'ai@7': expected });

/** Each rule of the reducer once. */
export const cases: readonly Case[] = [
  {
    name: 'a text block grows and is done at its end',
    chunks: [
      { type: 'text-start', id: '0' },
      { type: 'text-delta', id: '0', delta: 'a' },
      { type: 'text-delta', id: '0', delta: 'b', providerMetadata: { p: { k: 1 } } },
      { type: 'text-end', id: '0' },
    ],
    expected: { parts: [{ type: 'text', text: 'ab', state: 'done', providerMetadata: { p: { k: 1 } } }] },
  },
  {
    name: 'a letter cut between two deltas of a block is whole',
    chunks: [
      { type: 'text-start', id: '0' },
      { type: 'text-start', id: '1' },
      { type: 'text-delta', id: '0', delta: 'a\ud83d' },
      { type: 'text-delta', id: '1', delta: 'x' },
      { type: 'text-delta', id: '0', delta: '\ude00b' },
    ],
    expected: { parts: [{ type: 'text', text: 'a😀b', state: 'streaming' }, { type: 'text', text: 'x', state: 'streaming' }] },
  },
  {
    name: 'an id can be opened again: a new part',
    chunks: [
      { type: 'text-start', id: '0' },
      { type: 'text-end', id: '0' },
      { type: 'text-start', id: '0' },
      { type: 'text-delta', id: '0', delta: 'b' },
    ],
    expected: { parts: [{ type: 'text', text: '', state: 'done' }, { type: 'text', text: 'b', state: 'streaming' }] },
  },
  { name: 'a delta needs its text block', chunks: [{ type: 'text-delta', id: '0', delta: 'a' }], expected: missing(0) },
  { name: 'an end needs its reasoning block', chunks: [{ type: 'reasoning-end', id: '0' }], expected: missing(0) },
  {
    name: 'finish, abort and error close nothing',
    chunks: [{ type: 'reasoning-start', id: '0' }, { type: 'finish' }, { type: 'abort' }, { type: 'error', errorText: 'x' }],
    expected: { parts: [{ type: 'reasoning', id: '0', text: '', state: 'streaming' }] },
  },
  {
    name: 'finish-step forgets open blocks before v7',
    chunks: [{ type: 'text-start', id: '0' }, { type: 'finish-step' }, { type: 'text-delta', id: '0', delta: 'a' }],
    expected: { 'ai@5': missing(2), 'ai@6': missing(2), 'ai@7': { parts: [{ type: 'text', text: 'a', state: 'streaming' }] } },
  },
  {
    name: 'reset-step drops what came since the step began',
    chunks: [start, { type: 'text-start', id: '0' }, start, { type: 'text-start', id: '1' }, { type: 'reset-step' }],
    expected: since7({ parts: [{ type: 'step-start' }, { type: 'text', text: '', state: 'streaming' }, { type: 'step-start' }] }, 4),
  },
  {
    name: 'metadata is merged object by object, and prototype keys are skipped',
    chunks: [
      { type: 'start', messageMetadata: { a: { b: 1 }, list: [1, 2] } },
      { type: 'message-metadata', messageMetadata: { a: { c: 2, constructor: 1 }, list: [3] } },
      { type: 'finish', messageMetadata: { prototype: 1 } },
    ],
    expected: { parts: [], metadata: { a: { b: 1, c: 2 }, list: [3] } },
  },
  {
    name: 'a key that reaches a prototype is refused on the wire',
    chunks: [{ type: 'data-x', data: JSON.parse('{"__proto__": 1}') as Json }],
    expected: invalid(0),
  },
  {
    name: 'plain metadata takes no fields',
    chunks: [{ type: 'start', messageMetadata: 'x' }, { type: 'finish', messageMetadata: { a: 1 } }],
    expected: { refused: 'invalid_metadata', at: 1 },
  },
  {
    name: 'another message id starts another message',
    chunks: [{ type: 'text-start', id: '0' }, { type: 'start', messageId: 'm2' }],
    message: { id: 'm1', role: 'assistant', parts: [{ type: 'text', text: 'old' }] },
    expected: { parts: [] },
  },
  {
    name: 'the same message id goes on with the message',
    chunks: [{ type: 'start', messageId: 'm1' }, start],
    message: { id: 'm1', role: 'assistant', parts: [{ type: 'text', text: 'old' }] },
    expected: { parts: [{ type: 'text', text: 'old' }, { type: 'step-start' }] },
  },
  {
    name: 'tool input streams as partial JSON',
    chunks: [
      { type: 'tool-input-start', toolCallId: 'c', toolName: 'w' },
      { type: 'tool-input-delta', toolCallId: 'c', inputTextDelta: '{"city":"Os' },
    ],
    expected: { parts: [part({ state: 'input-streaming', input: { city: 'Os' }, rawInput: '{"city":"Os' })] },
  },
  {
    name: 'an input that streamed before is taken up where it was',
    chunks: [{ type: 'tool-input-delta', toolCallId: 'c', inputTextDelta: '2]' }],
    message: { id: 'm', role: 'assistant', parts: [part({ state: 'input-streaming', input: [1], rawInput: '[1,' })] },
    expected: { parts: [part({ state: 'input-streaming', input: [1, 2], rawInput: '[1,2]' })] },
  },
  { name: 'an input delta needs its start', chunks: [{ type: 'tool-input-delta', toolCallId: 'c', inputTextDelta: '' }], expected: missing(0) },
  {
    name: 'what is not said of a call anew is taken off, but its title and who executes it stay',
    chunks: [
      call({ providerExecuted: true }),
      { type: 'tool-output-available', toolCallId: 'c', output: 1, preliminary: true },
      { type: 'tool-output-available', toolCallId: 'c', output: 2 },
    ],
    expected: { parts: [part({ state: 'output-available', output: 2, providerExecuted: true })] },
  },
  {
    name: 'an output finds its call in this step, else the newest',
    chunks: [start, call(), start, call(), start, { type: 'tool-output-available', toolCallId: 'c', output: 1 }],
    expected: {
      parts: [
        { type: 'step-start' },
        part({ state: 'input-available' }),
        { type: 'step-start' },
        part({ state: 'output-available', output: 1 }),
        { type: 'step-start' },
      ],
    },
  },
  { name: 'an output needs its call', chunks: [{ type: 'tool-output-error', toolCallId: 'c', errorText: 'x' }], expected: missing(0) },
  {
    name: 'the result of a dynamic tool need not say so since v6',
    chunks: [call({ dynamic: true }), { type: 'tool-output-available', toolCallId: 'c', output: 1 }],
    expected: {
      'ai@5': missing(1),
      'ai@6': { parts: [{ type: 'dynamic-tool', toolName: 'w', toolCallId: 'c', state: 'output-available', input: {}, output: 1 }] },
      'ai@7': { parts: [{ type: 'dynamic-tool', toolName: 'w', toolCallId: 'c', state: 'output-available', input: {}, output: 1 }] },
    },
  },
  {
    name: 'an invalid input has a field of its own before v7',
    chunks: [{ type: 'tool-input-error', toolCallId: 'c', toolName: 'w', input: '{', errorText: 'bad' }],
    expected: {
      'ai@5': { parts: [{ type: 'tool-w', toolCallId: 'c', state: 'output-error', rawInput: '{', errorText: 'bad' }] },
      'ai@6': { parts: [{ type: 'tool-w', toolCallId: 'c', state: 'output-error', rawInput: '{', errorText: 'bad' }] },
      'ai@7': { parts: [{ type: 'tool-w', toolCallId: 'c', state: 'output-error', input: '{', errorText: 'bad' }] },
    },
  },
  {
    name: 'the metadata of a result has a place of its own since v6',
    chunks: [
      call({ providerMetadata: { p: { k: 1 } } }),
      { type: 'tool-output-available', toolCallId: 'c', output: 1, providerMetadata: { p: { k: 2 } } },
    ],
    expected: {
      'ai@5': { parts: [part({ state: 'output-available', output: 1, callProviderMetadata: { p: { k: 1 } } })] },
      'ai@6': { parts: [part({ state: 'output-available', output: 1, callProviderMetadata: { p: { k: 1 } }, resultProviderMetadata: { p: { k: 2 } } })] },
      'ai@7': { parts: [part({ state: 'output-available', output: 1, callProviderMetadata: { p: { k: 1 } }, resultProviderMetadata: { p: { k: 2 } } })] },
    },
  },
  {
    name: 'an approval is kept through the output',
    chunks: [
      call(),
      { type: 'tool-approval-request', approvalId: 'a', toolCallId: 'c', signature: 's' },
      { type: 'tool-output-available', toolCallId: 'c', output: 1 },
    ],
    expected: since6({ parts: [part({ state: 'output-available', output: 1, approval: { id: 'a', signature: 's' } })] }, 1),
  },
  {
    name: 'an approval is answered by its id, and keeps what it had',
    chunks: [
      call(),
      { type: 'tool-approval-request', approvalId: 'a', toolCallId: 'c', isAutomatic: true, signature: 's' },
      { type: 'tool-approval-response', approvalId: 'a', approved: false, reason: 'no' },
    ],
    expected: {
      'ai@5': invalid(1),
      'ai@6': invalid(2),
      'ai@7': { parts: [part({ state: 'approval-responded', approval: { id: 'a', isAutomatic: true, signature: 's', approved: false, reason: 'no' } })] },
    },
  },
  {
    name: 'an answer needs its approval',
    chunks: [call(), { type: 'tool-approval-response', approvalId: 'a', approved: true }],
    expected: since7(missing(1), 1),
  },
  {
    name: 'a denied call keeps its input',
    chunks: [call(), { type: 'tool-output-denied', toolCallId: 'c' }],
    expected: since6({ parts: [part({ state: 'output-denied' })] }, 1),
  },
  {
    name: 'data with an id is replaced in its place, without one it is added',
    chunks: [
      { type: 'data-x', id: '1', data: 1 },
      { type: 'data-x', data: 2 },
      { type: 'data-y', id: '1', data: 3 },
      { type: 'data-x', id: '1', data: 4 },
    ],
    expected: { parts: [{ type: 'data-x', id: '1', data: 4 }, { type: 'data-x', data: 2 }, { type: 'data-y', id: '1', data: 3 }] },
  },
  {
    name: 'transient data is not kept, other data is kept whole',
    chunks: [{ type: 'data-x', data: 1, transient: true }, { type: 'data-x', data: 2, transient: false, future: 1 }],
    expected: { parts: [{ type: 'data-x', data: 2, transient: false, future: 1 }] },
  },
  {
    name: 'sources, files and custom parts are added without fields that are not known',
    chunks: [
      { type: 'source-url', sourceId: 's', url: 'u', future: 1 },
      { type: 'source-document', sourceId: 's', mediaType: 'm', title: 't' },
      { type: 'file', url: 'u', mediaType: 'm', filename: 'f' },
    ],
    expected: {
      parts: [
        { type: 'source-url', sourceId: 's', url: 'u' },
        { type: 'source-document', sourceId: 's', mediaType: 'm', title: 't' },
        { type: 'file', mediaType: 'm', url: 'u' },
      ],
    },
  },
  {
    name: 'custom parts, reasoning files and steering messages are of v7',
    chunks: [
      { type: 'custom', kind: 'p.t' },
      { type: 'reasoning-file', url: 'u', mediaType: 'm' },
      { type: 'steering-message', id: 's', parts: [{ type: 'text', text: 'wait' }] },
    ],
    expected: since7({
      parts: [
        { type: 'custom', kind: 'p.t' },
        { type: 'reasoning-file', mediaType: 'm', url: 'u' },
        { type: 'steering-message', id: 's', parts: [{ type: 'text', text: 'wait' }] },
      ],
    }, 0),
  },
  { name: 'an unknown type is refused', chunks: [{ type: 'hologram' }], expected: invalid(0) },
  { name: 'an unknown field is passed over', chunks: [{ type: 'start-step', future: 1 }], expected: { parts: [{ type: 'step-start' }] } },
];
