// What looks like a PostgreSQL that lets everybody in and then refuses every statement, as one does that a pooler cannot
// reach any more.

import { after } from 'node:test';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';

/** `too_many_connections`. */
const REFUSAL = '53300';

const READY = reply('Z', Buffer.from('I'));
const WELCOME = Buffer.concat([reply('R', Buffer.alloc(4)), READY]);
const REFUSED = Buffer.concat([reply('E', Buffer.from(`SERROR\0VERROR\0C${REFUSAL}\0Mno\0\0`)), READY]);

/** Starts one, and gives its connection string. It is gone after the tests of the file. */
export async function refusingServer(): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    let met = false;
    let bytes: Buffer = Buffer.alloc(0);
    socket.on('data', (data: Buffer) => {
      bytes = Buffer.concat([bytes, data]);
      // The first message has no letter. A statement ends with Q, or with S when it came in parts.
      for (let head = met ? 1 : 0; bytes.length >= head + 4; head = 1) {
        const length = head + bytes.readInt32BE(head);
        if (bytes.length < length) return;
        const letter = String.fromCharCode(bytes[0]!);
        if (!met) socket.write(WELCOME);
        else if (letter === 'Q' || letter === 'S') socket.write(REFUSED);
        met = true;
        bytes = bytes.subarray(length);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `postgres://app:a-password@127.0.0.1:${(server.address() as AddressInfo).port}/threads`;
}

function reply(letter: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(letter);
  head.writeInt32BE(4 + body.length, 1);
  return Buffer.concat([head, body]);
}
