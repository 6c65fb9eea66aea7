declare const owner: string;
declare const stateKey: string;

import { createWorkerStore } from 'threadkeep/worker-store';

const store = createWorkerStore({ url: process.env.THREADKEEP_URL!, serviceToken: process.env.THREADKEEP_SERVICE_TOKEN! });

const page = await store.listThreads({ owner, limit: 20 }); // newest first: title, count, time
const { messages } = await store.loadThread({ owner, stateKey }); // for useChat's `messages`
await store.softDelete({ owner, stateKey });

export const used = [page, messages];
