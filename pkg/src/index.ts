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
