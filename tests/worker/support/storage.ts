// Looks at what the objects really wrote: every value of every row of their SQLite files, and the raw bytes on disk.
// It knows no table by name, so it keeps judging when the schema changes.

import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** One value of one row. */
export type StoredValue = { file: string; table: string; column: string; value: string };

/** Every value of every row below a data directory. Works on a copy, so a running worker is not disturbed. */
export function dumpStorage(dataDir: string): StoredValue[] {
  // A copy taken while the worker checkpoints can be torn; the next one is not.
  for (let attempt = 1; ; attempt += 1) {
    try {
      return dumpCopy(dataDir);
    } catch (error) {
      if (attempt === 5) throw error;
    }
  }
}

/** Values that hold the text. */
export function rowsWith(dataDir: string, needle: string): StoredValue[] {
  return dumpStorage(dataDir).filter((stored) => stored.value.includes(needle));
}

/** Files below the data directory whose raw bytes hold the text, deleted pages and the write-ahead log included. */
export function filesWith(dataDir: string, needle: string): string[] {
  const bytes = Buffer.from(needle, 'utf8');
  return filesBelow(dataDir).filter((file) => bytesOf(join(dataDir, file)).includes(bytes));
}

// An object that goes to sleep takes its write-ahead log away between our listing and our look.
function bytesOf(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}

/** True as soon as the text is anywhere in storage, in a row or in raw bytes. */
export function isStored(dataDir: string, needle: string): boolean {
  return filesWith(dataDir, needle).length > 0;
}

function dumpCopy(dataDir: string): StoredValue[] {
  const copy = mkdtempSync(join(tmpdir(), 'threadkeep-dump-'));
  try {
    cpSync(dataDir, copy, { recursive: true });
    return filesBelow(copy)
      .filter((file) => file.endsWith('.sqlite'))
      .flatMap((file) => dumpFile(join(copy, file), file));
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function dumpFile(path: string, file: string): StoredValue[] {
  const database = new DatabaseSync(path);
  try {
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all() as { name: string }[];
    return tables.flatMap(({ name }) => dumpTable(database, file, name));
  } finally {
    database.close();
  }
}

function dumpTable(database: DatabaseSync, file: string, table: string): StoredValue[] {
  const statement = database.prepare(`SELECT * FROM "${table.replaceAll('"', '""')}"`);
  statement.setReadBigInts(true);
  return statement.all().flatMap((row) =>
    Object.entries(row).map(([column, value]) => ({ file, table, column, value: asText(value) })),
  );
}

function asText(value: unknown): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : String(value);
}

function filesBelow(dir: string): string[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .map((name) => join(dir, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true)
    .map((path) => relative(dir, path));
}
