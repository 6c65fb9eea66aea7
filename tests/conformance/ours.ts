// Threadkeep as an implementation: the npm package, as it is published.

import * as threadkeep from '../../pkg/dist/entry/inline.js';
import type { Implementation, Json, Outcome } from '../../pkg/dist/conformance/index.js';

export const ours: Implementation = {
  foldChunks: async (chunks, { target, message }): Promise<Outcome> => {
    const folded = threadkeep.foldChunks(chunks as never, {
      target,
      ...(message === undefined ? {} : { message: message as never }),
    });
    if (folded.refusal !== undefined) return { refused: folded.refusal.code, at: folded.refusal.at };
    return { value: folded.message as unknown as Json };
  },
  toModelMessages: async (messages, options) =>
    outcome(() => JSON.parse(JSON.stringify(threadkeep.uiMessagesToModelMessages(messages as never, options))) as Json),
  validateMessages: async (messages, options) =>
    threadkeep.safeValidateUIMessages(messages, options).success ? { value: null } : { refused: 'invalid_messages' },
};

function outcome(run: () => Json): Outcome {
  try {
    return { value: run() };
  } catch (error) {
    if (error instanceof threadkeep.ThreadkeepError) return { refused: error.code };
    throw error;
  }
}
