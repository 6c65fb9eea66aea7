import type { ThreadPersistencePort } from 'threadkeep';

declare const MyStore: new () => ThreadPersistencePort;

import { test } from 'node:test'; // or from 'vitest'
import { storeContract } from 'threadkeep/store-contract';

for (const { name, run } of storeContract({ open: () => new MyStore() })) test(name, { timeout: 60_000 }, run);
