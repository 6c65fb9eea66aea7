// The golden fixtures, the very ones that the core and the worker pass.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, '../../fixtures/events');

export interface Fixture {
  readonly name: string;
  /** One event a line; some are no events. */
  readonly lines: string[];
  readonly expected: { message: unknown; problems: string[]; usage: unknown[]; ending: string };
}

export const FIXTURES: readonly Fixture[] = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.jsonl'))
  .map((file) => ({
    name: file.replace('.jsonl', ''),
    lines: readFileSync(join(FOLDER, file), 'utf8').split('\n').filter((line) => line !== ''),
    expected: JSON.parse(readFileSync(join(FOLDER, file.replace('.jsonl', '.json')), 'utf8')),
  }));

/** A line as an executor's own object; `undefined` where it is no JSON. */
export function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
