// The mapper beside `convertToModelMessages` of each major.

import { test } from 'node:test';
import { messageArrays } from '../../pkg/src/conformance/index.ts';
import { alike, fc } from './differential.ts';

test('messages become the model messages that the SDK makes of them', { timeout: 600_000 }, async () => {
  const input = fc.record({ messages: messageArrays(fc), ignoreIncompleteToolCalls: fc.boolean() });
  await alike(input, 1000, (implementation, { messages, ignoreIncompleteToolCalls }, target) =>
    implementation.toModelMessages(messages, { target, ignoreIncompleteToolCalls }),
  );
});
