// The file of an export, made anew or gone on with.

import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { Complaint } from './complaint.ts';
import { linesOf } from './lines.ts';
import { foot, HEAD, readHead, readLine, toLine, type ThreadRecord } from './record.ts';

/** Conversations: for nobody but the one who exports them. */
const MODE = 0o600;

export class ExportFile {
  readonly #handle: FileHandle;
  #bytes = 0;
  #threads = 0;
  /** The last line of each owner, without the messages. */
  readonly #last = new Map<string, Omit<ThreadRecord, 'messages'>>();

  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  static async create(path: string): Promise<ExportFile> {
    const file = new ExportFile(await open(path, 'wx', MODE).catch(orSay('EEXIST', 'the file is there already: take another, or go on with it by --resume')));
    await file.#write(HEAD);
    return file;
  }

  /** Goes on behind what was written, without its last line where that was torn, and without its foot. */
  static async resume(path: string): Promise<ExportFile> {
    const file = new ExportFile(await open(path, 'r+').catch(orSay('ENOENT', 'there is no such file to go on with: begin it without --resume')));
    try {
      await file.#read(path);
      await file.#handle.truncate(file.#bytes);
      if (file.#bytes === 0) await file.#write(HEAD);
      return file;
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** What was written last of an owner. */
  lastOf(owner: string): Omit<ThreadRecord, 'messages'> | undefined {
    return this.#last.get(owner);
  }

  async add(thread: ThreadRecord): Promise<void> {
    await this.#write(toLine(thread));
    this.#count(thread);
  }

  async end(): Promise<void> {
    await this.#write(foot(this.#threads));
    await this.#handle.sync();
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  async #read(path: string): Promise<void> {
    let number = 0;
    for await (const { text, end, whole } of linesOf(createReadStream(path))) {
      number += 1;
      if (!whole) return;
      if (number === 1) readHead(text);
      else {
        const line = readLine(text);
        if (line.kind === 'end') return;
        if (line.kind === 'neither') throw new Complaint(`line ${number} is no thread`);
        this.#count(line.record);
      }
      this.#bytes = end;
    }
  }

  #count({ messages: _, ...thread }: ThreadRecord): void {
    this.#threads += 1;
    this.#last.set(thread.owner, thread);
  }

  async #write(line: string): Promise<void> {
    this.#bytes += await writeAll(this.#handle, Buffer.from(`${line}\n`), this.#bytes);
  }
}

/** All of it: one call may write less, where a disk is nearly full. */
export async function writeAll(handle: Pick<FileHandle, 'write'>, bytes: Uint8Array, position: number): Promise<number> {
  for (let written = 0; written < bytes.length; ) {
    written += (await handle.write(bytes, written, bytes.length - written, position + written)).bytesWritten;
  }
  return bytes.length;
}

function orSay(code: string, sentence: string) {
  return (error: { code?: unknown }): never => {
    throw error.code === code ? new Complaint(sentence) : error;
  };
}
