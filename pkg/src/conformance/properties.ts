import type { Arbitrary } from 'fast-check';
import { chunkSequences, inputStreams } from './chunks.ts';
import type { Implementation, Json, Outcome, Target } from './implementation.ts';
import { assistantMessages, damagedMessageArrays, messageArrays } from './messages.ts';
import type { FastCheck } from './values.ts';

/** Made-up inputs, and what is done with each: two implementations must come out alike. */
export interface Property<INPUT = Json> {
  readonly name: string;
  readonly input: Arbitrary<INPUT>;
  readonly run: (implementation: Implementation, input: INPUT, target: Target) => Promise<Outcome>;
  /** How often to look, relative to the others. */
  readonly weight: number;
}

/** Everything that is compared by made-up cases. `fc` is the module `fast-check`, which shrinks what it finds. */
export function properties(fc: FastCheck): Property[] {
  const property = <INPUT>(
    name: string,
    weight: number,
    input: Arbitrary<INPUT>,
    run: Property<INPUT>['run'],
  ): Property => ({ name, weight, input, run }) as unknown as Property;
  return [
    property('chunks become a message', 4, chunkSequences(fc), (implementation, chunks, target) =>
      implementation.foldChunks(chunks, { target }),
    ),
    property(
      'a message is continued',
      2,
      fc.record({ chunks: chunkSequences(fc), message: assistantMessages(fc) }),
      (implementation, { chunks, message }, target) => implementation.foldChunks(chunks, { target, message }),
    ),
    property('an input that streams is read', 2, inputStreams(fc), (implementation, chunks, target) =>
      implementation.foldChunks(chunks, { target }),
    ),
    property(
      'messages become model messages',
      4,
      fc.record({ messages: messageArrays(fc), ignoreIncompleteToolCalls: fc.boolean() }),
      (implementation, { messages, ignoreIncompleteToolCalls }, target) =>
        implementation.toModelMessages(messages, { target, ignoreIncompleteToolCalls }),
    ),
    property(
      'messages are accepted or refused',
      4,
      fc.oneof(messageArrays(fc) as Arbitrary<Json>, damagedMessageArrays(fc)),
      (implementation, messages, target) => implementation.validateMessages(messages, { target }),
    ),
  ];
}
