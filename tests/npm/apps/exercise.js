// What every runtime is asked to do, with the one import line of the README.

import { createAccumulator, createStateKey, isStateKey, lastUserMessage, maskText, toUIMessageStreamResponse } from 'threadkeep';

async function* events() {
  yield { type: 'text_delta', delta: 'Hello ' };
  yield { type: 'text_delta', delta: 'wörld 🌍' };
  yield { type: 'usage_report', fact: 7 };
  yield { type: 'done', finishReason: 'stop' };
}

/** Uses both ways in, the stream, and what needs randomness. Every runtime gives the same. */
export async function exercise() {
  const pushed = createAccumulator({ messageId: 'm' });
  for await (const event of events()) pushed.push(event);
  const lines = [];
  for await (const event of events()) lines.push(`${JSON.stringify(event)}\n`);
  const facts = [];
  const bytes = createAccumulator({ messageId: 'm', onUsage: (fact) => facts.push(fact) });
  bytes.pushBytes(new TextEncoder().encode(lines.join('')));
  const finished = [];
  // One delta: how many come together is a matter of moments.
  const said = [{ type: 'text_delta', delta: 'Hello wörld 🌍' }, { type: 'done', finishReason: 'stop' }];
  const response = toUIMessageStreamResponse(said, { messageId: 'm', onFinish: ({ ending }) => finished.push(ending) });
  let code;
  try {
    lastUserMessage({});
  } catch (error) {
    code = error.code;
  }
  return {
    pushed: pushed.finish(),
    bytes: bytes.finish(),
    facts,
    body: await response.text(),
    finished,
    code,
    masked: maskText('mail jo@example.org'),
    key: isStateKey(createStateKey()),
  };
}
