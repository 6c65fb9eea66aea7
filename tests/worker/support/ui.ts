// What the AI SDK itself makes of a stream, and what the oldest supported client would accept.

import assert from 'node:assert/strict';
import { readUIMessageStream, uiMessageChunkSchema, type UIMessage, type UIMessageChunk } from 'ai';

/** The message that a stock client holds after these chunks, as JSON would carry it. */
export async function foldBySdk(chunks: UIMessageChunk[]): Promise<UIMessage> {
  let last: UIMessage | undefined;
  const stream = new ReadableStream<UIMessageChunk>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(structuredClone(chunk));
      controller.close();
    },
  });
  for await (const message of readUIMessageStream({ stream, onError: () => {} })) last = message;
  assert.ok(last, 'the chunks make no message');
  return JSON.parse(JSON.stringify(last)) as UIMessage;
}

/** The text parts of a message, joined. */
export function textOf(message: UIMessage | undefined): string {
  return (message?.parts ?? []).map((part) => (part.type === 'text' ? part.text : '')).join('');
}

/** The types of the parts, in order; a tool part with its state. */
export function shapeOf(message: UIMessage | undefined): string[] {
  return (message?.parts ?? []).map((part) => ('state' in part && part.type !== 'text' && part.type !== 'reasoning' ? `${part.type}:${part.state}` : part.type));
}

/** Role and text of each message: what most specs care about. */
export function talkOf(messages: UIMessage[]): string[] {
  return messages.map((message) => `${message.role}: ${textOf(message)}`);
}

export function metadataOf(message: UIMessage | undefined): Record<string, unknown> {
  return (message?.metadata ?? {}) as Record<string, unknown>;
}

// What the strict client of ai@5.0.0 accepts, less what later clients dropped; see the wire profile in the design.
const WIRE_PROFILE: Record<string, string[]> = {
  start: ['messageId', 'messageMetadata'],
  finish: ['finishReason', 'messageMetadata'],
  'start-step': [],
  'finish-step': [],
  'message-metadata': ['messageMetadata'],
  error: ['errorText'],
  abort: [],
  'text-start': ['id', 'providerMetadata'],
  'text-delta': ['id', 'delta', 'providerMetadata'],
  'text-end': ['id', 'providerMetadata'],
  'reasoning-start': ['id', 'providerMetadata'],
  'reasoning-delta': ['id', 'delta', 'providerMetadata'],
  'reasoning-end': ['id', 'providerMetadata'],
  'tool-input-start': ['toolCallId', 'toolName', 'providerExecuted', 'dynamic'],
  'tool-input-delta': ['toolCallId', 'inputTextDelta'],
  'tool-input-available': ['toolCallId', 'toolName', 'input', 'providerExecuted', 'providerMetadata', 'dynamic'],
  'tool-output-available': ['toolCallId', 'output', 'providerExecuted', 'dynamic', 'preliminary'],
  'tool-output-error': ['toolCallId', 'errorText', 'providerExecuted', 'dynamic'],
};

/** Every chunk is one that each client since ai@5.0.0 takes, field by field, and that today's own schema takes. */
export async function assertWireProfile(chunks: UIMessageChunk[]): Promise<void> {
  const schema = uiMessageChunkSchema();
  for (const chunk of chunks) {
    const { type, ...fields } = chunk as { type: string } & Record<string, unknown>;
    const allowed = type.startsWith('data-') ? ['id', 'data', 'transient'] : WIRE_PROFILE[type];
    assert.ok(allowed, `chunk type ${type} is not in the wire profile`);
    for (const field of Object.keys(fields)) assert.ok(allowed.includes(field), `field ${field} of ${type} is not in the wire profile`);
    if (type.startsWith('data-')) assert.equal(fields['transient'], true, 'a data chunk must be transient');
    const verdict = await schema.validate?.(chunk);
    assert.ok(verdict === undefined || verdict.success, `the SDK refuses ${JSON.stringify(chunk).slice(0, 200)}`);
  }
}
