// The cursor of a list: the position of the last row of the page before, URL-safe as it is.

import { ThreadkeepError } from '../error.ts';
import type { Position } from './rows.ts';

/** Before 1970 the time is negative. */
const CURSOR = /^(-?\d{1,17})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

export function toCursor({ updatedAtUs, id }: Position): string {
  return `${updatedAtUs}.${id}`;
}

/** @throws {ThreadkeepError} `invalid_request` for a cursor that we did not give. */
export function parseCursor(text: string): Position {
  const [, updatedAtUs, id] = CURSOR.exec(text) ?? [];
  if (updatedAtUs === undefined || id === undefined) throw new ThreadkeepError('invalid_request');
  return { updatedAtUs, id };
}
