export { createAccumulator, type Accumulator, type AccumulatorOptions } from './accumulator.ts';
export { type AiEvent, type Ending, type Problem, type RunErrorCode } from './event.ts';
export { toUIMessageStream, toUIMessageStreamResponse } from './stream/ui-message-stream.ts';
export { toDataStreamResponse } from './stream/data-stream.ts';
export { type ResponseOptions } from './stream/response.ts';
export { type Events, type FinishedRun, type StreamOptions } from './stream/pump.ts';
export { foldChunks, type FoldOptions, type Folded, type Refusal } from './fold.ts';
export {
  repairMessages,
  safeValidateUIMessages,
  upgradeMessages,
  type Repair,
  type RepairedMessages,
  type TargetOptions,
  type UpgradedMessages,
  type ValidatedMessages,
} from './history.ts';
export { lastUserMessage, takeToolAnswers, type ToolAnswers } from './request.ts';
export {
  toOpenAiMessages,
  uiMessagesToMessageDtos,
  uiMessagesToModelMessages,
  type MessageDto,
  type ModelMessageOptions,
  type OpenAiMessage,
  type OpenAiToolCall,
  type ToolCallDto,
} from './map.ts';
export { type ContextDocument } from './context-document.ts';
export { contextMessage, type ContextMessage } from './context.ts';
export {
  createMasker,
  maskMessages,
  maskText,
  type Finding,
  type MaskKind,
  type Masker,
  type MaskerOptions,
  type MaskReport,
  type MaskRule,
  type OwnMaskRule,
} from './mask.ts';
export { createStateKey, isStateKey, parseStateKey } from './state-key.ts';
export { isErrorCode, ThreadkeepError, toErrorResponse, type ErrorCode } from './error.ts';
export {
  DEFAULT_LIST_LIMIT,
  MAX_LIST_LIMIT,
  MAX_THREAD_MESSAGES,
  ThreadConflictError,
  ThreadLimitError,
  type AppendMessages,
  type ListThreads,
  type SaveThread,
  type Thread,
  type ThreadAddress,
  type ThreadMetadata,
  type ThreadPage,
  type ThreadPersistencePort,
  type ThreadSummary,
  type WrittenThread,
} from './port.ts';
export { retryConflicts, userTurn, type UserTurn } from './turn.ts';
