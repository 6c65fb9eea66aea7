// The conformance kit: whoever folds chunks, maps or validates messages like the AI SDK can check that it does.

export { cases, expectedOf, type Case } from './cases.ts';
export { chunkSequences, inputStreams } from './chunks.ts';
export { featureTable } from './features.ts';
export { TARGETS, type Implementation, type Json, type Outcome, type Target } from './implementation.ts';
export { assistantMessages, damagedMessageArrays, messageArrays } from './messages.ts';
export { properties, type Property } from './properties.ts';
export { sdkImplementation, type SdkModule } from './sdk.ts';
export { damaged, values, type FastCheck } from './values.ts';
