// The wire: what we send is accepted by the stock client of every published line since ai@5.0.0. Each release reads the
// golden fixtures' streams with its own transport and its own reader, and must end in the message that is stored.
//
// The releases stand on both sides of each change of the chunk schemas: 5.0.217, 6.0.231 and 7.0.32 began to pass over
// unknown fields, the ones before throw at them.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { toUIMessageStreamResponse, type AiEvent, type FinishedRun } from '../../pkg/dist/entry/inline.js';
import type { SdkModule } from '../../pkg/dist/conformance/index.js';

const RELEASES = [
  'ai-5.0.0', 'ai-5.0.60', 'ai-5.0.100', 'ai-5.0.200', 'ai-5.0.217', 'ai5',
  'ai-6.0.0', 'ai-6.0.100', 'ai-6.0.200', 'ai-6.0.231', 'ai6',
  'ai-7.0.0', 'ai-7.0.32', 'ai-7.0.70', 'ai7',
]; // prettier-ignore

const FOLDER = new URL('../fixtures/events/', import.meta.url);
const fixtures = readdirSync(FOLDER).filter((name) => name.endsWith('.jsonl'));

interface Run {
  name: string;
  body: string;
  headers: Headers;
  finished: FinishedRun;
}

/** A run of an executor as it goes over the wire, and what is stored of it. */
async function run(name: string): Promise<Run> {
  const lines = readFileSync(new URL(name, FOLDER), 'utf8').split('\n').filter((line) => line.trim() !== '');
  const events = lines.map((line): AiEvent => {
    try {
      return JSON.parse(line) as AiEvent;
    } catch {
      return line as unknown as AiEvent;
    }
  });
  let finished: FinishedRun | undefined;
  const response = toUIMessageStreamResponse(events, { messageId: 'msg-1', onFinish: (run) => (finished = run) });
  const body = await response.text();
  assert.ok(finished !== undefined);
  return { name, body, headers: response.headers, finished };
}

const runs = await Promise.all(fixtures.map(run));

for (const release of RELEASES) {
  test(`${release.replace(/^ai-?(\d)/, 'ai@$1')} reads every stream`, { timeout: 120_000 }, async () => {
    const sdk = (await import(release)) as SdkModule;
    for (const { name, body, headers, finished } of runs) {
      const message = await read(sdk, new Response(body, { headers })).catch((error: unknown) => {
        throw new Error(`${name}: ${String(error)}`);
      });
      // An executor may take back what was streamed: what is stored is then its own text, not the client's.
      if (finished.message === undefined || finished.problems.some(({ code }) => code === 'final_text_differs')) continue;
      assert.deepEqual(withoutReasoningIds(message), withoutReasoningIds(finished.message), name);
    }
  });
}

/** As `useChat` does: the transport's request, its parser, the reader. */
async function read(sdk: SdkModule, response: Response): Promise<unknown> {
  const transport = new sdk['DefaultChatTransport']({ api: 'http://localhost/api/chat', fetch: async () => response });
  const user = { id: 'u', role: 'user', parts: [{ type: 'text', text: 'hi' }] };
  const stream = await transport.sendMessages({ chatId: 'c', messages: [user], trigger: 'submit-message' });
  // What a refused chunk throws has to come out: the reader only reports it.
  const [chunks, copy] = stream.tee();
  const all = (async () => {
    for await (const _ of copy);
  })();
  let last: unknown;
  for await (const snapshot of sdk['readUIMessageStream']({ stream: chunks })) last = snapshot;
  await all;
  return JSON.parse(JSON.stringify(last ?? null));
}

/** Older releases do not keep the id of a reasoning block. */
function withoutReasoningIds(message: unknown): unknown {
  const { parts, ...rest } = JSON.parse(JSON.stringify(message)) as { parts: { type: string; id?: string }[] };
  return { ...rest, parts: parts.map(({ id, ...part }) => (part.type === 'reasoning' || id === undefined ? part : { id, ...part })) };
}
