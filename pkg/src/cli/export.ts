// `threadkeep export`: threads of some owners, as lines of a file.

import { open, type FileHandle } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Complaint } from './complaint.ts';
import { byChange, compare, type Place } from './place.ts';
import type { Progress } from './progress.ts';
import { foot, HEAD, readHead, readLine, toLine, type ThreadRecord } from './record.ts';

export interface ExportOptions {
  readonly place: Place;
  readonly owners: readonly string[];
  readonly file: string;
  /** Go on with a file that was not written to its end. */
  readonly resume: boolean;
  readonly progress: Progress;
}

/**
 * Writes owner by owner, and of each the longest unchanged thread first: the same threads give the same bytes, and what
 * changes while one exports, or between a start and its resumption, comes once more at the end of its owner.
 */
export async function exportThreads({ place, owners, file, resume, progress }: ExportOptions): Promise<void> {
  const output = await open(file, resume ? 'r+' : 'wx').catch((error: { code?: string }) => {
    throw error.code === 'EEXIST' ? new Complaint('the file is there already: take another, or go on with it by --resume') : error;
  });
  try {
    const written = resume ? await readWritten(output) : undefined;
    let threads = written?.threads ?? 0;
    let at = written?.bytes ?? 0;
    const write = async (line: string) => {
      at += (await output.write(`${line}\n`, at)).bytesWritten;
    };
    await output.truncate(at);
    if (at === 0) await write(HEAD);
    for (const owner of [...new Set(owners)].sort(compare)) {
      const last = written?.last;
      if (last && owner < last.owner) continue;
      for (const thread of await place.threads(owner)) {
        if (last?.owner === owner && byChange(thread, last) <= 0) continue;
        const messages = await place.load({ owner, stateKey: thread.stateKey });
        // Deleted since it was listed.
        if (messages.length === 0) continue;
        await write(toLine({ owner, ...thread, messages }));
        threads += 1;
        progress.thread(messages.length);
      }
    }
    await write(foot(threads));
    await output.sync();
  } finally {
    await output.close();
  }
}

interface Written {
  readonly bytes: number;
  readonly threads: number;
  readonly last: ThreadRecord | undefined;
}

/** What a broken-off export has written, without its last line where that was torn, and without its foot. */
async function readWritten(output: FileHandle): Promise<Written> {
  const { size } = await output.stat();
  let [bytes, threads, number] = [0, 0, 0];
  let last: ThreadRecord | undefined;
  const input = output.createReadStream({ start: 0, autoClose: false });
  for await (const text of createInterface({ input, crlfDelay: Infinity })) {
    number += 1;
    const end = bytes + Buffer.byteLength(text) + 1;
    if (end > size) break;
    if (number === 1) readHead(text);
    else {
      const line = readLine(text, number);
      if (line.kind === 'end') break;
      last = line.record;
      threads += 1;
    }
    bytes = end;
  }
  return { bytes, threads, last };
}
