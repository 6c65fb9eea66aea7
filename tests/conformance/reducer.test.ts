// The reducer beside `readUIMessageStream` of each major, fed as a stock client is: by its own parser of the stream.

import { test } from 'node:test';
import { assistantMessages, chunkSequences, inputStreams } from '../../pkg/src/conformance/index.ts';
import { alike, fc } from './differential.ts';

test('chunks become the message that the SDK makes of them, or are refused alike', { timeout: 600_000 }, async () => {
  await alike(chunkSequences(fc), 2000, (implementation, chunks, target) => implementation.foldChunks(chunks, { target }));
});

test('a message is continued as the SDK continues it', { timeout: 600_000 }, async () => {
  const input = fc.record({ chunks: chunkSequences(fc), message: assistantMessages(fc) });
  await alike(input, 1000, (implementation, { chunks, message }, target) =>
    implementation.foldChunks(chunks, { target, message }),
  );
});

test('an input that streams is read as the SDK reads it', { timeout: 600_000 }, async () => {
  await alike(inputStreams(fc), 2000, (implementation, chunks, target) => implementation.foldChunks(chunks, { target }));
});
