import type { Implementation, Json, Outcome, Target } from './implementation.ts';

/** What is taken of a module of the AI SDK; each of `ai@5`, `ai@6`, `ai@7` has it. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type SdkModule = Record<string, any>;

/** The AI SDK itself as an implementation: the judge. `sdks` are the modules that `import('ai')` gave, by major. */
export function sdkImplementation(sdks: Record<Target, SdkModule>): Implementation {
  return {
    foldChunks: (chunks, { target, message }) => fold(sdks[target], chunks, message),
    toModelMessages: async (messages, { target, ignoreIncompleteToolCalls }) => {
      try {
        return { value: json(await sdks[target].convertToModelMessages(messages, { ignoreIncompleteToolCalls })) };
      } catch (error) {
        return { refused: isInvalidUrl(error) ? 'invalid_url' : `unexpected: ${String(error)}` };
      }
    },
    validateMessages: async (messages, { target }) => {
      const result = await sdks[target].safeValidateUIMessages({ messages });
      return result.success ? { value: null } : { refused: 'invalid_messages' };
    },
  };
}

/** Folds chunks as a stock client does: events on the wire, its own parser, `readUIMessageStream`. */
async function fold(sdk: SdkModule, chunks: Json[], message: Json | undefined): Promise<Outcome> {
  const parsed = await parseEvents(sdk, chunks);
  const { value, refused } = await read(sdk, parsed.chunks, message);
  if (value !== undefined) return parsed.refused ? { refused: 'invalid_chunk', at: parsed.chunks.length } : { value };
  // Refused somewhere: the shortest beginning that is refused tells where.
  let [accepted, shortest] = [0, parsed.chunks.length];
  while (shortest - accepted > 1) {
    const middle = (accepted + shortest) >> 1;
    if ((await read(sdk, parsed.chunks.slice(0, middle), message)).value === undefined) shortest = middle;
    else accepted = middle;
  }
  return { refused, at: shortest - 1 };
}

async function parseEvents(sdk: SdkModule, chunks: Json[]): Promise<{ chunks: unknown[]; refused: boolean }> {
  const events = chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('');
  const stream = new Response(`${events}data: [DONE]\n\n`).body;
  const reader = sdk.parseJsonEventStream({ stream, schema: sdk.uiMessageChunkSchema }).getReader();
  const accepted: unknown[] = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return { chunks: accepted, refused: false };
    if (!value.success) {
      await reader.cancel();
      return { chunks: accepted, refused: true };
    }
    accepted.push(value.value);
  }
}

/** A part that is put last, so that the reader writes the message as it is at the end, and taken off again. */
const END = { type: 'data-conformance-end', data: null };

/** The message, or why a chunk was refused. */
async function read(
  sdk: SdkModule,
  chunks: unknown[],
  message: Json | undefined,
): Promise<{ value?: Json; refused: string }> {
  const stream = new ReadableStream({
    start(controller) {
      for (const chunk of structuredClone(chunks)) controller.enqueue(chunk);
      controller.enqueue({ ...END });
      controller.close();
    },
  });
  let [last, error]: [{ parts: { type: string }[] } | undefined, unknown] = [undefined, undefined];
  const snapshots = sdk.readUIMessageStream({
    stream,
    onError: (reason: unknown) => (error = reason),
    ...(message === undefined ? {} : { message: structuredClone(message) }),
  });
  for await (const snapshot of snapshots) last = snapshot;
  if (last?.parts.at(-1)?.type !== END.type) return { refused: kindOf(error) };
  last.parts.pop();
  return { value: json(last), refused: '' };
}

/** `ai@5` has no error of its own for a chunk that refers to nothing: it stumbles over what is not there. */
function kindOf(error: unknown): string {
  if (error instanceof TypeError && error.message.includes("'in' operator")) return 'invalid_metadata';
  const name = error instanceof Error ? error.name : '';
  const stumbled = error instanceof TypeError && /^Cannot (read|set) properties of undefined/.test(error.message);
  const missing = error instanceof Error && error.message.includes('must be preceded by');
  if (name === 'AI_UIMessageStreamError' || stumbled || missing) return 'invalid_reference';
  return `unexpected: ${String(error)}`;
}

function isInvalidUrl(error: unknown): boolean {
  return error instanceof TypeError && 'code' in error && error.code === 'ERR_INVALID_URL';
}

/** The value as JSON would have it. */
export function json(value: unknown): Json {
  return JSON.parse(JSON.stringify(value ?? null)) as Json;
}
