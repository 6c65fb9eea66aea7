// A run to measure with: reasoning, a tool call in the middle, text with what texts have (lines, quotes, a few letters
// beyond ASCII), a usage report, an end.

import type { AiEvent } from 'threadkeep';

const WORDS =
  'The tide table for Sunday says 06:12, 4.1 m and then 18:31, 3.9 m.\nThat "slack" water lasts about twenty minutes, so a boat with 2.4 m draught can cross the sill café-side either way — mind the wind, though. '
    .match(/\s?\S+/g) ?? [];

/** A run with so many deltas. */
export function run(deltas: number): AiEvent[] {
  const delta = (at: number) => WORDS[at % WORDS.length] ?? '';
  const events: AiEvent[] = [];
  for (let at = 0; at < deltas; at += 1) {
    if (at < deltas / 10) events.push({ type: 'reasoning_delta', delta: delta(at) });
    else events.push({ type: 'text_delta', delta: delta(at) });
    if (at === Math.floor(deltas / 2)) {
      events.push({ type: 'tool_call_start', toolCallId: 'call-1', toolName: 'tides', args: { harbour: 'Conwy' } });
      events.push({ type: 'tool_call_result', toolCallId: 'call-1', result: { high: ['06:12', '18:31'] } });
    }
  }
  events.push({ type: 'usage_report', fact: { inputTokens: 812, outputTokens: deltas } });
  events.push({ type: 'done', usage: { inputTokens: 812, outputTokens: deltas }, finishReason: 'stop' });
  return events;
}

/** The events as an executor sends them, in the pieces that a socket hands out. */
export function pieces(events: readonly AiEvent[], framing: 'ndjson' | 'sse', bytes = 16_384): Uint8Array[] {
  const frame = (json: string) => (framing === 'sse' ? `data: ${json}\n\n` : `${json}\n`);
  const all = new TextEncoder().encode(events.map((event) => frame(JSON.stringify(event))).join(''));
  const cut: Uint8Array[] = [];
  for (let at = 0; at < all.length; at += bytes) cut.push(all.subarray(at, at + bytes));
  return cut;
}
