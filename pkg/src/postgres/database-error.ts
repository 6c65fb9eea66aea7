// What a driver throws, as an error of this package. Drivers and Drizzle put statements, parameters and rows into their
// errors; none of that goes on: it is somebody's conversation.

import { ThreadkeepError } from '../error.ts';
import { ThreadLimitError } from '../port.ts';

/** What can be told of a driver's error: its code, and where in PostgreSQL or in the network it came from. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
  /** An SQLSTATE such as `42P01`, a code of the driver or of Node such as `ECONNREFUSED`, or `TypeError` and its like. */
  readonly code: string | undefined;
  readonly constraint: string | undefined;

  constructor({ code, constraint }: { code: string | undefined; constraint: string | undefined }) {
    super(`the database failed with ${code ?? 'no code'}${constraint === undefined ? '' : ` (${constraint})`}`);
    this.code = code;
    this.constraint = constraint;
  }
}

/** The error to throw for whatever a call of the database threw. */
export function toThreadkeepError(thrown: unknown): ThreadkeepError {
  if (thrown instanceof ThreadkeepError) return thrown;
  const code = wordOf(thrown, 'code') ?? mistakeIn(thrown);
  const cause = new DatabaseError({ code, constraint: wordOf(thrown, 'constraint') ?? wordOf(thrown, 'constraint_name') });
  if (code !== undefined && TOO_LARGE.test(code)) return new ThreadLimitError({ cause });
  // Drivers have no code for a connection that ends, nor for one that did not come in time.
  return new ThreadkeepError(code === undefined || NO_ANSWER.test(code) ? 'upstream_unavailable' : 'internal', { cause });
}

/** Whether Drizzle or a driver made this error. By its fields: the app may have another copy of either than ours. */
export function isOfDatabase(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  const byDrizzle = 'query' in thrown && 'params' in thrown;
  // PostgreSQL's own fields, which every driver hands on.
  const byDriver = 'severity' in thrown && 'code' in thrown;
  return byDrizzle || byDriver;
}

/** Whether PostgreSQL took the whole transaction back for the sake of another one: the same call will do. */
export function wasTakenBack({ cause }: ThreadkeepError): boolean {
  return cause instanceof DatabaseError && cause.code !== undefined && TAKEN_BACK.test(cause.code);
}

/** `program_limit_exceeded`: a jsonb array holds at most 256 MiB. */
const TOO_LARGE = /^54000$/;

/** `serialization_failure`, `deadlock_detected`. */
const TAKEN_BACK = /^40(001|P01)$/;

// Classes and codes of PostgreSQL (appendix A of its manual): 08 connection, 53 resources, 57P the server goes down or
// comes up, 55P03 and 57014 a timeout that the app has set, 25P03 and 25P04 the same of a transaction, 25006 a standby
// that is about to take over, 40 see above. Else codes of Node's sockets (ENOENT is one that is a file) and of the
// drivers' own connections and pools.
const NO_ANSWER =
  /^(08...|53...|57P..|57014|55P03|25P03|25P04|25006|40001|40P01|E(CONN\w+|PIPE|TIMEDOUT|HOSTUNREACH|HOSTDOWN|NETUNREACH|NETDOWN|AI_AGAIN|NOTFOUND|NOENT)|CONN\w+)$/;

function wordOf(thrown: unknown, name: string): string | undefined {
  for (const at of chainOf(thrown)) {
    const word = (at as Record<string, unknown>)[name];
    if (typeof word === 'string' && WORD.test(word)) return word;
  }
  return undefined;
}

/** The class of a mistake in somebody's code, Drizzle's, a driver's or ours: no trying again will mend it. */
function mistakeIn(thrown: unknown): string | undefined {
  for (const at of chainOf(thrown)) {
    const mistake = MISTAKES.find((type) => at instanceof type);
    if (mistake) return mistake.name;
  }
  return undefined;
}

const MISTAKES = [TypeError, RangeError, ReferenceError, SyntaxError];

// Drizzle wraps the driver's error, and an AggregateError holds one per address that was tried.
function* chainOf(thrown: unknown): Iterable<object> {
  for (let at = thrown, depth = 0; typeof at === 'object' && at !== null && depth < MAX_DEPTH; depth += 1) {
    yield at;
    at = (at as { cause?: unknown }).cause ?? (at as { errors?: unknown[] }).errors?.[0];
  }
}

/** How far down a chain of causes a driver's error may be; a chain can be a ring. */
const MAX_DEPTH = 8;

/** Codes and the names of constraints are words; what is none may be anything. */
const WORD = /^\w{1,64}$/;
