// Types of what reads, checks and mends messages. Checked against `ai@5`, `ai@6`, `ai@7`.

import type { UIMessage, UIMessageChunk } from 'ai';
import {
  contextMessage,
  foldChunks,
  repairMessages,
  safeValidateUIMessages,
  upgradeMessages,
  type ContextDocument,
  type ContextMessage,
  type Folded,
  type Repair,
  type RepairedMessages,
  type UpgradedMessages,
  type ValidatedMessages,
} from 'threadkeep';
import { is, type Mine, type Same } from './support.ts';

export function fold(chunks: UIMessageChunk[], begun: UIMessage): void {
  is<Same<ReturnType<typeof foldChunks>, Folded>>();
  const { message, refusal } = foldChunks(chunks, { target: 'ai@5', message: begun });
  message satisfies UIMessage;
  if (refusal !== undefined) [refusal.code satisfies 'invalid_chunk' | 'invalid_reference' | 'invalid_metadata', refusal.at satisfies number];
  // @ts-expect-error: no such major
  foldChunks(chunks, { target: 'ai@4' });
}

export function history(stored: Mine[], values: unknown[]): void {
  is<Same<ReturnType<typeof safeValidateUIMessages>, ValidatedMessages>>();
  const checked = safeValidateUIMessages(values, { target: 'ai@6' });
  if (checked.success) checked.data satisfies UIMessage[];
  else checked.message satisfies number | undefined;
  // @ts-expect-error: only when it has succeeded
  checked.data;
  is<Same<ReturnType<typeof upgradeMessages>, UpgradedMessages>>();
  for (const { message, part, value } of upgradeMessages(values).aside) [message satisfies number, part satisfies number | undefined, value];
  is<Same<ReturnType<typeof repairMessages>, RepairedMessages>>();
  for (const { code } of repairMessages(stored, { target: 'ai@7' }).repairs) code satisfies Repair['code'];
  // What one gives, the next takes.
  repairMessages(upgradeMessages(values).messages).messages satisfies UIMessage[];
  // @ts-expect-error: no code
  'no_such_repair' satisfies Repair['code'];
}

export function context(): void {
  const documents: readonly ContextDocument[] = [{ name: 'spec.md', text: '# Spec' }];
  is<Same<ReturnType<typeof contextMessage>, ContextMessage | undefined>>();
  contextMessage(documents)?.role satisfies 'system' | undefined;
  // @ts-expect-error: a document has a text
  contextMessage([{ name: 'spec.md' }]);
}
