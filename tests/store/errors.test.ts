// The package's table of errors is the core's.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isErrorCode, ThreadkeepError, toErrorResponse, type ErrorCode } from '../../pkg/src/error.ts';
import { errorOfCode, ThreadConflictError, ThreadLimitError } from '../../pkg/src/port.ts';

const CORE = readFileSync(resolve(import.meta.dirname, '../../crates/threadkeep-core/src/error.rs'), 'utf8');

/** The rows of the core's table: code, status, message. */
const ROWS = [...CORE.matchAll(/\("([a-z_]+)", (\d{3}), "([^"]+)"\)/g)].map(([, code, status, message]) => [code as ErrorCode, Number(status), message] as const);

test('every code of the core has its status and its message here, and what is only here is marked so', () => {
  assert.ok(ROWS.length >= 18);
  for (const [code, status, message] of ROWS) {
    const error = new ThreadkeepError(code);
    assert.deepEqual([error.code, error.status, error.message], [code, status, message]);
  }
  const [shared] = readFileSync(resolve(import.meta.dirname, '../../pkg/src/error.ts'), 'utf8').split('// Only here');
  const codes = [...shared!.matchAll(/^ {2}([a-z_]+): \[\d{3}/gm)].map(([, code]) => code);
  assert.deepEqual(codes.sort(), ROWS.map(([code]) => code).sort());
});

test('a code is told from what an object inherits', () => {
  for (const value of ['toString', '__proto__', '', 'thread-full', undefined, 7]) assert.equal(isErrorCode(value), false);
  assert.equal(isErrorCode('thread_full'), true);
});

test('an error of a code is of the class that goes with it', () => {
  assert.ok(errorOfCode('thread_conflict') instanceof ThreadConflictError);
  assert.ok(errorOfCode('thread_diverged') instanceof ThreadConflictError);
  assert.ok(errorOfCode('thread_full') instanceof ThreadLimitError);
  assert.equal(errorOfCode('internal').name, 'ThreadkeepError');
});

test('a route answers with the code and the status, and of a foreign error with nothing but that it was ours', async () => {
  const full = toErrorResponse(new ThreadLimitError({ cause: new Error('row 7') }));
  assert.deepEqual([full.status, await full.json()], [409, { error: { code: 'thread_full', message: 'the thread has reached its limit' } }]);
  for (const foreign of [new TypeError('secret word'), 'secret word', undefined]) {
    const answer = toErrorResponse(foreign);
    assert.deepEqual([answer.status, await answer.json()], [500, { error: { code: 'internal', message: 'internal error' } }]);
  }
});
