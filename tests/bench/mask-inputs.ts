// What is masked in the benchmark: made up, but shaped like what passes through a chat.

import type { UIMessage } from 'ai';

const PROSE =
  'The tide table for Sunday says 06:12, 4.1 m and then 18:31, 3.9 m. That "slack" water lasts about twenty minutes, so a boat with 2.4 m draught can cross the sill café-side either way — mind the wind, though. Use version 2.14.0 of the chart plotter or later; issue #4821 tells why. ';

/** The same numbers on every run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Rows of a database, as a tool gives them. */
export function toolOutputs(count: number): string[] {
  const next = random(7);
  const hex = (digits: number) => Array.from({ length: digits }, () => Math.floor(next() * 16).toString(16)).join('');
  const row = (id: number) => ({
    id: `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`,
    order: 100_000 + id,
    createdAt: new Date(1_748_503_543_012 + Math.floor(next() * 1e9)).toISOString(),
    updated: 1_748_503_543_012 + Math.floor(next() * 1e9),
    total: Math.round(next() * 1e5) / 100,
    etag: hex(40),
    url: `https://shop.example/orders/${id}?page=${Math.floor(next() * 9)}&sort=asc`,
    status: next() > 0.5 ? 'shipped' : 'pending',
    note: PROSE.slice(0, Math.floor(next() * 120)),
  });
  return Array.from({ length: count }, (_, at) => JSON.stringify(Array.from({ length: 8 }, (_, of) => row(at * 8 + of))));
}

/** Each value in some prose. */
export function withSecrets(values: readonly string[]): string[] {
  return values.map((value, at) => `${PROSE.slice(0, 80 + ((at * 37) % 150))}\n${value}\n${PROSE}`);
}

/** A thread: texts, a few of them with a value, and tool calls. */
export function messages(values: readonly string[], count: number): UIMessage[] {
  const outputs = toolOutputs(count);
  return Array.from({ length: count }, (_, at): UIMessage => {
    const text = at % 20 === 0 ? `${PROSE}${values[at % values.length] ?? ''}` : PROSE.repeat(1 + (at % 4));
    if (at % 2 === 0) return { id: `m${at}`, role: 'user', parts: [{ type: 'text', text }] };
    const output: unknown = JSON.parse(outputs[at] ?? '[]');
    return {
      id: `m${at}`,
      role: 'assistant',
      metadata: { model: 'm', usage: { inputTokens: at, outputTokens: 2 * at } },
      parts: [
        { type: 'step-start' },
        { type: 'dynamic-tool', toolName: 'orders', toolCallId: `call-${at}`, state: 'output-available', input: { page: at }, output },
        { type: 'step-start' },
        { type: 'text', text },
      ],
    };
  });
}
