// `threadkeep export`: threads of some owners, as lines of a file.

import type { ExportFile } from './export-file.ts';
import { byChange, compare, type Place } from './place.ts';
import type { Progress } from './progress.ts';

export interface ExportOptions {
  readonly place: Place;
  readonly owners: readonly string[];
  readonly file: ExportFile;
  readonly progress: Progress;
}

/**
 * Writes owner by owner, and of each the longest unchanged thread first: the same threads give the same bytes.
 *
 * An owner who is in the file already gets what has changed since their last line. Such a thread stands in the file
 * once more, and an import continues it.
 */
export async function exportThreads({ place, owners, file, progress }: ExportOptions): Promise<void> {
  for (const owner of [...new Set(owners)].sort(compare)) {
    const last = file.lastOf(owner);
    for (const thread of await place.threads(owner)) {
      if (last && byChange(thread, last) <= 0) continue;
      const messages = await place.load({ owner, stateKey: thread.stateKey });
      // Deleted since it was listed.
      if (messages.length === 0) continue;
      await file.add({ owner, ...thread, messages });
      progress.thread(messages.length);
    }
  }
  await file.end();
}
