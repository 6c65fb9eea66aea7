// What an append sends and reads does not grow with the thread: counted on the wire.

import { after, test } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { APP_ROLE } from './support/database.ts';
import { nodePostgres, postgresJs } from './support/drivers.ts';
import { userMessage } from './support/messages.ts';
import { Stand } from './support/stand.ts';

const stand = await Stand.open();
const meter = await startMeter();
after(() => meter.close());

const url = stand.server.url(stand.database, APP_ROLE, meter.port);
const KILOBYTE = 'x'.repeat(1024);

for (const [driver, store] of Object.entries({ 'node-postgres': stand.store(nodePostgres(url, 1)), 'postgres.js': stand.store(postgresJs(url, 1)) })) {
  test(`${driver}: the last append of a full thread sends and reads as much as the second`, { timeout: 120_000 }, async () => {
    const costs = await costsOf((n, address) => store.appendMessages({ ...address, messages: [message(n)] }));
    assertFlat(costs);
    assert.ok(costs[1]!.sent > KILOBYTE.length && costs[1]!.sent < 3 * KILOBYTE.length, `${costs[1]!.sent} bytes for a message of 1 KiB`);
  });

  test(`${driver}: an idempotency key does not change that, nor does an append that is repeated`, { timeout: 120_000 }, async () => {
    const append = (n: number, address: { owner: string; stateKey: string }) => store.appendMessages({ ...address, messages: [message(n)], idempotencyKey: message(n).id });
    assertFlat(await costsOf(append));
    assertFlat(await costsOf(async (n, address) => {
      await append(n, address);
      await append(n, address);
    }));
  });
}

interface Cost {
  readonly sent: number;
  readonly read: number;
}

/** Fills a thread one by one, and tells what each append cost. */
async function costsOf(append: (n: number, address: { owner: string; stateKey: string }) => Promise<unknown>): Promise<Cost[]> {
  const address = { owner: 'alice', stateKey: crypto.randomUUID() };
  const costs: Cost[] = [];
  for (let n = 0; n < 200; n += 1) {
    const before = { ...meter.bytes };
    await append(n, address);
    costs.push({ sent: meter.bytes.sent - before.sent, read: meter.bytes.read - before.read });
  }
  return costs;
}

// The first creates the row by another statement. Counts and positions have a few digits more at the end.
function assertFlat(costs: readonly Cost[]): void {
  const [, second] = costs;
  const last = costs.at(-1);
  assert.ok(second && last);
  assert.ok(Math.abs(last.sent - second.sent) < 64, `sent ${second.sent} bytes, then ${last.sent}`);
  assert.ok(Math.abs(last.read - second.read) < 64, `read ${second.read} bytes, then ${last.read}`);
}

function message(n: number) {
  return userMessage(`m${String(n).padStart(3, '0')}`, KILOBYTE);
}

/** A way to the server that counts what passes. */
async function startMeter() {
  const bytes = { sent: 0, read: 0 };
  const sockets = new Set<Socket>();
  const server: Server = createServer((client) => {
    const upstream = connect(stand.server.port, '127.0.0.1');
    for (const socket of [client, upstream]) sockets.add(socket.on('error', () => {}));
    client.on('data', (data) => (bytes.sent += data.length)).pipe(upstream);
    upstream.on('data', (data) => (bytes.read += data.length)).pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return { bytes, port: (server.address() as AddressInfo).port, close };
}
