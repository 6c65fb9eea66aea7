'use client';

// `threadkeep/react`: a thread of the worker in a page, on top of the AI SDK's `useChat`.

export { useThread, type ThreadHelpers, type ThreadOptions } from './use-thread.ts';
export { type Token, type WorkerPage } from './worker-page.ts';
export { type Scope } from '../scope.ts';
export { type Author } from '../scoped-threads.ts';
export {
  createThreadHistoryAdapter,
  createThreadListAdapter,
  type ThreadHistory,
  type ThreadList,
} from './assistant-ui.ts';
