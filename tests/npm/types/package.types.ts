// The package's types beside those of the SDK: what one gives, the other takes. Checked against `ai@5`, `ai@6`, `ai@7`.

import { convertToModelMessages, readUIMessageStream, type ModelMessage, type UIMessage, type UIMessageChunk } from 'ai';
import {
  createAccumulator,
  createStateKey,
  isStateKey,
  lastUserMessage,
  maskMessages,
  maskText,
  parseStateKey,
  toDataStreamResponse,
  ThreadkeepError,
  toOpenAiMessages,
  toUIMessageStream,
  toUIMessageStreamResponse,
  uiMessagesToMessageDtos,
  uiMessagesToModelMessages,
  type AiEvent,
  type ErrorCode,
  type Finding,
  type MaskReport,
} from 'threadkeep';
import { is, type Mine, type Same } from './support.ts';

async function* events(): AsyncGenerator<AiEvent> {
  yield { type: 'text_delta', delta: 'a' };
  yield { type: 'tool_call_start', toolCallId: 'c', toolName: 't', args: { any: ['json'] } };
  yield { type: 'error', error: 'a code of the executor' };
  // @ts-expect-error: not an event
  yield { type: 'text_delta' };
  // @ts-expect-error: not an event
  yield { type: 'hologram' };
}

export function accumulator(): void {
  const plain = createAccumulator({ messageId: 'm' });
  is<Same<ReturnType<typeof plain.finish>, UIMessage | undefined>>();
  const mine = createAccumulator<Mine>({ messageId: 'm', metadata: { runId: 'r' }, onUsage: (fact: unknown) => fact });
  is<Same<NonNullable<ReturnType<typeof mine.finish>>['metadata'], Mine['metadata']>>();
  is<Same<typeof mine.ending, 'done' | 'failed' | 'aborted' | undefined>>();
  using disposed = createAccumulator({ messageId: 'm', framing: 'sse' });
  disposed.pushBytes(new Uint8Array());
  // @ts-expect-error: no framing
  createAccumulator({ messageId: 'm', framing: 'lines' });
  // @ts-expect-error: the id is required
  createAccumulator({});
}

export async function streams(): Promise<void> {
  const stream = toUIMessageStream(events());
  is<Same<typeof stream, ReadableStream<UIMessageChunk>>>();
  for await (const message of readUIMessageStream({ stream })) message satisfies UIMessage;
  const response: Response = toUIMessageStreamResponse<Mine>(events(), {
    messageId: 'm',
    headers: { 'x-state-key': 'k' },
    status: 200,
    onFinish: async ({ message, problems, ending }) => {
      is<Same<typeof message, Mine | undefined>>();
      for (const { code, event } of problems) [code satisfies string, event satisfies number];
      ending satisfies string;
    },
    onUsage: (fact: unknown) => fact,
    onError: (error: unknown) => error,
    waitUntil: (run: Promise<void>) => run,
  });
  response satisfies Response;
  toDataStreamResponse([{ type: 'done' }]) satisfies Response;
}

export async function messages(stored: Mine[], body: unknown): Promise<void> {
  lastUserMessage(body) satisfies UIMessage;
  is<Same<ReturnType<typeof maskMessages<Mine>>, Mine[]>>();
  maskMessages([...stored]) satisfies Mine[];
  uiMessagesToModelMessages(stored, { target: 'ai@6', ignoreIncompleteToolCalls: true }) satisfies ModelMessage[];
  // What the SDK's own mapper gives is what ours gives.
  is<Same<Awaited<ReturnType<typeof convertToModelMessages>>, ReturnType<typeof uiMessagesToModelMessages>>>();
  uiMessagesToMessageDtos(stored).map((dto) => (dto.role === 'tool' ? dto.toolCallId : dto.content)) satisfies string[];
  toOpenAiMessages(stored, { system: 's' }).map((message) => message.role);
  // @ts-expect-error: no such major
  uiMessagesToModelMessages(stored, { target: 'ai@4' });
}

export function texts(value: unknown): void {
  is<Same<ReturnType<typeof createStateKey>, string>>();
  maskText('a') satisfies string;
  const report: MaskReport = maskText('a', { report: true });
  report.findings.map(({ kind, rule, start, length }: Finding) => [kind, rule, start, length]);
  if (isStateKey(value)) value satisfies string;
  parseStateKey(value) satisfies string;
  try {
    parseStateKey(value);
  } catch (error) {
    if (error instanceof ThreadkeepError) [error.code satisfies ErrorCode, error.status satisfies number];
  }
  // @ts-expect-error: not a code
  'no_such_code' satisfies ErrorCode;
}
