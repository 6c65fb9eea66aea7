export { chunkSequences, inputStreams } from './chunks.ts';
export { TARGETS, type Implementation, type Json, type Outcome, type Target } from './implementation.ts';
export { sdkImplementation, type SdkModule } from './sdk.ts';
export { assistantMessages, damagedMessageArrays, messageArrays } from './messages.ts';
export { damaged, values, type FastCheck } from './values.ts';
