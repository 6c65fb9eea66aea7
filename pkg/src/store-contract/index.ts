// `threadkeep/store-contract`: the tests that every `ThreadPersistencePort` passes. Run them on your own:
//
//   import { test } from 'node:test'; // or from 'vitest'
//   import { storeContract } from 'threadkeep/store-contract';
//
//   for (const { name, run } of storeContract({ open: () => new MyStore() })) {
//     test(name, { timeout: 60_000 }, run);
//   }
//
// The cases need no clean-up and disturb nobody: each makes up owners of its own.

import { growth } from './growth.ts';
import { idempotency } from './idempotency.ts';
import { input } from './input.ts';
import { limits } from './limits.ts';
import { list } from './list.ts';
import { masking } from './masking.ts';
import { open, type StoreContractOptions } from './scene.ts';
import { softDelete } from './soft-delete.ts';
import { tenants } from './tenants.ts';
import { verbatim } from './verbatim.ts';

export type { StoreContractOptions } from './scene.ts';

/** One fact about a store. */
export interface StoreCase {
  /** The rule and what it means here: the name of a test. */
  readonly name: string;
  /** Rejects when the store breaks it. */
  readonly run: () => Promise<void>;
}

/** Every case of the contract. Any order will do, also all at once. */
export function storeContract(options: StoreContractOptions): StoreCase[] {
  const facts = { ...growth, ...limits, ...idempotency, ...masking, ...verbatim, ...tenants, ...softDelete, ...list, ...input };
  return Object.entries(facts).map(([name, fact]) => ({ name, run: async () => fact(await open(options)) }));
}
