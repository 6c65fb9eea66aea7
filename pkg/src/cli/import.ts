// `threadkeep import`: the threads of a file, into a place that may have some of them already.

import { createReadStream } from 'node:fs';
import type { UIMessage } from 'ai';
import { ThreadkeepError } from '../error.ts';
import { maskedMessages, maskedMetadata, sameOnceMasked, titleOfThread } from '../postgres/rules.ts';
import { Complaint } from './complaint.ts';
import { linesOf } from './lines.ts';
import type { Place } from './place.ts';
import type { Progress } from './progress.ts';
import { readHead, readLine, type ThreadRecord } from './record.ts';

export interface ImportOptions {
  readonly place: Place;
  readonly file: string;
  /** Lines before this one are taken as done. */
  readonly startLine: number;
  readonly progress: Progress;
  /** Told of a line whose thread could not be taken; the import goes on. */
  readonly refused: (line: number, code: string) => void;
}

/** JSON text that one append carries: a third of what a worker takes at once, and more than most threads have. */
const APPEND_CHARACTERS = 8 * 1024 * 1024;

/** Brings each thread to what the file says. What is there already is not written again: a second run goes on. */
export async function importThreads({ place, file, startLine, progress, refused }: ImportOptions): Promise<void> {
  let number = 0;
  let ended = false;
  for await (const { text } of linesOf(createReadStream(file))) {
    number += 1;
    if (number === 1) readHead(text);
    else if (!ended) {
      const line = readLine(text);
      ended = line.kind === 'end';
      if (number < startLine) continue;
      if (line.kind === 'thread') await take(line.record);
      if (line.kind === 'neither') refused(number, 'invalid_request');
    }
  }
  if (!ended) throw new Complaint('the file has no end: finish the export by --resume, and import again');

  async function take(record: ThreadRecord): Promise<void> {
    try {
      await put(place, record);
      progress.thread(record.messages.length);
    } catch (error) {
      if (!(error instanceof ThreadkeepError)) throw error;
      if (error.code === 'upstream_unavailable' || error.code === 'internal') throw new Complaint(`stopped by ${error.code}: go on with --start-line ${number}`);
      refused(number, error.code);
    }
  }
}

async function put(place: Place, record: ThreadRecord): Promise<void> {
  const address = { owner: record.owner, stateKey: record.stateKey };
  // A file may have been written by anybody.
  const messages = maskedMessages(record.messages);
  const metadata = record.metadata === undefined ? undefined : maskedMetadata(record.metadata);
  // No place has a thread without messages.
  if (messages.length === 0) return;
  const there = await place.load(address);
  const shorter = Math.min(there.length, messages.length);
  if (!sameOnceMasked(there.slice(0, shorter), messages.slice(0, shorter))) throw new ThreadkeepError('thread_diverged');
  // It has gone on there, or this line is followed by a later one of the same thread.
  if (there.length > messages.length) return;
  let count = there.length;
  for (const some of batches(messages.slice(there.length))) {
    // With a key an append whose answer was lost can be repeated. This one is of this place in the thread and no other.
    const idempotencyKey = `threadkeep-import-${count}`;
    await place.append({ ...address, messages: some, expectedMessageCount: count, idempotencyKey, ...(metadata === undefined ? {} : { metadata }) });
    count += some.length;
  }
  const { metadata: _, title: __, ...listed } = record;
  const title = titleOfThread(record, messages);
  await place.describe(address, { ...listed, ...(title === undefined ? {} : { title }), ...(metadata === undefined ? {} : { metadata }) });
}

function* batches(messages: readonly UIMessage[]): Iterable<UIMessage[]> {
  let batch: UIMessage[] = [];
  let characters = 0;
  for (const message of messages) {
    const length = JSON.stringify(message).length;
    if (batch.length > 0 && characters + length > APPEND_CHARACTERS) {
      yield batch;
      [batch, characters] = [[], 0];
    }
    batch.push(message);
    characters += length;
  }
  if (batch.length > 0) yield batch;
}
