import { createAccumulator, toUIMessageStreamResponse } from 'threadkeep';

export const used = [createAccumulator, toUIMessageStreamResponse];
