// `threadkeep verify`: whether two places have the same threads of some owners.

import { sameMetadataOnceMasked, sameOnceMasked, titleOfThread } from '../postgres/rules.ts';
import { compare, type ListedThread, type Place } from './place.ts';
import type { Progress } from './progress.ts';

export interface VerifyOptions {
  readonly from: Place;
  readonly to: Place;
  readonly owners: readonly string[];
  readonly progress: Progress;
  readonly differs: (difference: Difference) => void;
}

export interface Difference {
  readonly owner: string;
  readonly stateKey: string;
  readonly what: 'missing' | 'surplus' | 'messages' | 'title' | 'metadata';
}

/**
 * Compares every thread of both sides, message by message. Times are not compared: a worker sets its own. Neither is
 * what an import changes: what was stored under fewer rules of the masker than today's, or a title that was no line.
 */
export async function verifyThreads({ from, to, owners, progress, differs }: VerifyOptions): Promise<void> {
  for (const owner of [...new Set(owners)].sort(compare)) {
    const [here, there] = [byKey(await from.threads(owner)), byKey(await to.threads(owner))];
    for (const stateKey of [...new Set([...here.keys(), ...there.keys()])].sort(compare)) {
      const [a, b] = [here.get(stateKey), there.get(stateKey)];
      const tell = (what: Difference['what']) => differs({ owner, stateKey, what });
      if (!b) tell('missing');
      else if (!a) tell('surplus');
      else {
        const address = { owner, stateKey };
        const [ours, theirs] = [await from.load(address), await to.load(address)];
        if (!sameOnceMasked(ours, theirs)) tell('messages');
        if (titleOfThread(a, ours) !== titleOfThread(b, theirs)) tell('title');
        if (!sameMetadataOnceMasked(a.metadata, b.metadata)) tell('metadata');
        progress.thread(ours.length);
      }
    }
  }
}

function byKey(threads: readonly ListedThread[]): Map<string, ListedThread> {
  return new Map(threads.map((thread) => [thread.stateKey, thread]));
}
