// Threadkeep as an implementation.

import { createRequire } from 'node:module';
import type { Implementation, Json, Outcome } from '../../pkg/src/conformance/index.ts';

const core = createRequire(import.meta.url)(process.env['THREADKEEP_WASM'] ?? '../../target/conformance/threadkeep_wasm.js');

export const ours: Implementation = {
  foldChunks: async (chunks, { target, message }) => core.foldChunks(chunks, message, target) as Outcome,
  toModelMessages: async (messages, { target, ignoreIncompleteToolCalls }) => {
    try {
      const mapped = core.uiMessagesToModelMessages(messages, target, ignoreIncompleteToolCalls);
      return { value: JSON.parse(JSON.stringify(mapped)) as Json };
    } catch (error) {
      return { refused: (error as { code: string }).code };
    }
  },
  validateMessages: async (messages, { target }) => {
    try {
      core.validateMessages(messages, target);
      return { value: null };
    } catch (error) {
      return { refused: (error as { code: string }).code };
    }
  },
  parsePartialJson: async (text) => ({ value: core.parsePartialJson(text) as Json }),
};
