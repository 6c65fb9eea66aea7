// Reading a request's body on the servers that the specs play.

import type { IncomingMessage } from 'node:http';

/** The body as text; undefined when the caller gave up half-way, as a worker does that is stopped or killed. */
export async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const pieces: Buffer[] = [];
  try {
    for await (const piece of request) pieces.push(piece as Buffer);
  } catch {
    return undefined;
  }
  return Buffer.concat(pieces).toString('utf8');
}
