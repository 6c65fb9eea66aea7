// Specs: folders below `specs/` on disk, each with a `spec.md` and perhaps a `plan.md`.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContextDocument } from 'threadkeep';

/** The project that all specs of this app belong to. */
export const PROJECT = 'p1';

const ROOT = join(process.cwd(), 'specs');

const FILES = ['spec.md', 'plan.md'];

/** The documents of a spec; none when there is no such spec. */
export async function readSpec(slug: readonly string[]): Promise<ContextDocument[]> {
  // A segment is a name: nothing that leads out of the folder.
  const named = slug.every((segment) => /^[\p{L}\p{N}][\p{L}\p{M}\p{N}_.-]*$/u.test(segment));
  if (!named) return [];
  const documents = await Promise.all(FILES.map(async (name) => ({ name, text: await textOf(join(ROOT, ...slug, name)) })));
  return documents.filter((document): document is ContextDocument => document.text !== undefined);
}

async function textOf(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw error;
  });
}
