// Stands between a store and the worker, and breaks a request in a chosen way.

import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after } from 'node:test';
import { buffer } from 'node:stream/consumers';

export type Fault = 'answer 500' | 'answer no JSON' | 'answer null' | 'drop the request' | 'drop the answer' | 'never answer' | 'redirect';

export class FaultyProxy {
  readonly url: string;
  /** Requests that came, broken ones included. */
  requests = 0;
  readonly #server: Server;
  readonly #target: string;
  #faults: Fault[] = [];

  private constructor(server: Server, target: string) {
    this.#server = server;
    this.#target = target;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** Starts a proxy for the calling test, which ends with it. */
  static async start(target: string): Promise<FaultyProxy> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const proxy = new FaultyProxy(server, target);
    server.on('request', (request, response) => void proxy.#answer(request, response));
    after(() => proxy.stop());
    return proxy;
  }

  /** Breaks the next requests, one by one in these ways; those after them go through. */
  fail(...faults: Fault[]): void {
    this.#faults = faults;
  }

  get faultsLeft(): number {
    return this.#faults.length;
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests += 1;
    const fault = this.#faults.shift();
    const body = await buffer(request);
    switch (fault) {
      case 'drop the request':
        response.destroy();
        return;
      case 'never answer':
        return;
      case 'answer 500':
        response.writeHead(500).end(JSON.stringify({ error: { code: 'internal', message: 'internal error' } }));
        return;
      case 'answer no JSON':
        response.writeHead(503, { 'content-type': 'text/html' }).end('<h1>Down for maintenance</h1>');
        return;
      case 'answer null':
        response.writeHead(200, { 'content-type': 'application/json' }).end('null');
        return;
      case 'redirect':
        response.writeHead(307, { location: `${this.url}/elsewhere` }).end();
        return;
      case 'drop the answer':
      case undefined:
    }
    const headers = Object.entries(request.headers).filter((header): header is [string, string] => typeof header[1] === 'string' && !HOP.has(header[0]));
    const answer = await fetch(this.#target + request.url!, { method: request.method!, headers, body: body.length > 0 ? body : null });
    const text = await answer.text();
    if (fault === 'drop the answer') response.destroy();
    else response.writeHead(answer.status, { 'content-type': 'application/json' }).end(text);
  }
}

/** Headers of one connection, which are not for the next. */
const HOP = new Set(['connection', 'host', 'content-length', 'transfer-encoding', 'keep-alive']);
